"""Averages at temperatures near that of a simulation (A. Ferrenberg and R. Swendsen, Phys. Rev. Lett. 61, 2635 (1988)).

Energies drawn at T0 stand for those at T with the weights exp(-(1/T - 1/T0) E), as long as both temperatures share
their energies.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from spinlib.statistics import Estimate, jackknife


def heat_capacity_peak(energies: ArrayLike, T0: float, grid: ArrayLike) -> Estimate:
    """The temperature at which the heat capacity is largest, with a jackknife error.

    energies: total, (chain, draw), of chains at T0 that are independent by construction, see `jackknife`. grid: at least
    three temperatures that rise in even steps, about T0; the peak is that of the parabola through the largest of them
    and its neighbours. Raises ValueError for another grid, a T0 outside it, and where the peak lies at an end of it.
    """
    drawn, temperatures = np.asarray(energies, np.float64), np.asarray(grid, np.float64)
    steps = np.diff(temperatures)
    if temperatures.ndim != 1 or len(temperatures) < 3 or not np.allclose(steps, steps[0]) or not steps[0] > 0:
        raise ValueError(f"grid {grid!r}: at least three temperatures that rise in even steps are needed")
    if not temperatures[0] < T0 < temperatures[-1]:
        raise ValueError(f"T0 {T0}: it has to lie within the grid")
    shifted = drawn - drawn.mean()  # weights of order one
    series = []
    for temperature in temperatures:
        weight = np.exp(-(1 / temperature - 1 / T0) * shifted)
        series += [weight, weight * shifted, weight * shifted**2]

    def peak(*means: float) -> float:
        weight, first, second = np.reshape(means, (-1, 3)).T
        heat = (second / weight - (first / weight) ** 2) / temperatures**2
        top = int(np.argmax(heat))
        if top in (0, len(heat) - 1):
            raise ValueError(f"the heat capacity is largest at the end {temperatures[top]} of the grid: widen it")
        left, middle, right = heat[top - 1 : top + 2]
        return float(temperatures[top] + steps[0] * (left - right) / (2 * (left - 2 * middle + right)))

    return jackknife(peak, *series, independent=True)
