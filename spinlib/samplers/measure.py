"""Energy and magnetisation of int8 configurations, measured where the sweeps leave them.

The same numbers as `model.energy` and the definitions below, in one pass over memory; `spinlib.sample` calls this
after every draw.
"""

from __future__ import annotations

import numpy as np
from numba import uint64

from spinlib.compilation import njit
from spinlib.models import Ising, Potts
from spinlib.samplers.stencils import forward_direction_couplings, forward_stencils

# Rows from this length on are taken as a whole but for their ends.
_LONG = 32


def energy(model: Ising | Potts, spins: np.ndarray) -> np.ndarray:
    """Energy per site of int8 spins (chain, *shape) in the model's values, float64 (chain,)."""
    rows = spins.reshape(len(spins), model.n_sites)
    couplings = forward_direction_couplings(model)
    if isinstance(model, Ising) and couplings is None:
        i, j, _, _ = model.lattice.bonds
        total = _bond_energy(rows, i.view(np.uint32), j.view(np.uint32), model.bond_strengths)
    else:
        pairs = _pairs(rows, *forward_stencils(model.lattice), model.shape[-1], isinstance(model, Potts))
        # One coupling: one rounding.
        total = -model.coupling * pairs.sum(axis=1) if isinstance(model.coupling, float) else -(pairs @ couplings)
    if model.field:
        along = rows.sum(axis=1, dtype=np.int64) if isinstance(model, Ising) else _counts(rows, model.q)[:, 0]
        total -= model.field * along
    return total / model.n_sites


def bond_table_bytes(model: Ising | Potts) -> int:
    """Memory of what `energy` keeps for a model with one coupling per bond, and of these as they are given."""
    # Bonds, forward neighbours, and for each the coupling as it is given and in the two orders of these tables.
    return (15 + 24) * len(forward_stencils(model.lattice).offset) * model.n_sites


def magnetization(model: Ising | Potts, spins: np.ndarray) -> np.ndarray:
    """Magnetisation per site of int8 spins (chain, *shape), float64 (chain,).

    Ising: the mean spin. Potts: (q x - 1) / (q - 1), x the share of the most frequent state.
    """
    rows = spins.reshape(len(spins), model.n_sites)
    if isinstance(model, Ising):
        return rows.sum(axis=1, dtype=np.int64) / model.n_sites
    counts = _counts(rows, model.q)
    return (model.q * counts.max(axis=1) / model.n_sites - 1.0) / (model.q - 1.0)


@njit(cache=True, nogil=True, error_model="numpy")
def _pairs(spins, kinds, offsets, weights, width, like):
    """Sums over the bonds of each direction of weight s_i s_j, or of weight where s_i == s_j if `like`.

    int64 (chain, f).
    """
    result = np.zeros((spins.shape[0], offsets.shape[0]), dtype=np.int64)
    n_sites = spins.shape[1]
    for c in range(spins.shape[0]):
        for k in range(offsets.shape[0]):
            # Far from the ends of a row all sites have one kind, or two that alternate and may differ in their bonds.
            even, odd = kinds[2 % n_sites], kinds[3 % n_sites]
            long = width >= _LONG and offsets[k, even] == offsets[k, odd] and weights[k, even] == weights[k, odd]
            if not long:
                result[c, k] += _sum_of_pairs(spins, c, uint64(0), uint64(n_sites), kinds, offsets, weights, k, like)
                continue
            for first in range(0, n_sites, width):
                begin, end, after = uint64(first + 2), uint64(first + width - 2), uint64(first + width)
                kind = kinds[begin]
                total = _agreement(spins, c, begin, end, uint64(offsets[k, kind]), like)
                result[c, k] += weights[k, kind] * np.int64(total)
                result[c, k] += _sum_of_pairs(spins, c, uint64(first), begin, kinds, offsets, weights, k, like)
                result[c, k] += _sum_of_pairs(spins, c, end, after, kinds, offsets, weights, k, like)
    return result


# Indices of type uint64, because those that could be negative would be tested.
@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _sum_of_pairs(spins, c, first, after, kinds, offsets, weights, k, like):
    total = np.int64(0)
    for x in range(first, after):
        kind = kinds[x]
        s, neighbor = spins[c, x], spins[c, x + uint64(offsets[k, kind])]
        total += weights[k, kind] * (np.int64(s == neighbor) if like else np.int64(s * neighbor))
    return total


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _agreement(spins, c, first, after, offset, like):
    total = np.int32(0)
    if like:
        for x in range(first, after):
            total += np.int32(spins[c, x] == spins[c, x + offset])
    else:
        for x in range(first, after):
            total += np.int32(spins[c, x]) * np.int32(spins[c, x + offset])
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _bond_energy(spins, first, second, strengths):
    result = np.empty(spins.shape[0])
    for c in range(spins.shape[0]):
        total = 0.0
        for b in range(first.size):
            total -= strengths[b] * (spins[c, first[b]] * spins[c, second[b]])
        result[c] = total
    return result


@njit(cache=True, nogil=True, error_model="numpy")
def _counts(spins, n_states):
    """How many sites have each state, int64 (chain, n_states)."""
    # Two tables, so that equal states one after the other need not wait for each other.
    counts = np.zeros((2, spins.shape[0], n_states), dtype=np.int64)
    for c in range(spins.shape[0]):
        for x in range(spins.shape[1]):
            counts[x & 1, c, spins[c, x]] += 1
    return counts[0] + counts[1]
