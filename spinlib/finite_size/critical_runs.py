"""Runs near a critical point: draws of one system at one temperature."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spinlib.finite_size.reweighting import chains_at, missing_overlap, weights
from spinlib.models import Ising, Potts
from spinlib.sampling import sample

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


def checked_run(run: CriticalRun) -> CriticalRun:
    """The run with both series as float64 (chain, draw)."""
    energies, order = (chains_at(run.temperature, one) for one in (run.energies, run.magnetization))
    if energies.shape != order.shape:
        raise ValueError(f"energies of shape {energies.shape} and magnetizations of {order.shape}: have to be equal")
    return run._replace(energies=energies, magnetization=order)


def missing_overlap_of_run(run: CriticalRun, temperature: float) -> str:
    missing = missing_overlap(run.energies, run.temperature, temperature)
    return f"{run.n_sites} sites: {missing}" if missing else ""


def weighted_powers(run: CriticalRun, grid: Array, powers: tuple[int, ...]) -> Array:
    """The series w |m|^k, (temperature, power, chain, draw)."""
    each = (weights(run.energies, run.temperature, float(temperature)) for temperature in grid)
    return np.array([[w * np.abs(run.magnetization) ** k for k in powers] for w in each])
