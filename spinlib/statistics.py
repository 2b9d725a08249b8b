"""Error bars of correlated series, and the tests that use them.

Series are Markov-chain measurements of shape (draw,) or (chain, draw): the chains are independent and share one
law, the draws of a chain are correlated. Times are in units of draws, with tau_int = 1/2 + sum_t rho(t), so that a
mean over n draws has variance 2 tau_int sigma^2 / n.

An error bar is given only where it can be trusted: with at least `MIN_TIMES` tau_int in every chain, or with at
least `MIN_CHAINS` independent chains whose split R-hat is below `MAX_R_HAT` (the error is then that between the
chains). Otherwise `Estimate.valid` is False, its error NaN, and `reason` says why. A series without variance
raises: a frozen chain is not an exact one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft
from scipy.special import chdtrc, stdtrit

MIN_TIMES = 50  # tau_int that a chain must hold (emcee's rule)
MIN_CHAINS = 16
MAX_R_HAT = 1.01
WINDOW = 6  # Sokal's c: sums run to the first lag W >= c tau_int(W)
MIN_BLOCK_TIMES = 5  # tau_int that a jackknife block must hold: its error is then at most 10 % too small
CHAINS_DISAGREE = 1e-4  # chance level at which the chains' means contradict the error bar of long chains


class Estimate(NamedTuple):
    """A value with its error bar; `error` is NaN and `reason` says why where `valid` is False."""

    value: float
    error: float
    tau_int: float
    n_effective: float
    valid: bool
    reason: str


class _Correlation(NamedTuple):
    tau: float
    variance: float


def integrated_autocorrelation_time(series: ArrayLike, axis: int = -1) -> float:
    """Integrated autocorrelation time, tau_int = 1/2 + sum_t rho(t), in draws (Sokal 1997, section 3).

    The sum ends at the first lag W >= 6 tau_int(W) (automatic windowing, Madras & Sokal 1988, appendix C) and is
    corrected for the bias of the estimated mean (Wolff, Comput. Phys. Commun. 156, 143 (2004)). For several
    chains the autocovariance about their common mean is averaged, so that chains which have not met look slow.
    Where no window is found within half a chain the sum to that lag is returned, which is above n / 12: such a
    chain is too short for an error bar. Independent draws give 1/2, anticorrelated ones less (never below 0).

    series: (draw,) or (chain, draw); `axis` is the axis of the draws. ValueError: not finite, no variance, wrong
    shape, or fewer than 2 draws.
    """
    values = np.asarray(series)
    if values.ndim == 2 and axis in (0, -2):
        values = values.T
    elif axis not in (-1, values.ndim - 1):
        raise ValueError(f"axis must be one of the {values.ndim} axes of the series, got {axis}")
    return _autocorrelation(_chains(values)).tau


def mean_and_error(series: ArrayLike) -> Estimate:
    """Mean of a series with its error bar, by the rules at the head of this module.

    Long chains: error = sqrt(2 tau_int sigma^2 / N) with `integrated_autocorrelation_time` (tau_int below 1/2 counts
    as 1/2), and the chains' means must agree within it (chi-square, Wolff 2004). Short chains: standard
    error of the chains' means.

    series: (draw,) or (chain, draw). ValueError: not finite, no variance, wrong shape, or fewer than 2 draws.
    """
    chains = _chains(series)
    correlation = _autocorrelation(chains)
    error, reason = _error_of_mean(chains, correlation)
    effective = correlation.variance / error**2 if error > 0 else chains.size / (2 * max(correlation.tau, 0.5))
    return Estimate(float(chains.mean()), error, correlation.tau, effective, not reason, reason)


def mean_of_independent(values: ArrayLike) -> Estimate:
    """Mean of independent repetitions (seeds, disorder instances), with the standard error from their spread.

    values: (repetition,), each independent of the others by construction. At least `MIN_CHAINS` of them, not all equal,
    make the error valid. ValueError: not finite, not one axis, or fewer than 2 repetitions.
    """
    repetitions = np.asarray(values, np.float64)
    if repetitions.ndim != 1 or repetitions.size < 2:
        raise ValueError(f"independent repetitions have the shape (repetition,), at least 2; got {repetitions.shape}")
    if not np.isfinite(repetitions).all():
        raise ValueError(f"repetitions must be finite, got {repetitions[~np.isfinite(repetitions)][0]}")
    n, reason = repetitions.size, ""
    if n < MIN_CHAINS:
        reason = f"{n} independent repetitions are fewer than {MIN_CHAINS}"
    elif np.ptp(repetitions) == 0:
        reason = f"all {n} repetitions are {repetitions[0]:g}: their spread says nothing"
    error = float("nan") if reason else float(repetitions.std(ddof=1) / np.sqrt(n))
    return Estimate(float(repetitions.mean()), error, 0.5, float(n), not reason, reason)


def mean_of_few(values: ArrayLike, *, each: float = 0.0) -> Estimate:
    """Mean of few independent repetitions, such as trainings of a network, with an error widened because they are few.

    The error is the standard error times half the 97.5 % quantile of Student's t with n - 1 degrees of freedom, so that
    two errors on each side are the 95 % interval (2.15 times as wide for n = 3). values: (repetition,), each
    independent of the others by construction. each: an error that every single value has of its own, from counting or
    rounding, added in quadrature; without one, equal repetitions have no valid error. ValueError: not finite, not one
    axis, fewer than 3 repetitions, each negative.
    """
    repetitions = np.asarray(values, np.float64)
    if repetitions.ndim != 1 or repetitions.size < 3:
        raise ValueError(f"few repetitions have the shape (repetition,), at least 3; got {repetitions.shape}")
    if not np.isfinite(repetitions).all() or not each >= 0.0:
        raise ValueError(f"repetitions must be finite and their own error not negative, got {repetitions} and {each}")
    n = repetitions.size
    spread = float(np.hypot(repetitions.std(ddof=1), each) / np.sqrt(n))
    reason = "" if spread > 0.0 else f"all {n} repetitions are {repetitions[0]:g}: their spread says nothing"
    error = float("nan") if reason else spread * float(stdtrit(n - 1, 0.975)) / 2
    return Estimate(float(repetitions.mean()), error, 0.5, float(n), not reason, reason)


def jackknife(
    function: Callable[..., float], *series: ArrayLike, n_blocks: int = 32, independent: bool = False
) -> Estimate:
    """A function of means, bias corrected, with its block-jackknife error (Efron 1982, chapter 2; Sokal 1997).

    `function(mean of series 1, mean of series 2, ...)` returns a number: `lambda e, e2: (e2 - e**2) / T**2 / N` of
    (E, E^2) is the heat capacity, `lambda m2, m4: 1 - m4 / (3 * m2**2)` of (m^2, m^4) the Binder cumulant. It is
    called with floats, once per block. The jackknife removes the bias of order 2 tau_int / N.

    Each chain is cut into as many equal blocks as give at least `n_blocks` in all; the first draws of a chain that
    do not fill a block are dropped. Chains shorter than 50 tau_int are one block each. The error is valid where the
    mean of every series has a valid error, and blocks hold at least 5 tau_int or are whole chains; tau_int is the
    longest of the series.

    independent: the chains are independent by construction and all past their burn-in, as those of
    `mean_of_independent`. Then each is one block and counts as one draw, no autocorrelation is estimated, and the error
    is valid with at least `MIN_CHAINS` of them that do not all agree.

    series: one or more of equal shape (draw,) or (chain, draw). ValueError: as `mean_and_error`, unequal shapes,
    fewer than 2 blocks or more than draws, one independent chain, or a function value that is not finite.
    """
    if not series:
        raise ValueError("jackknife needs at least one series")
    stacked = [_chains(one) for one in series]
    if len({chains.shape for chains in stacked}) > 1:
        raise ValueError(f"all series must have one shape, got {[chains.shape for chains in stacked]}")
    n_chains, n = stacked[0].shape
    if independent and n_chains < 2:
        raise ValueError("one chain has no other to be independent of: at least 2 are needed")
    if not 2 <= n_blocks <= n_chains * n:
        raise ValueError(f"n_blocks must be from 2 to the {n_chains * n} draws, got {n_blocks}")

    correlations = [] if independent else [_autocorrelation(chains) for chains in stacked]
    tau = max((correlation.tau for correlation in correlations), default=0.5 * n)
    per_chain = -(-n_blocks // n_chains)
    if independent or (n_chains >= MIN_CHAINS and n < MIN_TIMES * tau):
        per_chain = 1
    length = n // per_chain
    blocks = np.stack(
        [c[:, n - per_chain * length :].reshape(n_chains * per_chain, length).mean(axis=1) for c in stacked]
    )
    count = blocks.shape[1]
    means = blocks.mean(axis=1)
    left_out = means[:, None] + (means[:, None] - blocks) / (count - 1)
    at_means = _number(function, means)
    replicates = np.array([_number(function, point) for point in left_out.T])
    value = count * at_means - (count - 1) * float(replicates.mean())

    error, reason = float(np.sqrt((count - 1) * replicates.var())), ""
    if independent:
        reason = mean_of_independent(replicates).reason
    else:
        for chains, correlation in zip(stacked, correlations, strict=True):
            reason = reason or _error_of_mean(chains, correlation)[1]
    if not reason and per_chain > 1 and length < MIN_BLOCK_TIMES * tau:
        reason = f"blocks of {length} draws are shorter than {MIN_BLOCK_TIMES} tau_int = {MIN_BLOCK_TIMES * tau:.3g}"
    effective = n_chains * n / (2 * max(tau, 0.5))
    return Estimate(value, float("nan") if reason else error, tau, effective, not reason, reason)


def split_r_hat(series: ArrayLike) -> float:
    """Split R-hat: sqrt of the pooled over the within-chain variance of half chains (Gelman et al. 2013, eq. 11.4).

    1 for chains that have met, inf where every half chain is frozen at its own value. The middle draw of an odd
    number is dropped. series: (draw,) or (chain, draw) with at least 4 draws. ValueError: as `mean_and_error`.
    """
    chains = _chains(series)
    half = chains.shape[1] // 2
    if half < 2:
        raise ValueError(f"split R-hat needs at least 4 draws in a chain, got {chains.shape[1]}")
    halves = np.concatenate([chains[:, :half], chains[:, -half:]])
    within = halves.var(axis=1, ddof=1).mean()
    between = halves.mean(axis=1).var(ddof=1)
    if within == 0:
        return float("inf")
    return float(np.sqrt((half - 1) / half + between / within))


def chi_square(observed: ArrayLike, errors: ArrayLike, expected: ArrayLike) -> tuple[float, int, float]:
    """Chi-square of independent measurements against expected values: (chi2, degrees of freedom, p).

    Arguments of one shape, or numbers. Nothing is fitted: one degree of freedom per point. ValueError: a value that
    is not finite, or an error that is not positive (an invalid estimate's NaN among them).
    """
    points = np.broadcast_arrays(*(np.asarray(a, np.float64) for a in (observed, errors, expected)))
    measured, sigma, target = points
    if measured.size == 0:
        raise ValueError("chi_square needs at least one point")
    for name, array in (("observed", measured), ("errors", sigma), ("expected", target)):
        if not np.isfinite(array).all():
            raise ValueError(f"{name} must be finite, got {array[~np.isfinite(array)][0]}")
    if (sigma <= 0).any():
        raise ValueError(f"errors must be positive, got {sigma[sigma <= 0][0]}")
    chi2 = float((((measured - target) / sigma) ** 2).sum())
    return chi2, measured.size, float(chdtrc(measured.size, chi2))


def holm(p_values: ArrayLike, level: float = 0.001) -> NDArray[np.bool_]:
    """Which hypotheses of a family are rejected at a family-wise level (Holm, Scand. J. Stat. 6, 65 (1979)).

    True = rejected; shape of `p_values`. ValueError: a p-value outside [0, 1] or NaN, a level outside (0, 1).
    """
    p = np.asarray(p_values, np.float64)
    outside = ~((p >= 0) & (p <= 1))
    if outside.any():
        raise ValueError(f"p-values must be in [0, 1], got {p[outside][0]}")
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1, got {level}")
    order = np.argsort(p, axis=None)
    passes = p.ravel()[order] <= level / np.arange(p.size, 0, -1)
    rejected = np.zeros(p.size, bool)
    rejected[order] = np.logical_and.accumulate(passes)  # the first that stands protects all larger p-values
    return rejected.reshape(p.shape)


def _number(function: Callable[..., float], means: NDArray[np.float64]) -> float:
    value = float(function(*means.tolist()))
    if not np.isfinite(value):
        raise ValueError(f"the jackknifed function is not finite: {value} at the means {means.tolist()}")
    return value


def _chains(series: ArrayLike) -> NDArray[np.float64]:
    """The series as float64 (chain, draw), checked."""
    values = np.asarray(series, np.float64)
    if values.ndim not in (1, 2):
        raise ValueError(f"a series has the shape (draw,) or (chain, draw), got {values.shape}")
    chains = np.atleast_2d(values)
    if chains.shape[0] < 1 or chains.shape[1] < 2:
        raise ValueError(f"a series needs at least one chain and 2 draws, got the shape {values.shape}")
    if not np.isfinite(chains).all():
        raise ValueError(f"a series must be finite, got {chains[~np.isfinite(chains)][0]}")
    if np.ptp(chains) == 0:
        raise ValueError(f"a series without variance has no error bar: all draws are {chains.flat[0]}")
    return chains


def _autocorrelation(chains: NDArray[np.float64]) -> _Correlation:
    n = chains.shape[1]
    centred = chains - chains.mean()
    padded = fft.next_fast_len(2 * n, real=True)
    power = np.abs(fft.rfft(centred, padded, axis=1)) ** 2
    covariance = fft.irfft(power.mean(axis=0), padded)[: n // 2 + 1] / np.arange(n, n - n // 2 - 1, -1)
    rho = covariance / covariance[0]
    times = np.cumsum(rho) - 0.5
    # An alternating series has a small tau_int however slowly its correlations die out: the window then follows
    # their absolute values. (Checkerboard Metropolis at high temperature does this.)
    alternating = rho[1] < -4 / np.sqrt(chains.size)
    reach = np.cumsum(np.abs(rho)) - 0.5 if alternating else times
    closed = np.arange(rho.size) >= WINDOW * reach
    window = int(np.argmax(closed)) if closed.any() else rho.size - 1
    shift = covariance[0] * 2 * times[window] / chains.size  # the variance of the mean that was subtracted
    variance = covariance[0] + shift
    tau = (covariance[: window + 1] + shift).sum() / variance - 0.5
    return _Correlation(max(float(tau), 0.0), max(float(variance), 0.0))


def _error_of_mean(chains: NDArray[np.float64], correlation: _Correlation) -> tuple[float, str]:
    """Error of the chains' common mean and "", or NaN and the reason why there is none."""
    n_chains, n = chains.shape
    means = chains.mean(axis=1)
    tau = max(correlation.tau, 0.5)
    if n >= MIN_TIMES * tau:
        variance = 2 * tau * correlation.variance / n  # of one chain's mean
        chi2 = float(((means - means.mean()) ** 2).sum()) / variance
        if n_chains > 1 and chdtrc(n_chains - 1, chi2) < CHAINS_DISAGREE:
            return float("nan"), f"the means of the {n_chains} chains disagree: chi-square {chi2:.3g}"
        return float(np.sqrt(variance / n_chains)), ""
    reason = f"chains of {n} draws are shorter than {MIN_TIMES} tau_int = {MIN_TIMES * tau:.3g}"
    if n_chains < MIN_CHAINS:
        return float("nan"), f"{reason}, and {n_chains} chains are fewer than {MIN_CHAINS}"
    if n < 4:
        return float("nan"), f"{reason}, and too short for a split R-hat"
    if (r_hat := split_r_hat(chains)) >= MAX_R_HAT:
        return float("nan"), f"{reason}, and their split R-hat is {r_hat:.4g}, not below {MAX_R_HAT}"
    return float(means.std(ddof=1) / np.sqrt(n_chains)), ""
