"""Wolff single-cluster updates (U. Wolff, Phys. Rev. Lett. 62, 361 (1989)).

From a random site a cluster grows over satisfied bonds, each tried with probability 1 - exp(-K / T) as in
`spinlib.samplers.swendsen_wang`; then all its spins flip (Ising) or take one of the q - 1 other states (Potts).

In a field a cluster of energy dE is turned with probability min(1, exp(-dE / T)), dE the change of its sites' energy in
the field; among orientations of equal energy in the bonds, that is Metropolis' rule. The number that decides is drawn
first: where all spins of a cluster are alike, it grows no further once dE is too high for this number.

One sweep is a fixed number of clusters, about N over the mean size of a cluster: see `spinlib.samplers.cluster_pilot`.
What counts is how far clusters grow, turned or not. In a field that aligns most spins, large clusters hardly ever turn
and the sweep becomes many attempts at small ones, most of which fail; `spinlib.samplers.swendsen_wang`, metropolis or
heat_bath are then better.
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
from spinlib.samplers.stencils import direction_couplings, stencils


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
        spins = model.cold().reshape(1, model.n_sites)
        rng = streams(0, "wolff pilot", 0, 1)
        return lambda n: _flip_clusters(model, spins, np.array([temperature]), rng, np.array([n]))

    return cluster_pilot.clusters_per_sweep(model, temperature, pilot)


def working_bytes(model: Ising | Potts) -> int:
    """Memory of a sweep beside the spins: the cluster, a mark per site, and while the pilot runs its own spins."""
    return 6 * model.n_sites


def table_bytes(model: Ising | Potts) -> int:
    """Memory of what is kept for a model: a kind per site, or the neighbours and their couplings."""
    if direction_couplings(model) is not None:
        return model.n_sites
    # Tables of int32, int8 and float64, besides the couplings themselves and the stencils.
    return (13 * model.lattice.coordination + 1) * model.n_sites


def _flip_clusters(
    model: Ising | Potts,
    rows: np.ndarray,
    temperatures: np.ndarray,
    rng: np.ndarray,
    n_clusters: np.ndarray,
) -> int:
    """Grow n_clusters (chain,) clusters in each chain of rows (chain, N), and turn them; returns their sizes' sum."""
    kind, offset, weight = stencils(model.lattice)
    couplings = direction_couplings(model)
    if isinstance(model, Ising) and couplings is None:
        bonds, strengths = model.neighbor_couplings, None
    else:
        bonds, strengths = couplings * weight, np.abs(couplings)
    factor = 2.0 if isinstance(model, Ising) else 1.0
    states = 0 if isinstance(model, Ising) else model.q
    alike = states > 0 or bool(np.all(bonds >= 0.0))
    field = swendsen_wang.or_none(model.field)
    return _flip(rows, kind, offset, bonds, strengths, factor, temperatures, states, field, alike, rng, n_clusters)


@njit(cache=True, nogil=True, error_model="numpy")
def _flip(spins, kinds, offsets, bonds, strengths, factor, temperatures, states, field, alike, rng, n_clusters):
    """bonds: J_ij, float64 (kinds, z), with strengths |J|, float64 (z,), or (N, z), with None.

    factor: the energy between the values of a bond, in |J|. field: B, None for 0. alike: whether all spins of a cluster
    are.
    """
    n_sites = spins.shape[1]
    # One more, because a site is written before it is known whether it joins.
    cluster = np.empty(n_sites + 1, dtype=np.uint32)
    joined = np.zeros(n_sites, dtype=np.bool_)
    grown_in_all = np.int64(0)
    for c in range(spins.shape[0]):
        state = load(rng[c])
        if strengths is not None:
            activation = -np.expm1(-factor * strengths / temperatures[c])
        for _ in range(n_clusters[c]):
            bits, state = advance(state)
            seed, bits = choose(bits, n_sites)
            old = spins[c, seed]
            new = -old if states == 0 else (old + 1 + np.int64(choose(bits, states - 1)[0])) % states
            if field is not None:
                largest = uint64(n_sites)
                bits, state = advance(state)
                # exp(-dE / T) exceeds a uniform number up to this dE.
                affordable = -temperatures[c] * math.log1p(-to_float(bits))
                # Of a site that is like the seed.
                cost = 2.0 * field * old if states == 0 else field * (np.int64(old == 0) - np.int64(new == 0))
                if alike and cost > 0.0:
                    largest = uint64(min(affordable / cost, 1.0 * n_sites))
            cluster[0], joined[seed] = seed, True
            grown, size = uint64(0), uint64(1)
            while grown < size and (field is None or size <= largest):
                i = cluster[grown]
                grown += uint64(1)
                kind = kinds[i]
                row = i if strengths is None else kind
                for k in range(offsets.shape[1]):
                    j = uint64(i + offsets[kind, k])
                    # Each neighbour takes a number and is written, and counts if it joins: no branch to mispredict.
                    bits, state = advance(state)
                    bond = bonds[row, k]
                    if states == 0:
                        satisfied = bond * (spins[c, i] * spins[c, j]) > 0
                    else:
                        satisfied = (bond > 0) & (spins[c, j] == old)
                    may_join = satisfied & (not joined[j])
                    if strengths is None:
                        p = -math.expm1(-factor * abs(bond) / temperatures[c]) if may_join else 0.0
                    else:
                        p = activation[k]
                    joins = may_join & (to_float(bits) < p)
                    cluster[size] = j
                    joined[j] |= joins
                    size += uint64(joins)
            turns = True
            if field is not None:
                turns = size <= largest
                if not alike:
                    turns = 2.0 * field * _sum(spins[c], cluster[:size]) <= affordable
            # Flipped when complete: with frustration a spin may have unsatisfied bonds to its own cluster.
            for k in range(size):
                i = cluster[k]
                joined[i] = False
                if turns:
                    spins[c, i] = new if states else -spins[c, i]
            grown_in_all += np.int64(size)
        store(rng[c], state)
    return grown_in_all


@njit(cache=True, nogil=True, error_model="numpy")
def _sum(spins, sites):
    total = np.int64(0)
    for x in sites:
        total += spins[x]
    return total
