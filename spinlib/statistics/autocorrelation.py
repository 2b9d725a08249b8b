"""Autocorrelation of series of draws: the number of draws per independent one, and the agreement of chains.

Series have the shape (draw,) or (chain, draw). They are plain arrays, or labelled (xarray) ones with the dimension
"draw" and perhaps "chain". Any other dimension of a labelled series, such as the temperature, remains: there is one
result for each of its values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft

from spinlib.statistics import labelled

if TYPE_CHECKING:
    import xarray as xr

WINDOW = 6  # Sokal's c: sums run to the first lag W >= c tau_int(W)


class Correlation(NamedTuple):
    """tau_int, the variance of one draw, and the last lag W of the sum."""

    tau: float
    variance: float
    window: int


@overload
def integrated_autocorrelation_time(series: xr.DataArray, axis: int = -1) -> Any: ...
@overload
def integrated_autocorrelation_time(series: ArrayLike, axis: int = -1) -> float: ...
def integrated_autocorrelation_time(series: Any, axis: int = -1) -> Any:
    """Integrated autocorrelation time, tau_int = 1/2 + sum_t rho(t), in draws.

    The sum ends at the first lag W >= 6 tau_int(W) (automatic windowing) and is corrected for the bias of the estimated
    mean. For several chains the autocovariance about their common mean is averaged, so that chains that disagree look
    slow. Where no window is found within half a chain, the result is the sum to that lag, which is above n / 12: such a
    chain is too short for an error bar.

    Parameters
    ----------
    series : array_like or xarray.DataArray, shape (draw,) or (chain, draw)
        Measurements in any unit; at least 2 draws.
    axis : int
        The axis of the draws of a plain series. Labelled series are taken along "draw".

    Returns
    -------
    float or xarray.DataArray
        tau_int in draws: 1/2 for independent draws, less for anticorrelated ones, never below 0. NaN for a series
        without variance, so that a frozen temperature does not stop a sweep. Labelled series give a labelled result, or
        a float if there is only one.

    Raises
    ------
    ValueError
        A value that is not finite, another shape, or fewer than 2 draws.

    References
    ----------
    A. Sokal, in Functional Integration (1997), section 3.
    N. Madras and A. Sokal, J. Stat. Phys. 50, 109 (1988), appendix C: the window.
    U. Wolff, Comput. Phys. Commun. 156, 143 (2004): the bias.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.statistics import integrated_autocorrelation_time
    >>> series = np.repeat(np.random.default_rng(1).normal(size=100_000), 4)  # every draw four times: tau_int = 2
    >>> round(integrated_autocorrelation_time(series), 1)
    1.9
    """
    if labelled.is_labelled(series):
        if axis != -1:
            raise ValueError(f"axis {axis}: labelled series are taken along 'draw'")
        return labelled.per_series(integrated_autocorrelation_time, series, name="tau_int")
    values = np.asarray(series)
    if values.ndim == 2 and axis in (0, -2):
        values = values.T
    elif axis not in (-1, values.ndim - 1):
        raise ValueError(f"axis {axis}: the series has the axes 0 to {values.ndim - 1}")
    chains = checked_chains(values)
    return float("nan") if is_constant(chains) else autocorrelation(chains).tau


def split_r_hat(series: Any) -> Any:
    """Split R-hat, the square root of the pooled over the within-chain variance of half chains.

    Parameters
    ----------
    series : array_like or xarray.DataArray, shape (draw,) or (chain, draw)
        Measurements in any unit; at least 4 draws. The middle one of an odd number of draws is dropped.

    Returns
    -------
    float or xarray.DataArray
        1 for chains that agree, inf where every half chain is frozen at its own value, NaN where all draws are equal.
        Labelled as in `integrated_autocorrelation_time`.

    Raises
    ------
    ValueError
        A value that is not finite, another shape, or fewer than 4 draws.

    References
    ----------
    A. Gelman et al., Bayesian Data Analysis (2013), equation 11.4.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.statistics import split_r_hat
    >>> chains = np.random.default_rng(1).normal(size=(4, 1000))
    >>> round(split_r_hat(chains), 2)
    1.0
    >>> round(split_r_hat(chains + [[0], [0], [0], [2]]), 2)  # one chain is elsewhere
    1.35
    """
    if labelled.is_labelled(series):
        return labelled.per_series(split_r_hat, series, name="split_r_hat")
    chains = checked_chains(series)
    half = chains.shape[1] // 2
    if half < 2:
        raise ValueError(f"chains of {chains.shape[1]} draws: split R-hat needs at least 4 draws")
    if is_constant(chains):
        return float("nan")
    halves = np.concatenate([chains[:, :half], chains[:, -half:]])
    within = halves.var(axis=1, ddof=1).mean()
    between = halves.mean(axis=1).var(ddof=1)
    if within == 0:
        return float("inf")
    return float(np.sqrt((half - 1) / half + between / within))


def checked_chains(series: Any) -> NDArray[np.float64]:
    """The series as float64 (chain, draw). ValueError: not finite, another shape, or fewer than 2 draws."""
    values = np.asarray(series, np.float64)
    if values.ndim not in (1, 2):
        raise ValueError(f"series of shape {values.shape}: allowed are (draw,) and (chain, draw)")
    chains = np.atleast_2d(values)
    if chains.shape[0] < 1 or chains.shape[1] < 2:
        raise ValueError(f"series of shape {values.shape}: at least one chain and 2 draws are needed")
    if not np.isfinite(chains).all():
        raise ValueError(f"series with {chains[~np.isfinite(chains)][0]}: allowed are finite numbers")
    return chains


def is_constant(chains: NDArray[np.float64]) -> bool:
    """Whether all draws are equal."""
    return bool(np.ptp(chains) == 0)


def autocorrelation(chains: NDArray[np.float64]) -> Correlation:
    """tau_int, variance and window of chains (chain, draw) that are not constant."""
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
    return Correlation(max(float(tau), 0.0), max(float(variance), 0.0), window)
