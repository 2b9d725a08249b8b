"""Wolff single-cluster updates (U. Wolff, Phys. Rev. Lett. 62, 361 (1989)).

From a random site a cluster grows over satisfied bonds, each tried with probability 1 - exp(-K / T) as in
`spinlib.samplers.swendsen_wang`; then all its spins flip (Ising) or take one of the q - 1 other states (Potts).

One sweep is a fixed number of clusters, N over the mean size of a cluster (at least 1), so that about N spins change.
The mean size comes from a short pilot run of its own, with a stream of its own: the number depends on the model and
the temperature only. (To stop a sweep when N spins have changed would be biased: the number of clusters would then
depend on the chain's own state.)
"""

from __future__ import annotations

import math
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numba import njit

from spinlib.models import Ising, Potts
from spinlib.samplers import batch, swendsen_wang
from spinlib.samplers.random import advance, choose, load, store, streams, to_float

# Changed spins per site, in the part of the pilot run that counts.
_PILOT_SWEEPS = 10

_known: WeakKeyDictionary[Any, dict[float, int]] = WeakKeyDictionary()


def refuse(model: Any) -> None:
    """Raise where `spinlib.samplers.swendsen_wang.refuse` does, for the same reasons."""
    swendsen_wang.refuse(model, "wolff")


def sweep(model: Ising | Potts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> None:
    """`n` sweeps in place, of `clusters_per_sweep` clusters each.

    spins: int8 (chain, *shape), C-contiguous, in the model's values. temperatures: float64 (chain,), in J / k_B.
    rng: uint64 (chain, 4), one stream per chain, advanced in place. Raises where `refuse` does, and as
    `spinlib.samplers.batch.rows`.
    """
    refuse(model)
    rows = batch.rows(model, spins, temperatures, rng, n)
    n_clusters = np.array([n * clusters_per_sweep(model, float(t)) for t in temperatures])
    _flip_clusters(model, rows, temperatures, rng, n_clusters)


def clusters_per_sweep(model: Ising | Potts, temperature: float) -> int:
    """Number of clusters in one sweep: N over the mean cluster size, rounded, at least 1.

    Measured once per model and temperature: from a cold start, twice as many clusters each time, until one such batch
    has changed 10 N spins; that batch counts. The same numbers come out in every process.
    """
    known = _known.setdefault(model, {})
    if temperature not in known:
        first_state = 1 if isinstance(model, Ising) else 0
        spins = np.full((1, model.n_sites), first_state, dtype=np.int8)
        rng = streams(0, "wolff pilot", 0, 1)
        n_clusters, changed = 1, 0
        while changed < _PILOT_SWEEPS * model.n_sites:
            n_clusters *= 2
            changed = _flip_clusters(model, spins, np.array([temperature]), rng, np.array([n_clusters]))
        known[temperature] = max(1, round(n_clusters * model.n_sites / changed))
    return known[temperature]


def _flip_clusters(
    model: Ising | Potts,
    rows: np.ndarray,
    temperatures: np.ndarray,
    rng: np.ndarray,
    n_clusters: np.ndarray,
) -> int:
    """Flip n_clusters (chain,) clusters of each chain of rows (chain, N); returns how many spins changed."""
    index, weight = model.lattice.neighbors
    bonds, coupling, per_bond = weight, model.coupling, False
    if isinstance(model, Ising) and not model.is_uniform:
        bonds, coupling, per_bond = model.neighbor_couplings, 1.0, True
    gap = 2.0 * coupling if isinstance(model, Ising) else coupling
    states = 0 if isinstance(model, Ising) else model.q
    return _flip(rows, index.view(np.uint32), bonds, per_bond, gap, temperatures, states, rng, n_clusters)


@njit(cache=True, nogil=True, error_model="numpy")
def _flip(spins, neighbors, bonds, per_bond, gap, temperatures, states, rng, n_clusters):
    n_sites = spins.shape[1]
    cluster = np.empty(n_sites, dtype=np.uint32)
    joined = np.zeros(n_sites, dtype=np.bool_)
    changed = 0
    for c in range(spins.shape[0]):
        state = load(rng[c])
        uniform = -math.expm1(-abs(gap) / temperatures[c])
        for _ in range(n_clusters[c]):
            bits, state = advance(state)
            seed, bits = choose(bits, n_sites)
            old = spins[c, seed]
            new = -old if states == 0 else (old + 1 + np.int64(choose(bits, states - 1)[0])) % states
            cluster[0], joined[seed] = seed, True
            grown, size = 0, 1
            while grown < size:
                i = cluster[grown]
                grown += 1
                for k in range(neighbors.shape[1]):
                    j = neighbors[i, k]
                    if joined[j]:
                        continue
                    if states == 0:
                        satisfied = gap * bonds[i, k] * spins[c, i] * spins[c, j] > 0
                    else:
                        satisfied = bonds[i, k] > 0 and spins[c, j] == old
                    if satisfied:
                        bits, state = advance(state)
                        p = -math.expm1(-abs(gap * bonds[i, k]) / temperatures[c]) if per_bond else uniform
                        if to_float(bits) < p:
                            cluster[size], joined[j] = j, True
                            size += 1
            # Flipped when complete: with frustration a spin may have unsatisfied bonds to its own cluster.
            for k in range(size):
                i = cluster[k]
                joined[i] = False
                spins[c, i] = new if states else -spins[c, i]
            changed += size
        store(rng[c], state)
    return changed
