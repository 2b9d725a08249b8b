"""Means with error bars that can be trusted, by the rules at the head of `spinlib.statistics`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtr, stdtrit

from spinlib.statistics import labelled
from spinlib.statistics.autocorrelation import Correlation, autocorrelation, checked_chains, is_constant, split_r_hat

if TYPE_CHECKING:
    import xarray as xr

MIN_TIMES = 50  # tau_int that a chain must hold (emcee's rule)
MIN_CHAINS = 16
MAX_R_HAT = 1.01
CHAINS_DISAGREE = 1e-4  # chance level at which the chains' means contradict the error bar of long chains


class Estimate(NamedTuple):
    """A value with its error bar; `error` is NaN and `reason` says why where `valid` is False."""

    value: float
    error: float
    tau_int: float
    n_effective: float
    valid: bool
    reason: str


@overload
def mean_and_error(series: xr.DataArray) -> Any: ...
@overload
def mean_and_error(series: ArrayLike) -> Estimate: ...
def mean_and_error(series: Any) -> Any:
    """Mean of a series with its error bar, by the rules at the head of `spinlib.statistics`.

    Long chains: error = sqrt(2 tau_int sigma^2 / N) with `integrated_autocorrelation_time` (tau_int below 1/2 counts
    as 1/2), and the chains' means must agree within it (chi-square, Wolff 2004). Short chains: standard
    error of the chains' means. Both are `widened` by what they are uncertain themselves: N / (2 W + 1) degrees of
    freedom, where W is the last lag in tau_int (Wolff 2004, eq. 35), or one less than the number of chains. A series
    without variance has a value and no valid error.

    series: (draw,) or (chain, draw) gives an `Estimate`. A labelled (xarray) variable, such as `draws.energy`, is
    taken along "draw" and "chain", and whatever other dimensions it has, such as the temperature, remain: the
    result is a Dataset of them with the variables value, error, tau_int, n_effective, valid and reason; where none
    remains, an `Estimate`. ValueError: not finite, wrong shape or dimensions, or fewer than 2 draws.
    """
    if labelled.is_labelled(series):
        template, rows = labelled.each_series(series)
        found = [mean_and_error(one) for _, (one,) in rows]
        return estimates_like(template, found, series.attrs) if template.ndim else found[0]
    chains = checked_chains(series)
    if is_constant(chains):
        return without_variance(float(chains.flat[0]))
    correlation = autocorrelation(chains)
    error, dof, reason = error_of_mean(chains, correlation)
    effective = correlation.variance / error**2 if error > 0 else chains.size / (2 * max(correlation.tau, 0.5))
    return Estimate(float(chains.mean()), widened(error, dof), correlation.tau, effective, not reason, reason)


def mean_of_independent(values: ArrayLike) -> Estimate:
    """Mean of independent repetitions (seeds, disorder instances), with the standard error from their spread.

    The plain one, which is not `widened`: two of them hold the true mean with 93.6 % for 16 repetitions, 94.9 % for 50.
    values: (repetition,), each independent of the others by construction. At least `MIN_CHAINS` of them, not all
    equal, make the error valid. ValueError: not finite, not one axis, or fewer than 2 repetitions.
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


def widened(error: float, dof: float) -> float:
    """An error bar that is itself estimated with so many degrees of freedom, widened by Student's t.

    Two errors on each side then are the interval that two standard deviations are for a normal law, 95.45 %.
    """
    return error * float(stdtrit(dof, ndtr(2.0))) / 2


def without_variance(value: float) -> Estimate:
    """The estimate of a series whose draws are all equal: a frozen chain is not an exact one."""
    nan = float("nan")
    return Estimate(value, nan, nan, nan, False, f"a series without variance has no error bar: all draws are {value:g}")


def estimates_like(template: Any, estimates: list[Estimate], attrs: dict[str, Any]) -> Any:
    """Estimates as a Dataset with the labels of `template`; attrs: of the value (its units are the error's too)."""
    columns = dict(zip(Estimate._fields, zip(*estimates, strict=True), strict=True))
    units = {key: attrs[key] for key in ("units",) if key in attrs}
    return labelled.dataset(template, columns, {"value": attrs, "error": units, "tau_int": {"units": "draws"}})


def error_of_mean(chains: NDArray[np.float64], correlation: Correlation) -> tuple[float, float, str]:
    """Error of the chains' common mean, not widened yet, its degrees of freedom, and "" or the reason why it is NaN.

    The chains are not constant.
    """
    n_chains, n = chains.shape
    means = chains.mean(axis=1)
    tau = max(correlation.tau, 0.5)
    if n >= MIN_TIMES * tau:
        variance = 2 * tau * correlation.variance / n  # of one chain's mean
        chi2 = float(((means - means.mean()) ** 2).sum()) / variance
        if n_chains > 1 and chdtrc(n_chains - 1, chi2) < CHAINS_DISAGREE:
            return float("nan"), 1.0, f"the means of the {n_chains} chains disagree: chi-square {chi2:.3g}"
        return float(np.sqrt(variance / n_chains)), chains.size / (2 * correlation.window + 1), ""
    reason = f"chains of {n} draws are shorter than {MIN_TIMES} tau_int = {MIN_TIMES * tau:.3g}"
    if n_chains < MIN_CHAINS:
        return float("nan"), 1.0, f"{reason}, and {n_chains} chains are fewer than {MIN_CHAINS}"
    if n < 4:
        return float("nan"), 1.0, f"{reason}, and too short for a split R-hat"
    if (r_hat := split_r_hat(chains)) >= MAX_R_HAT:
        return float("nan"), 1.0, f"{reason}, and their split R-hat is {r_hat:.4g}, not below {MAX_R_HAT}"
    return float(means.std(ddof=1) / np.sqrt(n_chains)), float(n_chains - 1), ""
