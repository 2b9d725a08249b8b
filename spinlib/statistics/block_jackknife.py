"""The block jackknife: functions of means, with the bias of few draws removed and an error bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinlib.statistics import labelled
from spinlib.statistics.autocorrelation import autocorrelation, checked_chains, is_constant
from spinlib.statistics.estimates import (
    MIN_CHAINS,
    MIN_TIMES,
    Estimate,
    error_of_mean,
    estimates_like,
    mean_of_independent,
    widened,
    without_variance,
)

if TYPE_CHECKING:
    import xarray as xr

MIN_BLOCK_TIMES = 5  # tau_int per block: correlated blocks then underestimate the error by at most 10 %


class NotFinite(ValueError):
    """The jackknifed function has no finite value at these means."""


@overload
def jackknife(
    function: Callable[..., float], *series: xr.DataArray, n_blocks: int = 32, independent: bool = False
) -> Any: ...
@overload
def jackknife(
    function: Callable[..., float], *series: ArrayLike, n_blocks: int = 32, independent: bool = False
) -> Estimate: ...
def jackknife(function: Callable[..., float], *series: Any, n_blocks: int = 32, independent: bool = False) -> Any:
    """A function of means, with its bias removed and its error from a block jackknife.

    The jackknife removes the bias of order 2 tau_int / N. Each chain is cut into as many equal blocks as give at least
    `n_blocks` in all; the first draws of a chain that do not fill a block are dropped. Chains shorter than 50 tau_int
    are one block each. The error is valid where the mean of every series has a valid error, and where blocks hold at
    least 5 tau_int or are whole chains; tau_int is the longest of the series. The error is corrected by 1 / sqrt(1 -
    tau_int / block) for what neighbouring blocks have in common, and widened by Student's t for the number of blocks. A
    series without variance has no valid error.

    Parameters
    ----------
    function : callable
        `function(mean of series 1, mean of series 2, ...)` takes floats, one per series, and returns a number. It is
        called once per block.
    *series : array_like or xarray.DataArray, shape (draw,) or (chain, draw)
        One or more series of equal shape. Labelled ones are taken along "draw" and "chain", and other dimensions
        remain. A labelled array without the dimension "draw", such as `draws.temperature`, is passed to the function as
        its number at that place.
    n_blocks : int
        Smallest number of blocks in all, from 2 to the number of draws.
    independent : bool
        Whether the chains are independent by construction and past their burn-in, as those of `mean_of_independent`.
        Then each chain is one block and counts as one draw, no autocorrelation is estimated, and the error is not
        widened. It is valid with at least `MIN_CHAINS` chains that do not all agree.

    Returns
    -------
    Estimate or xarray.Dataset
        As in `mean_and_error`. Where the function of labelled series is not finite, the value is NaN and not valid.

    Raises
    ------
    ValueError
        As `mean_and_error`; series of several shapes; fewer than 2 blocks or more than draws; one independent chain; a
        function of plain series with variance that is not finite.

    References
    ----------
    B. Efron, The Jackknife, the Bootstrap and Other Resampling Plans (1982), chapter 2.
    A. Sokal, in Functional Integration (1997).

    Examples
    --------
    The heat capacity of 64 sites at T = 2 from total energies, the variance of the energy over T^2 N:

    >>> import numpy as np
    >>> from spinlib.statistics import jackknife
    >>> energy = np.random.default_rng(1).normal(-100.0, 16.0, size=(4, 5000))
    >>> heat_capacity = jackknife(lambda e, e2: (e2 - e**2) / 2.0**2 / 64, energy, energy**2)
    >>> round(heat_capacity.value, 2), round(heat_capacity.error, 2)
    (0.99, 0.01)
    """
    if not series:
        raise ValueError("jackknife needs at least one series")
    if labelled.all_labelled(*series):
        return _labelled_jackknife(function, series, n_blocks, independent)
    stacked = [checked_chains(one) for one in series]
    if len({chains.shape for chains in stacked}) > 1:
        raise ValueError(f"series of shapes {[chains.shape for chains in stacked]}: they have to be equal")
    n_chains, n = stacked[0].shape
    if independent and n_chains < 2:
        raise ValueError("one chain has no other to be independent of: at least 2 are needed")
    if not 2 <= n_blocks <= n_chains * n:
        raise ValueError(f"n_blocks {n_blocks}: allowed are 2 to the number of draws, {n_chains * n}")

    constant = [chains for chains in stacked if is_constant(chains)]
    if constant and not independent:
        try:
            value = _number(function, np.array([chains.mean() for chains in stacked]))
        except NotFinite:
            value = float("nan")
        return without_variance(float(constant[0].flat[0]))._replace(value=value)

    correlations = [] if independent else [autocorrelation(chains) for chains in stacked]
    tau = max((correlation.tau for correlation in correlations), default=0.5 * n)
    per_chain = -(-n_blocks // n_chains)
    if independent or (n_chains >= MIN_CHAINS and n < MIN_TIMES * tau):
        per_chain = 1
    length = n // per_chain
    blocks = np.stack(
        [c[:, n - per_chain * length :].reshape(n_chains * per_chain, length).mean(axis=1) for c in stacked]
    )
    value, error, replicates = _leave_one_out(function, blocks)

    reason = ""
    if independent:
        reason = mean_of_independent(replicates).reason
    else:
        for chains, correlation in zip(stacked, correlations, strict=True):
            reason = reason or error_of_mean(chains, correlation)[2]
    if not reason and per_chain > 1:
        if length < MIN_BLOCK_TIMES * tau:
            needed = f"{MIN_BLOCK_TIMES} tau_int = {MIN_BLOCK_TIMES * tau:.3g}"
            reason = f"blocks of {length} draws are shorter than {needed}"
        else:
            # Neighbouring blocks are correlated, which their spread does not show.
            error /= float(np.sqrt(1 - tau / length))
    effective = n_chains * n / (2 * max(tau, 0.5))
    if not independent:
        error = widened(error, blocks.shape[1] - 1)
    return Estimate(value, float("nan") if reason else error, tau, effective, not reason, reason)


def _labelled_jackknife(function: Callable[..., float], series: Any, n_blocks: int, independent: bool) -> Any:
    drawn = [labelled.DRAW in one.dims for one in series]
    if not any(drawn):
        raise ValueError(f"none of the labelled series has the dimension 'draw': {[one.dims for one in series]}")
    template, rows = labelled.each_series(*(one for one, is_drawn in zip(series, drawn, strict=True) if is_drawn))
    numbers = [
        None if is_drawn else labelled.numbers_like(one, template) for one, is_drawn in zip(series, drawn, strict=True)
    ]

    def one_estimate(index: tuple[int, ...], chains: list[NDArray[np.float64]]) -> Estimate:
        def of_means(*means: float) -> float:
            remaining = iter(means)
            return function(*(next(remaining) if known is None else float(known[index]) for known in numbers))

        try:
            return jackknife(of_means, *chains, n_blocks=n_blocks, independent=independent)
        except NotFinite as error:
            nan = float("nan")
            return Estimate(nan, nan, nan, nan, False, str(error))

    found = [one_estimate(index, chains) for index, chains in rows]
    return estimates_like(template, found, {}) if template.ndim else found[0]


def _leave_one_out(
    function: Callable[..., float], blocks: NDArray[np.float64]
) -> tuple[float, float, NDArray[np.float64]]:
    """Value without bias, error, and the function with each block left out; blocks: means (series, block)."""
    count = blocks.shape[1]
    means = blocks.mean(axis=1)
    left_out = means[:, None] + (means[:, None] - blocks) / (count - 1)
    at_means = _number(function, means)
    replicates = np.array([_number(function, point) for point in left_out.T])
    value = count * at_means - (count - 1) * float(replicates.mean())
    return value, float(np.sqrt((count - 1) * replicates.var())), replicates


def _number(function: Callable[..., float], means: NDArray[np.float64]) -> float:
    try:
        value = float(function(*means.tolist()))
    except ZeroDivisionError:
        value = float("nan")
    if not np.isfinite(value):
        raise NotFinite(f"the jackknifed function is not finite: {value} at the means {means.tolist()}")
    return value
