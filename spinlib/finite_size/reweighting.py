"""Averages at temperatures near that of a simulation (A. Ferrenberg and R. Swendsen, Phys. Rev. Lett. 61, 2635 (1988)).

Energies drawn at T0 stand for those at T with the weights exp(-(1/T - 1/T0) E), as long as both temperatures share
their energies. Farther off, few draws have nearly all the weight, averages are wrong and their spread does not show
it. So every result of reweighting asks `missing_overlap` at the temperature where it lies, and is not valid without:
there the weights have to be worth at least `MIN_SHARE` of the draws and `MIN_DRAWS` of them, and the mean energy may
lie at most `MAX_DISTANCE` standard deviations from that of the run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinlib.exact.temperature import one_temperature, positive
from spinlib.statistics import Estimate, jackknife, labelled

Array = NDArray[np.float64]

MIN_SHARE = 0.1  # (sum w)^2 / (n sum w^2): for Gaussian energies, 1.5 standard deviations between the two means
MIN_DRAWS = 50
MAX_DISTANCE = 2.0


def weights(energies: ArrayLike, T0: float, T: float) -> Array:
    """Weights of draws at T0 for averages at T, of mean 1 and the shape of `energies`, which are total energies.

    At T = T0 all are 1. ValueError: energies not finite or none, temperatures not positive.
    """
    drawn = np.asarray(energies, np.float64)
    if drawn.size == 0 or not np.isfinite(drawn).all():
        raise ValueError(f"energies of shape {drawn.shape}: at least one draw is needed, and all have to be finite")
    exponent = -(1 / one_temperature(T) - 1 / one_temperature(T0)) * (drawn - drawn.mean())
    # No weight above 1, so that nothing overflows.
    weight = np.exp(exponent - exponent.max())
    return weight / weight.mean()


def missing_overlap(energies: ArrayLike, T0: float, T: float) -> str:
    """Why draws at T0 cannot stand for those at T, or "" where they can; energies and raises as in `weights`."""
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
    """The jackknife of a place in reweighted means, such as that of a peak, and of values there.

    function: of the means of `series`, (..., chain, draw) -> (...), the place (a temperature) and any values.
    missing: of the place, the reason why draws cannot stand for it, or "": with a reason, the estimates are the plain
    values, and not valid.
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


def heat_capacity_peak(energies: Any, T0: float, grid: ArrayLike) -> Estimate:
    """The temperature at which the heat capacity is largest, with a jackknife error.

    energies: total, (chain, draw), of chains at T0 that are independent by construction, see `jackknife`; labelled ones
    are taken along "chain" and "draw". grid: rising temperatures, evenly spaced, at least three; T0 may be one of them.
    The peak is that of the parabola through the largest and its neighbours. It is valid where the run overlaps
    with its temperature, see `missing_overlap`. Raises ValueError for another grid, a T0 outside it or at its ends, and
    where the peak lies at an end of the grid.
    """
    temperatures = np.asarray(grid, np.float64)
    steps = np.diff(temperatures)
    if temperatures.ndim != 1 or len(temperatures) < 3 or not np.allclose(steps, steps[0]) or not steps[0] > 0:
        raise ValueError(f"grid {grid!r}: at least three temperatures that rise in even steps are needed")
    positive(temperatures)
    if not temperatures[0] < T0 < temperatures[-1]:
        raise ValueError(f"T0 {T0}: it has to lie between two temperatures of the grid")
    drawn = chains_at(T0, energies)
    shifted = drawn - drawn.mean()
    series = np.array([[w, w * shifted, w * shifted**2] for w in (weights(drawn, T0, float(t)) for t in temperatures)])

    def peak(means: Array) -> tuple[float]:
        weight, first, second = means.T
        heat = (second / weight - (first / weight) ** 2) / temperatures**2
        top = int(np.argmax(heat))
        if top in (0, len(heat) - 1):
            raise ValueError(f"the heat capacity is largest at the end {temperatures[top]} of the grid: widen it")
        left, middle, right = heat[top - 1 : top + 2]
        return (float(temperatures[top] + steps[0] * (left - right) / (2 * (left - 2 * middle + right))),)

    return reweighted_jackknife(peak, series, lambda T: missing_overlap(drawn, T0, T), independent=True)[0]


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
        raise ValueError(f"the draws of a run have the shape (chain, draw), got {drawn.shape}")
    return drawn
