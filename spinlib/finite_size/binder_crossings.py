"""Where the Binder cumulants of two sizes cross."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

from spinlib.finite_size.critical_runs import CriticalRun, checked_run, missing_overlap_of_run, weighted_powers
from spinlib.finite_size.reweighting import reweighted_jackknife, rising_grid
from spinlib.statistics import Estimate

Array = NDArray[np.float64]


def binder_crossing(small: CriticalRun, large: CriticalRun, temperatures: ArrayLike) -> tuple[Estimate, Estimate]:
    """Where the Binder cumulants U = 1 - <m^4> / (3 <m^2>^2) of two sizes cross: temperature, and value there.

    Binder, Z. Phys. B 43, 119 (1981). small, large: independent runs with as many chains and draws each.
    temperatures: rising grid (at least 4) that brackets the crossing; between its points U is a cubic spline.
    Not valid where a run does not overlap with the crossing, see `reweighting.missing_overlap`. Raises
    ValueError where the curves do not cross on the grid exactly once.
    """
    grid, small, large = rising_grid(temperatures, 4), checked_run(small), checked_run(large)
    if small.energies.shape != large.energies.shape:
        raise ValueError(f"runs of {small.energies.shape} and {large.energies.shape} draws: they have to be equal")
    series = np.stack([weighted_powers(small, grid, (0, 2, 4)), weighted_powers(large, grid, (0, 2, 4))])

    def crossing(means: Array) -> tuple[float, float]:
        w, m2, m4 = means.transpose(2, 0, 1)
        u_small, u_large = 1 - w * m4 / (3 * m2**2)
        roots = CubicSpline(grid, u_small - u_large).roots(extrapolate=False)
        if len(roots) != 1:
            raise ValueError(f"the cumulants cross {len(roots)} times between T = {grid[0]:g} and {grid[-1]:g}")
        return float(roots[0]), float(CubicSpline(grid, u_large)(roots[0]))

    place, value = reweighted_jackknife(
        crossing, series, lambda T: missing_overlap_of_run(small, T) or missing_overlap_of_run(large, T)
    )
    return place, value
