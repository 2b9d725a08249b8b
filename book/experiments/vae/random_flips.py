"""Single flips of Ising spins at random sites: the Markov chains of paper vae (Sec. 2.1), compiled.

A site is drawn at random and its flip accepted with probability min(1, exp(-dE / T)); a sweep is as many attempts as
there are sites. `spinlib.sample` visits the sites in a fixed order instead, and `spinlib.samplers.learned_energy` does
the same as this file for any function of the spins, but evaluates that function after every sweep: what is timed here
must not pay for that. For open and periodic lattices with one coupling, without a field.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from spinlib.compilation import njit
from spinlib.models import Ising
from spinlib.samplers.chains.contents import digest
from spinlib.samplers.random import advance, choose, keyed_streams, load, store, thresholds

__all__ = ["Series", "configurations", "series", "sweep"]


class Series(NamedTuple):
    """Energy and mean spin, each per site and of shape (chain, sweep)."""

    energy: np.ndarray
    magnetization: np.ndarray


def _tables(model: Ising, temperature: float) -> tuple[np.ndarray, np.ndarray]:
    """Neighbours (N, z), -1 where there is none; a threshold for each value of s times the sum of its neighbours."""
    if model.field or not (model.is_uniform and model.coupling == 1.0) or "antiperiodic" in model.lattice.boundary:
        raise ValueError(f"{model!r}: single flips at random sites are for J = 1 and no field")
    neighbors = np.where(model.lattice.neighbors[1] != 0, model.lattice.neighbors[0], -1)
    aligned = np.arange(-neighbors.shape[1], neighbors.shape[1] + 1)
    return neighbors.astype(np.int64), thresholds(np.minimum(1.0, np.exp(-2.0 * aligned / temperature)))


@njit(cache=True, nogil=True, error_model="numpy")
def _run(
    spins: Any, neighbors: Any, table: Any, rng: Any, energy: Any, magnetization: Any, kept: Any, every: int, n: int
) -> None:
    """n sweeps of all chains; energy and magnetisation (chain, n) and every so-many-th configuration where wanted."""
    n_chains, n_sites = spins.shape
    z = neighbors.shape[1]
    for chain in range(n_chains):
        state, row = load(rng[chain]), spins[chain]
        total, sum_of_spins = 0, 0
        for site in range(n_sites):
            sum_of_spins += row[site]
            for k in range(z):
                if neighbors[site, k] >= 0:
                    total -= row[site] * row[neighbors[site, k]]
        total //= 2
        for t in range(n):
            for _ in range(n_sites):
                bits, state = advance(state)
                site, _ = choose(bits, n_sites)
                aligned = 0
                for k in range(z):
                    if neighbors[site, k] >= 0:
                        aligned += row[neighbors[site, k]]
                aligned *= row[site]
                bits, state = advance(state)
                if (bits >> 11) < table[aligned + z]:
                    row[site] = -row[site]
                    total += 2 * aligned
                    sum_of_spins += 2 * row[site]
            if energy.shape[1]:
                energy[chain, t], magnetization[chain, t] = total / n_sites, sum_of_spins / n_sites
            if every and (t + 1) % every == 0:
                kept[chain, (t + 1) // every - 1] = row
        store(rng[chain], state)


def _streams(purpose: str, model: Ising, temperature: float, seed: int, n_chains: int) -> np.ndarray:
    """One stream per chain, and other ones for every purpose, model and temperature."""
    keys = [digest("random flips", purpose, model, temperature, chain) for chain in range(n_chains)]
    return keyed_streams(seed, keys)


def sweep(model: Ising, spins: np.ndarray, temperature: float, rng: np.ndarray, n: int) -> None:
    """`n` sweeps of int8 spins (chain, *shape) in place; rng: uint64 (chain, 4), advanced in place."""
    rows, nothing = spins.reshape(len(spins), -1), np.empty((len(spins), 0))
    none_kept = np.empty((len(spins), 0, rows.shape[1]), np.int8)
    _run(rows, *_tables(model, temperature), rng, nothing, nothing, none_kept, 0, n)


def series(model: Ising, temperature: float, spins: np.ndarray, n: int, seed: int) -> Series:
    """Energy and magnetisation after each of n sweeps from int8 spins (chain, *shape), which are left alone."""
    rows = np.array(spins, np.int8).reshape(len(spins), -1)
    energy, magnetization = np.empty((2, len(rows), n))
    none_kept = np.empty((len(rows), 0, rows.shape[1]), np.int8)
    rng = _streams("series", model, temperature, seed, len(rows))
    _run(rows, *_tables(model, temperature), rng, energy, magnetization, none_kept, 0, n)
    return Series(energy, magnetization)


def configurations(
    model: Ising, temperature: float, seed: int, *, n_chains: int = 20, burn_in: int = 2000, n_kept: int = 500
) -> np.ndarray:
    """The paper's training set, int8 (n_chains * n_kept, *shape): from random spins, every 20th sweep is kept."""
    rng = _streams("configurations", model, temperature, seed, n_chains)
    first = np.random.default_rng(_streams("start", model, temperature, seed, 1)[0].tolist())
    spins = (2 * first.integers(2, size=(n_chains, *model.shape)) - 1).astype(np.int8)
    sweep(model, spins, temperature, rng, burn_in)
    rows, nothing = spins.reshape(n_chains, -1), np.empty((n_chains, 0))
    kept = np.empty((n_chains, n_kept, rows.shape[1]), np.int8)
    _run(rows, *_tables(model, temperature), rng, nothing, nothing, kept, 20, 20 * n_kept)
    return kept.reshape(-1, *model.shape)
