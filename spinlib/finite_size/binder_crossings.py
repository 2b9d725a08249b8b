"""The crossing of the Binder cumulants of two sizes, the usual estimate of a critical temperature."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

from spinlib.finite_size.critical_runs import CriticalRun, checked_run, missing_overlap_of_run, weighted_powers
from spinlib.finite_size.reweighting import reweighted_jackknife, rising_grid
from spinlib.statistics import Estimate

Array = NDArray[np.float64]


def binder_crossing(small: CriticalRun, large: CriticalRun, temperatures: ArrayLike) -> tuple[Estimate, Estimate]:
    """The temperature at which the Binder cumulants U = 1 - <m^4> / (3 <m^2>^2) of two sizes cross.

    Both runs are reweighted to the grid. Between its points U is a cubic spline, and the jackknife gives the errors.

    Parameters
    ----------
    small, large : CriticalRun
        Independent runs of the two sizes, with as many chains and draws each.
    temperatures : array_like, shape (temperature,)
        Rising grid in J / k_B that brackets the crossing; at least 4.

    Returns
    -------
    temperature : Estimate
        Temperature of the crossing in J / k_B. Not valid where a run does not overlap with it, see
        `reweighting.missing_overlap`.
    value : Estimate
        The cumulant there.

    Raises
    ------
    ValueError
        Curves that do not cross exactly once on the grid, another grid, or runs of two shapes.

    References
    ----------
    K. Binder, Z. Phys. B 43, 119 (1981).

    Examples
    --------
    Cumulants of 3 x 3 and 4 x 4 spins, drawn from their exact distributions at T = 2.3:

    >>> import numpy as np
    >>> from spinlib.exact import enumeration
    >>> from spinlib.finite_size import CriticalRun, binder_crossing
    >>> from spinlib.models import Ising
    >>> def run(side):
    ...     model, rng = Ising((side, side)), np.random.default_rng(side)
    ...     energies, totals, p = enumeration.energy_magnetization_distribution(model, 2.3)
    ...     cells = rng.choice(len(p), size=(16, 4000), p=p)
    ...     return CriticalRun(energies[cells], totals[cells] / model.n_sites, 2.3, model.n_sites)
    >>> temperature, value = binder_crossing(run(3), run(4), np.linspace(1.7, 2.9, 9))
    >>> temperature.valid, round(temperature.value, 1), round(value.value, 2)
    (True, 2.2, 0.63)
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
