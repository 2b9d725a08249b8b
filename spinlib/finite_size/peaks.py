"""Pseudo-critical temperatures: the maxima of susceptibility and heat capacity of a finite lattice."""

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

    The peak is that of the parabola through the largest value on the grid and its neighbours.

    Parameters
    ----------
    energies : array_like or xarray.DataArray, shape (chain, draw)
        Total energies in J, of chains at T0 that are independent by construction, see `spinlib.statistics.jackknife`.
        Labelled ones are taken along "chain" and "draw".
    T0 : float
        Temperature of the run in J / k_B. The grid may contain it.
    grid : array_like, shape (temperature,)
        Temperatures in J / k_B that rise in even steps; at least 3.

    Returns
    -------
    Estimate
        The temperature in J / k_B. Not valid where the run does not overlap with it, see `reweighting.missing_overlap`.

    Raises
    ------
    ValueError
        Another grid, a peak at an end of the grid, or labels that say another temperature than T0.

    Examples
    --------
    The exact peak of 4 x 4 spins stands at 2.44:

    >>> import numpy as np
    >>> from spinlib.exact import density_of_states
    >>> from spinlib.finite_size import heat_capacity_peak
    >>> energies = density_of_states.sample_energies(2.3, (4, 4), 16_000, seed=1).reshape(40, 400)
    >>> peak = heat_capacity_peak(energies, 2.3, np.linspace(2.1, 2.8, 36))
    >>> peak.valid, round(peak.value, 1), peak.error < 0.03
    (True, 2.4, True)
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
    """The temperature at which chi = N (<m^2> - <|m|>^2) / T is largest, with a jackknife error.

    Between the points of the grid chi is a cubic spline.

    Parameters
    ----------
    run : CriticalRun
        Draws at one temperature.
    temperatures : array_like, shape (temperature,)
        Rising grid in J / k_B that brackets the peak; at least 4 points. It may contain the run's own temperature.

    Returns
    -------
    Estimate
        The temperature in J / k_B. Not valid where the run does not overlap with it, see `reweighting.missing_overlap`.

    Raises
    ------
    ValueError
        Another grid, or a maximum at the grid's end.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.exact import enumeration
    >>> from spinlib.finite_size import CriticalRun, susceptibility_peak
    >>> from spinlib.models import Ising
    >>> energies, totals, p = enumeration.energy_magnetization_distribution(Ising((4, 4)), 2.5)
    >>> cells = np.random.default_rng(1).choice(len(p), size=(16, 2000), p=p)
    >>> peak = susceptibility_peak(CriticalRun(energies[cells], totals[cells] / 16, 2.5, 16), np.linspace(1.9, 3.2, 14))
    >>> peak.valid, round(peak.value, 1)
    (True, 2.8)
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
