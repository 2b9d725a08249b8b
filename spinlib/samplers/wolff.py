"""Wolff single-cluster updates (U. Wolff, Phys. Rev. Lett. 62, 361 (1989)).

From a random site a cluster grows over satisfied bonds, each tried with probability 1 - exp(-K / T) as in
`spinlib.samplers.swendsen_wang`; then all its spins flip (Ising) or take one of the q - 1 other states (Potts).

One sweep is a fixed number of clusters, about N over the mean size of a cluster: see `spinlib.samplers.cluster_pilot`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import uint64

from spinlib.compilation import njit
from spinlib.models import Ising, Potts
from spinlib.samplers import batch, cluster_pilot, swendsen_wang
from spinlib.samplers.random import advance, choose, load, store, streams, to_float
from spinlib.samplers.stencils import stencils


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
    """As `spinlib.samplers.cluster_pilot` defines it."""

    def pilot() -> Callable[[int], int]:
        spins = np.full((1, model.n_sites), 1 if isinstance(model, Ising) else 0, dtype=np.int8)
        rng = streams(0, "wolff pilot", 0, 1)
        return lambda n: _flip_clusters(model, spins, np.array([temperature]), rng, np.array([n]))

    return cluster_pilot.clusters_per_sweep(model, temperature, pilot)


def _flip_clusters(
    model: Ising | Potts,
    rows: np.ndarray,
    temperatures: np.ndarray,
    rng: np.ndarray,
    n_clusters: np.ndarray,
) -> int:
    """Flip n_clusters (chain,) clusters of each chain of rows (chain, N); returns how many spins changed."""
    kind, offset, weight = stencils(model.lattice)
    bonds, coupling, per_bond = weight.astype(np.float64), model.coupling, False
    if isinstance(model, Ising) and not model.is_uniform:
        bonds, coupling, per_bond = model.neighbor_couplings, 1.0, True
    gap = 2.0 * coupling if isinstance(model, Ising) else coupling
    states = 0 if isinstance(model, Ising) else model.q
    return _flip(rows, kind, offset, bonds, per_bond, gap, temperatures, states, rng, n_clusters)


@njit(cache=True, nogil=True, error_model="numpy")
def _flip(spins, kinds, offsets, bonds, per_bond, gap, temperatures, states, rng, n_clusters):
    n_sites = spins.shape[1]
    # One more, because a site is written before it is known whether it joins.
    cluster = np.empty(n_sites + 1, dtype=np.uint32)
    joined = np.zeros(n_sites, dtype=np.bool_)
    changed = np.int64(0)
    for c in range(spins.shape[0]):
        state = load(rng[c])
        uniform = -math.expm1(-abs(gap) / temperatures[c])
        for _ in range(n_clusters[c]):
            bits, state = advance(state)
            seed, bits = choose(bits, n_sites)
            old = spins[c, seed]
            new = -old if states == 0 else (old + 1 + np.int64(choose(bits, states - 1)[0])) % states
            cluster[0], joined[seed] = seed, True
            grown, size = uint64(0), uint64(1)
            while grown < size:
                i = cluster[grown]
                grown += uint64(1)
                kind = kinds[i]
                row = i if per_bond else kind
                for k in range(offsets.shape[1]):
                    j = uint64(i + offsets[kind, k])
                    # Each neighbour takes a number and is written, and counts if it joins: no branch to mispredict.
                    bits, state = advance(state)
                    bond = gap * bonds[row, k]
                    if states == 0:
                        satisfied = bond * (spins[c, i] * spins[c, j]) > 0
                    else:
                        satisfied = (bond > 0) & (spins[c, j] == old)
                    may_join = satisfied & (not joined[j])
                    p = -math.expm1(-abs(bond) / temperatures[c]) if per_bond and may_join else uniform
                    joins = may_join & (to_float(bits) < p)
                    cluster[size] = j
                    joined[j] |= joins
                    size += uint64(joins)
            # Flipped when complete: with frustration a spin may have unsatisfied bonds to its own cluster.
            for k in range(size):
                i = cluster[k]
                joined[i] = False
                spins[c, i] = new if states else -spins[c, i]
            changed += np.int64(size)
        store(rng[c], state)
    return changed
