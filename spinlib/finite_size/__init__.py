"""Finite-size scaling at a critical point, by reweighting the histogram of one run.

Draws at temperature T0 give averages at a near T through the weights exp(-(1/T - 1/T0) E) (Ferrenberg & Swendsen,
Phys. Rev. Lett. 61, 2635 (1988)). So the temperature of a crossing or of a peak is a smooth function of the run's
means, and the jackknife gives its error. The weights, and the overlap without which no result is valid, are those of
`spinlib.finite_size.reweighting`.
"""

from __future__ import annotations

from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

from spinlib.finite_size.reweighting import chains_at, missing_overlap, reweighted_jackknife, weights
from spinlib.models import Ising, Potts
from spinlib.sampling import sample
from spinlib.statistics import Estimate

Array = NDArray[np.float64]


class CriticalRun(NamedTuple):
    """Draws of one system at one temperature.

    energies: total energies (chain, draw). magnetization: order parameter per site, same shape. temperature: of the
    run, in J. n_sites: number of sites.
    """

    energies: Array
    magnetization: Array
    temperature: float
    n_sites: int


def critical_run(
    model: Ising | Potts,
    temperature: float,
    n_draws: int,
    *,
    n_chains: int,
    burn_in: int,
    seed: int,
    executor: Executor | None = None,
) -> CriticalRun:
    """`n_draws` draws of each of `n_chains` Swendsen-Wang chains from a cold start; one sweep from draw to draw.

    burn_in: sweeps. seed, executor: as in `spinlib.sample`, which also says what raises.
    """
    draws = sample(
        model,
        [temperature],
        n_draws,
        method="swendsen_wang",
        start="cold",
        n_chains=n_chains,
        burn_in=burn_in,
        keep_spins=False,
        seed=seed,
        executor=executor,
    )
    return CriticalRun(
        model.n_sites * draws.energy.values[0], draws.magnetization.values[0], temperature, model.n_sites
    )


def binder_crossing(small: CriticalRun, large: CriticalRun, temperatures: ArrayLike) -> tuple[Estimate, Estimate]:
    """Where the Binder cumulants U = 1 - <m^4> / (3 <m^2>^2) of two sizes cross: temperature, and value there.

    Binder, Z. Phys. B 43, 119 (1981). small, large: independent runs with as many chains and draws each.
    temperatures: rising grid (at least 4) that brackets the crossing; between its points U is a cubic spline.
    Not valid where a run does not overlap with the crossing, see `reweighting.missing_overlap`. Raises
    ValueError where the curves do not cross on the grid exactly once.
    """
    grid, small, large = _grid(temperatures), _checked(small), _checked(large)
    if small.energies.shape != large.energies.shape:
        raise ValueError(f"runs of {small.energies.shape} and {large.energies.shape} draws: they have to be equal")
    series = np.stack([_weighted(small, grid, (0, 2, 4)), _weighted(large, grid, (0, 2, 4))])

    def crossing(means: Array) -> tuple[float, float]:
        w, m2, m4 = means.transpose(2, 0, 1)
        u_small, u_large = 1 - w * m4 / (3 * m2**2)
        roots = CubicSpline(grid, u_small - u_large).roots(extrapolate=False)
        if len(roots) != 1:
            raise ValueError(f"the cumulants cross {len(roots)} times between T = {grid[0]:g} and {grid[-1]:g}")
        return float(roots[0]), float(CubicSpline(grid, u_large)(roots[0]))

    place, value = reweighted_jackknife(
        crossing, series, lambda T: _missing_overlap(small, T) or _missing_overlap(large, T)
    )
    return place, value


def susceptibility_peak(run: CriticalRun, temperatures: ArrayLike) -> Estimate:
    """Temperature of the maximum of chi = N (<m^2> - <|m|>^2) / T, a pseudo-critical temperature.

    temperatures: rising grid (at least 4) that brackets the peak; between its points chi is a cubic spline.
    Not valid where the run does not overlap with the peak, see `reweighting.missing_overlap`. Raises ValueError
    where the maximum is at the grid's end.
    """
    grid, run = _grid(temperatures), _checked(run)

    def peak(means: Array) -> tuple[float]:
        w, m1, m2 = means.T
        chi = CubicSpline(grid, run.n_sites * (m2 / w - (m1 / w) ** 2) / grid)
        turning = chi.derivative().roots(extrapolate=False)
        if not len(turning) or chi(turning).max() < chi(grid).max():
            raise ValueError(f"the susceptibility has no maximum between T = {grid[0]:g} and {grid[-1]:g}")
        return (float(turning[np.argmax(chi(turning))]),)

    return reweighted_jackknife(peak, _weighted(run, grid, (0, 1, 2)), lambda T: _missing_overlap(run, T))[0]


def _checked(run: CriticalRun) -> CriticalRun:
    """The run with both series as float64 (chain, draw)."""
    energies, order = (chains_at(run.temperature, one) for one in (run.energies, run.magnetization))
    if energies.shape != order.shape:
        raise ValueError(f"energies of shape {energies.shape} and magnetizations of {order.shape}: have to be equal")
    return run._replace(energies=energies, magnetization=order)


def _missing_overlap(run: CriticalRun, temperature: float) -> str:
    missing = missing_overlap(run.energies, run.temperature, temperature)
    return f"{run.n_sites} sites: {missing}" if missing else ""


def _weighted(run: CriticalRun, grid: Array, powers: tuple[int, ...]) -> Array:
    """The series w |m|^k, (temperature, power, chain, draw)."""
    each = (weights(run.energies, run.temperature, float(temperature)) for temperature in grid)
    return np.array([[w * np.abs(run.magnetization) ** k for k in powers] for w in each])


def _grid(temperatures: ArrayLike) -> Array:
    grid = np.asarray(temperatures, np.float64)
    if grid.ndim != 1 or grid.size < 4 or not np.all(grid > 0) or not np.all(np.diff(grid) > 0):
        raise ValueError(f"temperatures must be a rising grid of at least 4 positive numbers, got {temperatures!r}")
    return grid
