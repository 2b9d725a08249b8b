"""Autocorrelation of series of draws: how many of them make an independent one, and whether chains have met.

Series are of shape (draw,) or (chain, draw), plain or labelled (xarray) with the dimension "draw" and perhaps "chain";
any other dimension of a labelled series, such as the temperature, stays, with one result for each of its values.
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
    """Integrated autocorrelation time, tau_int = 1/2 + sum_t rho(t), in draws (Sokal 1997, section 3).

    The sum ends at the first lag W >= 6 tau_int(W) (automatic windowing, Madras & Sokal 1988, appendix C) and is
    corrected for the bias of the estimated mean (Wolff, Comput. Phys. Commun. 156, 143 (2004)). For several
    chains the autocovariance about their common mean is averaged, so that chains which have not met look slow.
    Where no window is found within half a chain the sum to that lag is returned, which is above n / 12: such a
    chain is too short for an error bar. Independent draws give 1/2, anticorrelated ones less (never below 0).

    A series without variance has none: NaN, for a plain series as for one temperature of labelled ones, so that a
    frozen temperature does not stop a sweep.

    series: (draw,) or (chain, draw); `axis` is the axis of the draws, "draw" of labelled ones. Labelled series give a
    labelled result, or a float if there is one. ValueError: not finite, wrong shape, or fewer than 2 draws.
    """
    if labelled.is_labelled(series):
        if axis != -1:
            raise ValueError(f"axis {axis}: labelled series are taken along 'draw'")
        return labelled.per_series(integrated_autocorrelation_time, series, name="tau_int")
    values = np.asarray(series)
    if values.ndim == 2 and axis in (0, -2):
        values = values.T
    elif axis not in (-1, values.ndim - 1):
        raise ValueError(f"axis must be one of the {values.ndim} axes of the series, got {axis}")
    chains = checked_chains(values)
    return float("nan") if is_constant(chains) else autocorrelation(chains).tau


def split_r_hat(series: Any) -> Any:
    """Split R-hat: sqrt of the pooled over the within-chain variance of half chains (Gelman et al. 2013, eq. 11.4).

    1 for chains that have met, inf where every half chain is frozen at its own value, NaN where all draws are equal.
    The middle draw of an odd number is dropped. series: (draw,) or (chain, draw) with at least 4 draws; labelled as in
    `integrated_autocorrelation_time`. ValueError: not finite, wrong shape, or fewer than 4 draws.
    """
    if labelled.is_labelled(series):
        return labelled.per_series(split_r_hat, series, name="split_r_hat")
    chains = checked_chains(series)
    half = chains.shape[1] // 2
    if half < 2:
        raise ValueError(f"split R-hat needs at least 4 draws in a chain, got {chains.shape[1]}")
    if is_constant(chains):
        return float("nan")
    halves = np.concatenate([chains[:, :half], chains[:, -half:]])
    within = halves.var(axis=1, ddof=1).mean()
    between = halves.mean(axis=1).var(ddof=1)
    if within == 0:
        return float("inf")
    return float(np.sqrt((half - 1) / half + between / within))


def checked_chains(series: Any) -> NDArray[np.float64]:
    """The series as float64 (chain, draw), checked."""
    values = np.asarray(series, np.float64)
    if values.ndim not in (1, 2):
        raise ValueError(f"a series has the shape (draw,) or (chain, draw), got {values.shape}")
    chains = np.atleast_2d(values)
    if chains.shape[0] < 1 or chains.shape[1] < 2:
        raise ValueError(f"a series needs at least one chain and 2 draws, got the shape {values.shape}")
    if not np.isfinite(chains).all():
        raise ValueError(f"a series must be finite, got {chains[~np.isfinite(chains)][0]}")
    return chains


def is_constant(chains: NDArray[np.float64]) -> bool:
    """Whether all draws are equal: a frozen chain is not an exact one."""
    return bool(np.ptp(chains) == 0)


def autocorrelation(chains: NDArray[np.float64]) -> Correlation:
    """Of chains (chain, draw) that are not constant."""
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
