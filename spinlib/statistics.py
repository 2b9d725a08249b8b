"""Error bars of correlated series, and the tests that use them.

Series are Markov-chain measurements of shape (draw,) or (chain, draw): the chains are independent and share one
law, the draws of a chain are correlated. Times are in units of draws, with tau_int = 1/2 + sum_t rho(t), so that a
mean over n draws has variance 2 tau_int sigma^2 / n. Labelled (xarray) variables, as `spinlib.sample` returns them, are
series along their dimensions "chain" and "draw"; any other, such as the temperature, remains in the labelled result.

An error bar is given only where it can be trusted: with at least `MIN_TIMES` tau_int in every chain, or with at
least `MIN_CHAINS` independent chains whose split R-hat is below `MAX_R_HAT` (the error is then that between the
chains). Otherwise `Estimate.valid` is False, its error NaN, and `reason` says why. So it is for a series without
variance: a frozen chain is not an exact one.

Error bars are estimates themselves. Those of chains are widened by Student's t for the degrees of freedom that they
rest on, so that two errors hold the true mean with 95 %: for one chain of 50 tau_int by a quarter, of 1000 by 2 %. At
the limit itself they hold it with 93 %: half of such chains are refused, but not those whose tau_int was taken for too
small. Errors of repetitions that are independent by construction say themselves how they are meant.
"""

from __future__ import annotations

from spinlib.autocorrelation import WINDOW, integrated_autocorrelation_time, split_r_hat
from spinlib.estimates import (
    CHAINS_DISAGREE,
    MAX_R_HAT,
    MIN_CHAINS,
    MIN_TIMES,
    Estimate,
    mean_and_error,
    mean_of_few,
    mean_of_independent,
)
from spinlib.hypothesis_tests import chi_square, holm
from spinlib.jackknife import MIN_BLOCK_TIMES, jackknife

__all__ = [
    "CHAINS_DISAGREE",
    "MAX_R_HAT",
    "MIN_BLOCK_TIMES",
    "MIN_CHAINS",
    "MIN_TIMES",
    "WINDOW",
    "Estimate",
    "chi_square",
    "holm",
    "integrated_autocorrelation_time",
    "jackknife",
    "mean_and_error",
    "mean_of_few",
    "mean_of_independent",
    "split_r_hat",
]
