"""Swendsen-Wang cluster updates (R. H. Swendsen and J.-S. Wang, Phys. Rev. Lett. 58, 86 (1987)).

Every satisfied bond is activated with probability 1 - exp(-K / T), K the energy between its two values: 2 |J_ij|
for Ising, J for Potts. Sites joined by active bonds are a cluster; each cluster gets a new orientation (Ising) or
state (Potts) at random. A bond with J_ij < 0, or across an antiperiodic seam, is satisfied when the two Ising spins
differ; only satisfied bonds join. That is valid with frustration too, but clusters then percolate above the
transition and help little.

Clusters are found by union-find with path splicing (M. Rem, in E. W. Dijkstra, A Discipline of Programming, 1976,
ch. 23); a parent never has a larger index than its child, so one pass labels all. Its elements are the runs of
`spinlib.samplers.cluster_runs` where all bonds of a chain, square or cubic lattice have one strength (of either sign,
or are missing) and rows are not too short, else the sites.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numba import uint64

from spinlib.compilation import njit
from spinlib.models import Ising, Potts
from spinlib.samplers import batch, cluster_runs, row_bits
from spinlib.samplers.cluster_runs import unite
from spinlib.samplers.random import advance, choose, load, store, thresholds
from spinlib.samplers.random_words import binary_digits

# Bonds are drawn in blocks of this size, whose list of active bonds stays in the first-level cache.
_BLOCK = 4096

# A word for each row costs more than it saves where few of its bits are used.
_SHORTEST_ROW = 16

_NO_LABELS = np.empty((0, 0), dtype=np.uint32)
_uniform: WeakKeyDictionary[Any, tuple[float, row_bits.Bonds] | None] = WeakKeyDictionary()


def refuse(model: Any, method: str = "swendsen_wang") -> None:
    """Raise TypeError for other models, ValueError for an Ising field and for Potts with J < 0.

    A field breaks the symmetry between the orientations of a cluster; it would need a ghost spin. With J < 0 a
    satisfied Potts bond says which state a spin does not have, not which one it has.
    """
    batch.require_spin_model(model, method)
    if model.field != 0.0:
        raise ValueError(
            f"field {model.field}: {method} needs field 0, because a field favours one orientation of a cluster; "
            "use metropolis or heat_bath"
        )
    if isinstance(model, Potts) and model.coupling < 0.0:
        raise ValueError(
            f"coupling {model.coupling}: {method} needs a Potts coupling >= 0, because unlike neighbours form no "
            "cluster; use metropolis or heat_bath"
        )


def sweep(model: Ising | Potts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> None:
    """`n` sweeps in place; one sweep is one update of all clusters of the lattice.

    spins: int8 (chain, *shape), C-contiguous, in the model's values. temperatures: float64 (chain,), in J / k_B.
    rng: uint64 (chain, 4), one stream per chain, advanced in place. Raises where `refuse` does, and as
    `spinlib.samplers.batch.rows`.
    """
    refuse(model)
    _update(model, batch.rows(model, spins, temperatures, rng, n), temperatures, rng, n, _NO_LABELS)


def sweep_and_label(model: Ising | Potts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray) -> np.ndarray:
    """One sweep as `sweep` does it, and its clusters: uint32 (chain, *shape), a number that the sites of one share.

    Within a cluster the spins relative to each other are the same before and after the sweep.
    """
    refuse(model)
    rows = batch.rows(model, spins, temperatures, rng, 1)
    labels = np.empty(rows.shape, dtype=np.uint32)
    _update(model, rows, temperatures, rng, 1, labels)
    return labels.reshape(spins.shape)


def _update(
    model: Ising | Potts, rows: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int, labels: np.ndarray
) -> None:
    """`n` sweeps of rows (chain, N), and the labels (chain, N) of the last one's clusters, or (0, 0) for none."""
    states = 0 if isinstance(model, Ising) else model.q
    if model not in _uniform:
        _uniform[model] = _uniform_bonds(model)
    uniform = _uniform[model]
    if uniform is not None:
        strength, bonds = uniform
        digits, tails = binary_digits(_activation(model, strength, temperatures))
        cluster_runs.sweep(rows, bonds, digits, tails, states, rng, n, labels)
        return
    i, j, weight, _ = model.lattice.bonds
    if isinstance(model, Ising) and not model.is_uniform:
        sign = np.sign(model.bond_strengths).astype(np.int8)
        strengths = np.abs(model.bond_strengths)
    else:
        sign = weight if model.coupling >= 0.0 else -weight
        strengths = np.array([abs(model.coupling)])
    table = thresholds(_activation(model, strengths, temperatures[:, None]))
    _sweep(rows, i.view(np.uint32), j.view(np.uint32), sign, table, states, rng, n, labels)


def _activation(model: Ising | Potts, strength: Any, temperatures: np.ndarray) -> np.ndarray:
    """The probability that a satisfied bond of strength |J| is active."""
    gap = 2.0 * strength if isinstance(model, Ising) else strength
    with np.errstate(over="ignore"):
        return -np.expm1(-gap / temperatures)


def _uniform_bonds(model: Ising | Potts) -> tuple[float, row_bits.Bonds] | None:
    """The strength |J| that all bonds have, and these bonds as bits; None where clusters are not found by runs."""
    lattice = model.lattice
    if lattice.neighborhood != "nearest" or lattice.shape[-1] < _SHORTEST_ROW:
        return None
    if isinstance(model, Ising) and not model.is_uniform:
        strengths = model.forward_couplings
    else:
        strengths = model.coupling * lattice.forward_neighbors[1]
    present = np.abs(strengths[strengths != 0.0])
    if present.size and present.min() != present.max():
        return None
    return present.max(initial=0.0), row_bits.bonds(lattice, strengths)


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep(spins, first, second, sign, table, states, rng, n, labels):
    n_sites, n_bonds = spins.shape[1], first.size
    # table has one column per bond, or one for all.
    step = uint64(1 if table.shape[1] > 1 else 0)
    parent = np.empty(n_sites, dtype=np.uint32)
    drawn = np.empty(n_sites, dtype=np.int8)
    active = np.empty(_BLOCK, dtype=np.uint32)
    for c in range(spins.shape[0]):
        state = load(rng[c])
        for _ in range(n):
            for x in range(n_sites):
                parent[x] = x
            for low in range(0, n_bonds, _BLOCK):
                n_active = 0
                for b in range(uint64(low), uint64(min(low + _BLOCK, n_bonds))):
                    bits, state = advance(state)
                    satisfied = (spins[c, first[b]] == spins[c, second[b]]) == (sign[b] > 0)
                    # Written in any case and kept only if active: no branch to mispredict.
                    active[n_active] = b
                    n_active += satisfied & ((bits >> uint64(11)) < table[c, b * step])
                for k in range(n_active):
                    unite(parent, first[active[k]], second[active[k]])
            for x in range(n_sites):
                root = parent[parent[x]]
                parent[x] = root
                if root == x:
                    bits, state = advance(state)
                    drawn[x] = choose(bits, states)[0] if states else 1 - 2 * np.int64(bits >> uint64(63))
                spins[c, x] = drawn[root] if states else spins[c, x] * drawn[root]
        if labels.size:
            labels[c] = parent
        store(rng[c], state)
