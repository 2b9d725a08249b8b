"""Error bars of correlated series, and the tests that use them.

A series holds measurements along Markov chains. Its shape is (draw,) or (chain, draw): the chains are independent and
share one distribution; the draws of a chain are correlated. Times are in draws, and tau_int = 1/2 + sum_t rho(t), so
that a mean over n draws has the variance 2 tau_int sigma^2 / n. A labelled (xarray) variable, as `spinlib.sample`
returns it, is a series along its dimensions "chain" and "draw". Any other dimension, such as the temperature, remains
in the labelled result.

An error bar is given only where it can be trusted: with at least `MIN_TIMES` tau_int in every chain, or with at least
`MIN_CHAINS` independent chains whose split R-hat is below `MAX_R_HAT`. In the second case the error is that between the
chains. Otherwise `Estimate.valid` is False, the error is NaN, and `reason` says why. A series without variance has no
valid error either, because a frozen chain is not an exact result.

Error bars are estimates themselves. Those of chains are widened by Student's t for their degrees of freedom, so that
two errors on either side contain the true mean with probability 95 %. One chain of 50 tau_int is widened by a quarter,
one of 1000 by 2 %. Exactly at the limit two errors contain the mean with 93 %: half of such chains are refused, but not
those whose tau_int was estimated too small. Errors of repetitions that are independent by construction are not widened
unless their function says so.
"""

from typing import TYPE_CHECKING

from spinlib.lazy import attributes

# Imported when they are looked up: sampling needs the labels of this package, but not scipy.
_FOUND_IN = {
    "WINDOW": "autocorrelation",
    "integrated_autocorrelation_time": "autocorrelation",
    "split_r_hat": "autocorrelation",
    "MIN_BLOCK_TIMES": "block_jackknife",
    "jackknife": "block_jackknife",
    "CHAINS_DISAGREE": "estimates",
    "MAX_R_HAT": "estimates",
    "MIN_CHAINS": "estimates",
    "MIN_TIMES": "estimates",
    "Estimate": "estimates",
    "mean_and_error": "estimates",
    "mean_of_few": "estimates",
    "repetitions_needed": "estimates",
    "mean_of_independent": "estimates",
    "chi_square": "hypothesis_tests",
    "chi_square_of_counts": "hypothesis_tests",
    "holm": "hypothesis_tests",
    "TimeFactor": "paired_curves",
    "at_times": "paired_curves",
    "chi_square_of_mean": "paired_curves",
    "time_factor": "paired_curves",
}

if TYPE_CHECKING:
    from spinlib.statistics.autocorrelation import WINDOW as WINDOW
    from spinlib.statistics.autocorrelation import integrated_autocorrelation_time as integrated_autocorrelation_time
    from spinlib.statistics.autocorrelation import split_r_hat as split_r_hat
    from spinlib.statistics.block_jackknife import MIN_BLOCK_TIMES as MIN_BLOCK_TIMES
    from spinlib.statistics.block_jackknife import jackknife as jackknife
    from spinlib.statistics.estimates import CHAINS_DISAGREE as CHAINS_DISAGREE
    from spinlib.statistics.estimates import MAX_R_HAT as MAX_R_HAT
    from spinlib.statistics.estimates import MIN_CHAINS as MIN_CHAINS
    from spinlib.statistics.estimates import MIN_TIMES as MIN_TIMES
    from spinlib.statistics.estimates import Estimate as Estimate
    from spinlib.statistics.estimates import mean_and_error as mean_and_error
    from spinlib.statistics.estimates import mean_of_few as mean_of_few
    from spinlib.statistics.estimates import mean_of_independent as mean_of_independent
    from spinlib.statistics.estimates import repetitions_needed as repetitions_needed
    from spinlib.statistics.hypothesis_tests import chi_square as chi_square
    from spinlib.statistics.hypothesis_tests import chi_square_of_counts as chi_square_of_counts
    from spinlib.statistics.hypothesis_tests import holm as holm
    from spinlib.statistics.paired_curves import TimeFactor as TimeFactor
    from spinlib.statistics.paired_curves import at_times as at_times
    from spinlib.statistics.paired_curves import chi_square_of_mean as chi_square_of_mean
    from spinlib.statistics.paired_curves import time_factor as time_factor
else:
    __getattr__, __dir__ = attributes(__name__, (), _FOUND_IN)

__all__ = [*_FOUND_IN]
