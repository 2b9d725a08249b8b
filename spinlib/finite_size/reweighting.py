"""Averages at temperatures near that of a simulation (A. Ferrenberg and R. Swendsen, Phys. Rev. Lett. 61, 2635 (1988)).

Draws at T0 give averages at T with the weights exp(-(1/T - 1/T0) E), as long as the energy distributions at both
temperatures overlap. Farther away, few draws have nearly all the weight: averages are wrong, and their spread does not
show it. So every reweighted result calls `missing_overlap` at its own temperature, and is not valid without overlap.
There the weights have to be worth at least `MIN_SHARE` of the draws and `MIN_DRAWS` of them, and the mean energy may
lie at most `MAX_DISTANCE` standard deviations from that of the run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinlib.exact.temperature import one_temperature
from spinlib.statistics import Estimate, jackknife, labelled

Array = NDArray[np.float64]

__all__ = ["MAX_DISTANCE", "MIN_DRAWS", "MIN_SHARE", "missing_overlap", "weights"]

MIN_SHARE = 0.1  # (sum w)^2 / (n sum w^2): for Gaussian energies, 1.5 standard deviations between the two means
MIN_DRAWS = 50
MAX_DISTANCE = 2.0


def weights(energies: ArrayLike, T0: float, T: float) -> Array:
    """Weights of draws at T0 for averages at T.

    Parameters
    ----------
    energies : array_like
        Total energies in J, of any shape.
    T0, T : float
        Temperature of the run, and the temperature wanted, in J / k_B.

    Returns
    -------
    ndarray, float64, shape of `energies`
        Weights of mean 1; all are 1 where T = T0.

    Raises
    ------
    ValueError
        Energies that are not finite or none, or temperatures that are not positive.

    Examples
    --------
    >>> from spinlib.finite_size import reweighting
    >>> reweighting.weights([-8.0, 0.0], T0=2.0, T=1.5).round(3).tolist()  # lower energies count more at a lower T
    [1.583, 0.417]
    """
    drawn = np.asarray(energies, np.float64)
    if drawn.size == 0 or not np.isfinite(drawn).all():
        raise ValueError(f"energies of shape {drawn.shape}: at least one draw is needed, and all have to be finite")
    exponent = -(1 / one_temperature(T) - 1 / one_temperature(T0)) * (drawn - drawn.mean())
    # No weight above 1, so that nothing overflows.
    weight = np.exp(exponent - exponent.max())
    return weight / weight.mean()


def missing_overlap(energies: ArrayLike, T0: float, T: float) -> str:
    """The reason why draws at T0 cannot be reweighted to T.

    Parameters
    ----------
    energies : array_like
        Total energies in J, of any shape.
    T0, T : float
        Temperature of the run, and the temperature wanted, in J / k_B.

    Returns
    -------
    str
        The reason, or "" where they can.

    Raises
    ------
    ValueError
        As `weights`.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.finite_size import reweighting
    >>> energies = np.random.default_rng(1).normal(-1400.0, 60.0, size=10_000)
    >>> reweighting.missing_overlap(energies, T0=2.5, T=2.45)
    ''
    >>> reweighting.missing_overlap(energies, T0=2.5, T=2.2)
    'from T = 2.5 to 2.2 the weights are worth 0.25 % of the draws, less than 10 %'
    """
    drawn = np.asarray(energies, np.float64)
    weight = weights(drawn, T0, T)
    share, spread = float(1 / (weight**2).mean()), float(drawn.std())
    distance = abs(float((weight * drawn).mean() - drawn.mean())) / spread if spread > 0 else 0.0
    where = f"from T = {T0:g} to {T:g} the weights"
    if share < MIN_SHARE:
        return f"{where} are worth {100 * share:.2g} % of the draws, less than {100 * MIN_SHARE:g} %"
    if share * drawn.size < MIN_DRAWS and T != T0:
        return f"{where} are worth {share * drawn.size:.3g} draws, fewer than {MIN_DRAWS}"
    if distance > MAX_DISTANCE:
        return f"{where} move the energy by {distance:.3g} standard deviations, more than {MAX_DISTANCE:g}"
    return ""


def reweighted_jackknife(
    function: Callable[[Array], tuple[float, ...]],
    series: Array,
    missing: Callable[[float], str],
    independent: bool = False,
) -> list[Estimate]:
    """The jackknife of a temperature found from reweighted means, such as that of a peak, and of values there.

    function: takes the means of `series`, (..., chain, draw) -> (...), and returns the place (a temperature) and any
    values. missing: takes the place and returns the reason why draws cannot be reweighted to it, or "". With a reason,
    the estimates are the values at the means, and not valid.
    """
    means = series.mean(axis=(-2, -1))
    # At the run's own temperature all weights are 1: such a mean is known without error.
    varying = np.ptp(series, axis=(-2, -1)) > 0

    def found(part: int) -> Callable[..., float]:
        def of_varying(*values: float) -> float:
            point = means.copy()
            point[varying] = values
            return function(point)[part]

        return of_varying

    at_means = function(means)
    if reason := missing(at_means[0]):
        nan = float("nan")
        return [Estimate(value, nan, nan, nan, False, reason) for value in at_means]
    return [jackknife(found(part), *series[varying], independent=independent) for part in range(len(at_means))]


def rising_grid(temperatures: ArrayLike, at_least: int) -> Array:
    """Temperatures for the result, float64 (temperature,). ValueError: too few, not rising, or not positive.

    The run's own temperature may be one of them, stand at an end or lie outside: whether the run can stand for a result
    is decided by `missing_overlap` at the result's own temperature.
    """
    grid = np.asarray(temperatures, np.float64)
    rises = grid.ndim == 1 and grid.size >= at_least and np.all(np.isfinite(grid)) and np.all(np.diff(grid) > 0)
    if not rises or not grid[0] > 0:
        raise ValueError(
            f"temperatures {temperatures!r}: allowed is a rising grid of at least {at_least} positive numbers"
        )
    return grid


def chains_at(T0: float, series: Any) -> Array:
    """A series as float64 (chain, draw); labelled ones by their labels.

    ValueError: other dimensions, or labels that say another temperature than T0.
    """
    one_temperature(T0)
    if labelled.is_labelled(series):
        template, rows = labelled.each_series(series)
        if template.ndim and template.size > 1:
            raise ValueError(f"a run is at one temperature: choose one along {', '.join(map(str, template.dims))}")
        labelled.temperatures(T0, template)
        series = next(rows)[1][0]
    drawn = np.atleast_2d(np.asarray(series, np.float64))
    if drawn.ndim != 2:
        raise ValueError(f"draws of shape {drawn.shape}: allowed is (chain, draw)")
    return drawn
