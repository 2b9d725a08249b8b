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

    Attributes
    ----------
    energies : ndarray, float64 (chain, draw)
        Total energies in J.
    magnetization : ndarray, float64 (chain, draw)
        Order parameter per site.
    temperature : float
        Temperature of the run in J / k_B.
    n_sites : int
        Number of sites.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.finite_size import CriticalRun
    >>> CriticalRun(np.zeros((16, 100)), np.ones((16, 100)), temperature=2.3, n_sites=64).energies.shape
    (16, 100)
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
    """Draws of Swendsen-Wang chains from a cold start, with one sweep from draw to draw.

    Parameters
    ----------
    model : Ising or Potts
        The model. Swendsen-Wang has to apply to it.
    temperature : float
        In J / k_B.
    n_draws : int
        Draws per chain.
    n_chains : int
        Independent chains.
    burn_in : int
        Sweeps of each chain before its first draw.
    seed : int
        As in `spinlib.sample`.
    executor : concurrent.futures.Executor, optional
        As in `spinlib.sample`.

    Returns
    -------
    CriticalRun
        With arrays of shape (n_chains, n_draws).

    Raises
    ------
    TypeError, ValueError
        As `spinlib.sample`.

    Examples
    --------
    >>> from spinlib.finite_size import critical_run
    >>> from spinlib.models import Ising
    >>> run = critical_run(Ising((4, 4)), 2.3, 50, n_chains=2, burn_in=10, seed=1)
    >>> run.energies.shape, run.n_sites
    ((2, 50), 16)
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
    """The run with both series as float64 (chain, draw). ValueError: series of two shapes."""
    energies, order = (chains_at(run.temperature, one) for one in (run.energies, run.magnetization))
    if energies.shape != order.shape:
        raise ValueError(f"energies of shape {energies.shape} and magnetizations of {order.shape}: have to be equal")
    return run._replace(energies=energies, magnetization=order)


def missing_overlap_of_run(run: CriticalRun, temperature: float) -> str:
    """The reason why the run cannot be reweighted to a temperature, with its number of sites; "" where it can."""
    missing = missing_overlap(run.energies, run.temperature, temperature)
    return f"{run.n_sites} sites: {missing}" if missing else ""


def weighted_powers(run: CriticalRun, grid: Array, powers: tuple[int, ...]) -> Array:
    """The series w |m|^k, (temperature, power, chain, draw)."""
    each = (weights(run.energies, run.temperature, float(temperature)) for temperature in grid)
    return np.array([[w * np.abs(run.magnetization) ** k for k in powers] for w in each])
