"""Where the susceptibility and the heat capacity are largest."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

from spinlib.finite_size.critical_runs import CriticalRun, checked_run, missing_overlap_of_run, weighted_powers
from spinlib.finite_size.reweighting import chains_at, missing_overlap, reweighted_jackknife, rising_grid, weights
from spinlib.statistics import Estimate

Array = NDArray[np.float64]


def heat_capacity_peak(energies: Any, T0: float, grid: ArrayLike) -> Estimate:
    """The temperature at which the heat capacity is largest, with a jackknife error.

    energies: total, (chain, draw), of chains at T0 that are independent by construction, see `jackknife`; labelled ones
    are taken along "chain" and "draw". grid: rising temperatures, evenly spaced, at least three; T0 may be one of them.
    The peak is that of the parabola through the largest and its neighbours. It is valid where the run overlaps
    with its temperature, see `missing_overlap`. Raises ValueError for another grid, a T0 outside it or at its ends, and
    where the peak lies at an end of the grid.
    """
    temperatures = rising_grid(grid, 3)
    steps = np.diff(temperatures)
    if not np.allclose(steps, steps[0]):
        raise ValueError(f"grid {grid!r}: the temperatures have to rise in even steps")
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


def susceptibility_peak(run: CriticalRun, temperatures: ArrayLike) -> Estimate:
    """Temperature of the maximum of chi = N (<m^2> - <|m|>^2) / T, a pseudo-critical temperature.

    temperatures: rising grid (at least 4) that brackets the peak; between its points chi is a cubic spline.
    Not valid where the run does not overlap with the peak, see `reweighting.missing_overlap`. Raises ValueError
    where the maximum is at the grid's end.
    """
    grid, run = rising_grid(temperatures, 4), checked_run(run)

    def peak(means: Array) -> tuple[float]:
        w, m1, m2 = means.T
        chi = CubicSpline(grid, run.n_sites * (m2 / w - (m1 / w) ** 2) / grid)
        turning = chi.derivative().roots(extrapolate=False)
        if not len(turning) or chi(turning).max() < chi(grid).max():
            raise ValueError(f"the susceptibility has no maximum between T = {grid[0]:g} and {grid[-1]:g}")
        return (float(turning[np.argmax(chi(turning))]),)

    return reweighted_jackknife(peak, weighted_powers(run, grid, (0, 1, 2)), lambda T: missing_overlap_of_run(run, T))[
        0
    ]
