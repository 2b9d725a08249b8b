"""Energy and magnetisation of int8 configurations, measured where the sweeps leave them.

The same numbers as `model.energy` and the definitions below, in one pass over memory; `spinlib.sample` calls this
after every draw.
"""

from __future__ import annotations

import numpy as np

from spinlib.compilation import njit
from spinlib.models import Ising, Potts


def energy(model: Ising | Potts, spins: np.ndarray) -> np.ndarray:
    """Energy per site of int8 spins (chain, *shape) in the model's values, float64 (chain,)."""
    rows = spins.reshape(len(spins), model.n_sites)
    if isinstance(model, Ising) and not model.is_uniform:
        i, j, _, _ = model.lattice.bonds
        total = _bond_energy(rows, i.view(np.uint32), j.view(np.uint32), model.bond_strengths)
    else:
        index, weight = model.lattice.forward_neighbors
        pairs = _pairs(rows, index.view(np.uint32), weight, isinstance(model, Potts))
        total = -model.coupling * pairs
    if model.field:
        along = rows.sum(axis=1, dtype=np.int64) if isinstance(model, Ising) else np.count_nonzero(rows == 0, axis=1)
        total -= model.field * along
    return total / model.n_sites


def magnetization(model: Ising | Potts, spins: np.ndarray) -> np.ndarray:
    """Magnetisation per site of int8 spins (chain, *shape), float64 (chain,).

    Ising: the mean spin. Potts: (q x - 1) / (q - 1), x the share of the most frequent state.
    """
    rows = spins.reshape(len(spins), model.n_sites)
    if isinstance(model, Ising):
        return rows.sum(axis=1, dtype=np.int64) / model.n_sites
    counts = np.stack([np.count_nonzero(rows == state, axis=1) for state in range(model.q)])
    return (model.q * counts.max(axis=0) / model.n_sites - 1.0) / (model.q - 1.0)


@njit(cache=True, nogil=True, error_model="numpy")
def _pairs(spins, index, weight, like):
    """Sum over bonds of weight times s_i s_j, or of weight where s_i == s_j if `like`; int64 (chain,)."""
    result = np.empty(spins.shape[0], dtype=np.int64)
    for c in range(spins.shape[0]):
        total = 0
        for k in range(index.shape[0]):
            for x in range(index.shape[1]):
                s, neighbor = spins[c, x], spins[c, index[k, x]]
                total += weight[k, x] * (np.int64(s == neighbor) if like else np.int64(s * neighbor))
        result[c] = total
    return result


@njit(cache=True, nogil=True, error_model="numpy")
def _bond_energy(spins, first, second, strengths):
    result = np.empty(spins.shape[0])
    for c in range(spins.shape[0]):
        total = 0.0
        for b in range(first.size):
            total -= strengths[b] * (spins[c, first[b]] * spins[c, second[b]])
        result[c] = total
    return result
