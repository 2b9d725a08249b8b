"""Wolff single-cluster updates (U. Wolff, Phys. Rev. Lett. 62, 361 (1989)).

From a random site a cluster grows over satisfied bonds, each tried with probability 1 - exp(-K / T) as in
`spinlib.samplers.clusters.swendsen_wang`; then all its spins flip (Ising) or take one of the q - 1 other states
(Potts).

In a field, a cluster is turned with probability min(1, exp(-dE / T)), where dE is the change of its sites' energy in
the field. This is Metropolis' rule for two orientations with equal bond energies. The uniform number of the decision is
drawn before the cluster grows. Where all spins of a cluster are alike, growth stops once dE is too high for this
number.

One sweep is a fixed number of clusters, about N over the mean size of a cluster: see
`spinlib.samplers.clusters.sweep_length`. The mean size counts all clusters that grow, turned or not. In a field that
aligns most spins, large clusters hardly ever turn and the sweep becomes many attempts at small ones, most of which
fail; `spinlib.samplers.clusters.swendsen_wang`, metropolis or heat_bath are then better.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba import types, uint64

from spinlib.models import Ising, Potts
from spinlib.samplers.chains import batch, draws
from spinlib.samplers.chains.draws import kernel_of
from spinlib.samplers.chains.measure import meter
from spinlib.samplers.chains.subroutines import returning, subroutine
from spinlib.samplers.chains.temperature_tables import tables_at
from spinlib.samplers.clusters import sweep_length, swendsen_wang
from spinlib.samplers.random import advance, choose, load, store, streams, thresholds, to_float
from spinlib.samplers.stencils import direction_couplings, stencils

__all__ = ["BURN_IN", "CLUSTER_AMPLITUDE", "clusters_per_sweep", "refuse", "sweep"]

# In sweeps. Cluster updates forget their start within tens of sweeps at any temperature.
BURN_IN = 200

# The prefactor of tau_int of |m| at the critical temperature, which grows with a small power of the lattice's length.
CLUSTER_AMPLITUDE = 1.0


def refuse(model: Any) -> None:
    """Refuse a model that this method does not sample.

    Parameters
    ----------
    model : object
        What is to be sampled.

    Raises
    ------
    TypeError, ValueError
        Where `spinlib.samplers.clusters.swendsen_wang.refuse` does, for the same reasons.

    Examples
    --------
    >>> from spinlib.models import XY
    >>> from spinlib.samplers import wolff
    >>> wolff.refuse(XY((4, 4)))
    Traceback (most recent call last):
    TypeError: XY: wolff is for Ising and Potts
    """
    swendsen_wang.refuse(model, "wolff")


def sweep(model: Ising | Potts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> None:
    """Sweep a batch of chains `n` times in place; one sweep is `clusters_per_sweep` clusters.

    Parameters
    ----------
    model : Ising or Potts
        A model that `refuse` lets pass.
    spins : numpy.ndarray
        int8 (chain, *shape), C-contiguous, in the model's values; changed in place.
    temperatures : numpy.ndarray
        float64 (chain,), in J / k_B.
    rng : numpy.ndarray
        uint64 (chain, 4), one stream per chain (`spinlib.samplers.random.streams`), advanced in place.
    n : int
        Number of sweeps.

    Raises
    ------
    TypeError
        For another kind of model, and for arrays of another dtype.
    ValueError
        For arrays of other shapes or memory orders, for temperatures that are not positive and finite, and for n < 0.
        For Potts with J < 0.

    References
    ----------
    U. Wolff, Phys. Rev. Lett. 62, 361 (1989).

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import wolff
    >>> from spinlib.samplers.random import streams
    >>> model, spins = Ising((8, 8)), np.ones((1, 8, 8), np.int8)
    >>> wolff.sweep(model, spins, np.array([0.1]), streams(0, "example", 0, 1), 1)
    >>> int(spins.sum())  # far below the critical temperature the cluster is the whole lattice, and it flips
    -64
    """
    refuse(model)
    rows = batch.rows(model, spins, temperatures, rng, n)
    draws.sweep(rows, plan(model, temperatures), rng, n, meter(model))


def plan(model: Ising | Potts, temperatures: np.ndarray) -> WolffClusters:
    """The plan of the kernel at temperatures (chain,): see `spinlib.samplers.chains.draws`."""

    def numbers(distinct: np.ndarray) -> tuple[np.ndarray]:
        return (np.array([clusters_per_sweep(model, float(temperature)) for temperature in distinct], np.int64),)

    return _plan(model, temperatures, *tables_at(model, "clusters per sweep", temperatures, numbers))


def clusters_per_sweep(model: Ising | Potts, temperature: float) -> int:
    """Number of clusters in a sweep, about N over the mean size of a cluster.

    `spinlib.samplers.clusters.sweep_length` says how it is found, once per model and temperature.

    Parameters
    ----------
    model : Ising or Potts
        A model that `refuse` lets pass.
    temperature : float
        In J / k_B.

    Returns
    -------
    int
        At least 1; the same in every process.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import wolff
    >>> wolff.clusters_per_sweep(Ising((8, 8)), 0.1)  # the whole lattice is one cluster
    1
    """

    def pilot() -> Callable[[int], int]:
        spins = model.cold().reshape(1, model.n_sites)
        rng = streams(0, "wolff pilot", 0, 1)
        of_one, counted = _plan(model, np.array([temperature]), np.array([1])), meter(model)

        def grow(n: int) -> int:
            of_one.grown[:] = 0
            draws.sweep(spins, of_one, rng, n, counted)
            return int(of_one.grown[0])

        return grow

    return sweep_length.clusters_per_sweep(model, temperature, pilot)


def cost_row(model: Ising | Potts) -> str:
    """The row of the table of costs, from which "auto" chooses (`spinlib.samplers.chains.choice`)."""
    return "wolff"


def working_bytes(model: Ising | Potts) -> int:
    """Memory of a sweep beside the spins: the cluster, a mark per site, and the spins of the pilot run."""
    return 6 * model.n_sites


def table_bytes(model: Ising | Potts) -> int:
    """Memory of the tables of a model: a kind per site, or the neighbours and their couplings."""
    if direction_couplings(model) is not None:
        return model.n_sites
    # Tables of int32, int8 and float64, besides the couplings themselves and the stencils.
    return (13 * model.lattice.coordination + 1) * model.n_sites


@returning(lambda *arguments: types.int64)
def _sum(spins, sites):
    total = np.int64(0)
    for x in sites:
        total += spins[x]
    return total


class WolffClusters(NamedTuple):
    """kinds, offsets: `spinlib.samplers.stencils`. clusters_per_sweep: int64 (chain,). The rest: as for `_flip`.

    cluster: uint32 (N + 1,), and joined: bool (N,), all false, are scratch. grown: int64 (chain,), counts the sites of
    all clusters.
    """

    kinds: np.ndarray
    offsets: np.ndarray
    bonds: np.ndarray | None
    limits: np.ndarray
    factor: float
    temperatures: np.ndarray
    states: int
    field: float | None
    alike: bool
    cluster: np.ndarray
    joined: np.ndarray
    clusters_per_sweep: np.ndarray
    grown: np.ndarray


def _plan(model: Ising | Potts, temperatures: np.ndarray, clusters_per_sweep: np.ndarray) -> WolffClusters:
    kind, offset, weight = stencils(model.lattice)
    couplings, factor = direction_couplings(model), model.bond_gap
    if couplings is None:
        bonds, given, limits = model.neighbor_couplings, model.neighbor_couplings, _NO_LIMITS
    else:
        bonds, given = None, couplings * weight

        def closing(distinct: np.ndarray) -> tuple[np.ndarray]:
            with np.errstate(over="ignore"):
                closed = -np.expm1(-factor * np.abs(given) / distinct[:, None, None])
            # Only satisfied bonds can be activated.
            return (thresholds(np.stack([closed * (given < 0.0), closed * (given > 0.0)], axis=-1)),)

        (limits,) = tables_at(model, "closing", temperatures, closing)
    states = model.n_labels
    alike = states > 0 or bool(np.all(given >= 0.0))
    field = swendsen_wang.or_none(model.field)
    # N + 1 entries, because a site is written before it is decided whether it joins.
    cluster, joined = np.empty(model.n_sites + 1, dtype=np.uint32), np.zeros(model.n_sites, dtype=np.bool_)
    values = factor, temperatures, states, field, alike, cluster, joined, clusters_per_sweep
    return WolffClusters(kind, offset, bonds, limits, *values, np.zeros(len(temperatures), np.int64))


# A placeholder for the thresholds where each bond has its own coupling.
_NO_LIMITS = np.empty((0, 0, 0, 2), dtype=np.uint64)


@subroutine
def _flip(
    spins,
    kinds,
    offsets,
    bonds,
    limits,
    factor,
    temperatures,
    states,
    field,
    alike,
    cluster,
    joined,
    rng,
    n_clusters,
    grown_in_all,
):
    """Grow n_clusters (chain,) clusters in each chain and turn them; adds how many sites they had in all.

    limits: thresholds of `spinlib.samplers.random`, uint64 (chain, kinds, z, 2), for bonds between unlike [0] and equal
    spins [1]; or bonds: J_ij, float64 (N, z), and else None, with factor, the energy between the values of a bond in
    |J|. field: B, None for 0. alike: whether all spins of a cluster are.
    """
    n_sites = spins.shape[1]
    for c in range(spins.shape[0]):
        state = load(rng[c])
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
                # The field energy of a site like the seed.
                cost = 2.0 * field * old if states == 0 else field * (np.int64(old == 0) - np.int64(new == 0))
                if alike and cost > 0.0:
                    largest = uint64(min(affordable / cost, 1.0 * n_sites))
            cluster[0], joined[seed] = seed, True
            grown, size = uint64(0), uint64(1)
            while grown < size and (field is None or size <= largest):
                i = cluster[grown]
                grown += uint64(1)
                kind = kinds[i]
                for k in range(offsets.shape[1]):
                    j = uint64(i + offsets[kind, k])
                    # Each neighbour takes a random number and is written, and counts if it joins: a branch would be
                    # mispredicted.
                    bits, state = advance(state)
                    if bonds is not None:
                        bond = bonds[i, k]
                        may_join = (bond * (spins[c, i] * spins[c, j]) > 0) & (not joined[j])
                        p = -math.expm1(-factor * abs(bond) / temperatures[c]) if may_join else 0.0
                        joins = may_join & (to_float(bits) < p)
                    else:
                        equal = uint64(spins[c, i] == spins[c, j])
                        joins = ((bits >> uint64(11)) < limits[c, kind, k, equal]) & (not joined[j])
                    cluster[size] = j
                    joined[j] |= joins
                    size += uint64(joins)
            turns = True
            if field is not None:
                turns = size <= largest
                if not alike:
                    turns = 2.0 * field * _sum(spins[c], cluster[:size]) <= affordable
            # The cluster is flipped when complete: with frustration a spin may have unsatisfied bonds to its own
            # cluster.
            for k in range(size):
                i = cluster[k]
                joined[i] = False
                if turns:
                    spins[c, i] = new if states else -spins[c, i]
            grown_in_all[c] += np.int64(size)
        store(rng[c], state)


@kernel_of(WolffClusters)
def _sweep(spins, plan, rng, n):
    bonds, limits, factor, temperatures = plan.bonds, plan.limits, plan.factor, plan.temperatures
    states, field, alike, cluster, joined = plan.states, plan.field, plan.alike, plan.cluster, plan.joined
    _flip(
        *(spins, plan.kinds, plan.offsets, bonds, limits, factor, temperatures, states, field, alike),
        *(cluster, joined, rng, n * plan.clusters_per_sweep, plan.grown),
    )
