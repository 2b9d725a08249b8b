"""Means with reliable error bars, by the rules in the docstring of `spinlib.statistics`."""

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
    """A value with its error bar.

    Attributes
    ----------
    value : float
        The estimate.
    error : float
        One standard error; NaN where `valid` is False.
    tau_int : float
        Integrated autocorrelation time in draws.
    n_effective : float
        Number of independent draws that would give this error.
    valid : bool
        Whether the error bar can be trusted.
    reason : str
        Why it cannot be trusted; empty where it can.

    Examples
    --------
    >>> from spinlib.statistics import mean_of_independent
    >>> estimate = mean_of_independent(range(16))
    >>> estimate.value, round(estimate.error, 2), estimate.valid
    (7.5, 1.19, True)
    >>> mean_of_independent([1.0, 2.0]).reason
    '2 independent repetitions are fewer than 16'
    """

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
    """Mean of a series with its error bar.

    The error of long chains, of at least `MIN_TIMES` tau_int, is sqrt(2 tau_int sigma^2 / N) with
    `integrated_autocorrelation_time` (tau_int below 1/2 counts as 1/2), and the means of the chains must agree within
    it (chi-square). The error of short chains is the standard error of their means. Both are widened by Student's t for
    their degrees of freedom: N / (2 W + 1), where W is the last lag in tau_int, or the number of chains less one. A
    series without variance has a value and no valid error.

    Parameters
    ----------
    series : array_like or xarray.DataArray, shape (draw,) or (chain, draw)
        Measurements in any unit, such as `draws.energy`; at least 2 draws. Labelled ones are taken along "draw" and
        "chain", and any other dimension, such as the temperature, remains.

    Returns
    -------
    Estimate or xarray.Dataset
        For a labelled series with other dimensions a Dataset with these and the variables value, error, tau_int,
        n_effective, valid and reason; else an `Estimate`.

    Raises
    ------
    ValueError
        A value that is not finite, another shape or dimension, or fewer than 2 draws.

    References
    ----------
    U. Wolff, Comput. Phys. Commun. 156, 143 (2004): the chi-square, and equation 35 for the degrees of freedom.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.statistics import mean_and_error
    >>> estimate = mean_and_error(np.random.default_rng(1).normal(5.0, 1.0, size=(4, 2500)))
    >>> round(estimate.value, 3), round(estimate.error, 3), estimate.valid
    (4.989, 0.01, True)
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

    The error is not widened: two errors contain the true mean with probability 93.6 % for 16 repetitions, and 94.9 %
    for 50.

    Parameters
    ----------
    values : array_like, shape (repetition,)
        One value per repetition, each independent of the others by construction; at least 2. The error is valid with at
        least `MIN_CHAINS` of them that are not all equal.

    Returns
    -------
    Estimate
        With tau_int = 1/2.

    Raises
    ------
    ValueError
        A value that is not finite, another number of axes, or fewer than 2 repetitions.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.statistics import mean_of_independent
    >>> estimate = mean_of_independent(np.random.default_rng(1).normal(size=100))
    >>> round(estimate.value, 2), round(estimate.error, 2)
    (-0.07, 0.09)
    """
    repetitions = np.asarray(values, np.float64)
    if repetitions.ndim != 1 or repetitions.size < 2:
        raise ValueError(f"values of shape {repetitions.shape}: allowed is (repetition,), with at least 2 repetitions")
    if not np.isfinite(repetitions).all():
        raise ValueError(f"values {repetitions[~np.isfinite(repetitions)][0]}: allowed are finite numbers")
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
    two errors on each side are the 95 % interval. For n = 3 that is 2.15 times the standard error.

    Parameters
    ----------
    values : array_like, shape (repetition,)
        One value per repetition, each independent of the others by construction; at least 3.
    each : float
        Error that every single value has of its own, from counting or rounding, in the unit of the values. It is added
        in quadrature. Without it, equal repetitions have no valid error.

    Returns
    -------
    Estimate
        With tau_int = 1/2.

    Raises
    ------
    ValueError
        A value that is not finite, another number of axes, fewer than 3 repetitions, or a negative `each`.

    Examples
    --------
    >>> from spinlib.statistics import mean_of_few
    >>> estimate = mean_of_few([1.0, 2.0, 3.0])
    >>> estimate.value, round(estimate.error, 3)
    (2.0, 1.242)
    >>> mean_of_few([2.0, 2.0, 2.0]).valid
    False
    """
    repetitions = np.asarray(values, np.float64)
    if repetitions.ndim != 1 or repetitions.size < 3:
        raise ValueError(f"values of shape {repetitions.shape}: allowed is (repetition,), with at least 3 repetitions")
    if not np.isfinite(repetitions).all() or not each >= 0.0:
        raise ValueError(f"values {repetitions}, each {each}: allowed are finite values and an error not below 0")
    n = repetitions.size
    spread = float(np.hypot(repetitions.std(ddof=1), each) / np.sqrt(n))
    reason = "" if spread > 0.0 else f"all {n} repetitions are {repetitions[0]:g}: their spread says nothing"
    error = float("nan") if reason else spread * float(stdtrit(n - 1, 0.975)) / 2
    return Estimate(float(repetitions.mean()), error, 0.5, float(n), not reason, reason)


def repetitions_needed(values: ArrayLike, distance: float) -> int:
    """How many repetitions would tell their mean from a number that far away, if they spread as the given ones do.

    Two errors of `mean_of_few` are then at most the distance.

    Parameters
    ----------
    values : array_like, shape (repetition,)
        As in `mean_of_few`; at least 3.
    distance : float
        Of the mean from the number, in the unit of the values; above 0.

    Returns
    -------
    int
        At least 3.

    Raises
    ------
    ValueError
        As in `mean_of_few`, and for a distance that is not above 0.

    Examples
    --------
    >>> from spinlib.statistics import repetitions_needed
    >>> repetitions_needed([1.0, 2.0, 3.0], 1.0)
    7
    """
    mean_of_few(values)
    if not distance > 0.0:
        raise ValueError(f"distance {distance}: allowed is a number above 0")
    spread = float(np.std(np.asarray(values, np.float64), ddof=1))
    n = 3
    while spread * float(stdtrit(n - 1, 0.975)) > distance * np.sqrt(n):
        n += 1
    return n


def widened(error: float, dof: float) -> float:
    """Error bar widened by Student's t, because it is itself estimated with `dof` degrees of freedom.

    Two errors on each side are then the 95.45 % interval, like two standard deviations of a normal distribution.
    """
    return error * float(stdtrit(dof, ndtr(2.0))) / 2


def without_variance(value: float) -> Estimate:
    """Estimate without a valid error, for a series of equal draws: a frozen chain is not an exact result."""
    nan = float("nan")
    return Estimate(value, nan, nan, nan, False, f"a series without variance has no error bar: all draws are {value:g}")


def estimates_like(template: Any, estimates: list[Estimate], attrs: dict[str, Any]) -> Any:
    """Estimates as a Dataset with the labels of `template`.

    attrs: attributes of the value. Its units are those of the error too.
    """
    columns = dict(zip(Estimate._fields, zip(*estimates, strict=True), strict=True))
    units = {key: attrs[key] for key in ("units",) if key in attrs}
    return labelled.dataset(template, columns, {"value": attrs, "error": units, "tau_int": {"units": "draws"}})


def error_of_mean(chains: NDArray[np.float64], correlation: Correlation) -> tuple[float, float, str]:
    """Error of the chains' common mean before it is widened, its degrees of freedom, and "" or why the error is NaN.

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
