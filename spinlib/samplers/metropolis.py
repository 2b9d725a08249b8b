"""Metropolis: propose a change of one spin, accept it with probability min(1, exp(-dE / T)).

Paper dp, Algorithm 1, without tensors. Ising proposes the flip; Potts one of the q - 1 other states, each equally
likely (paper dp, Sec. II B). Sites are visited colour by colour where the lattice has a valid colouring, else in
typewriter order.

A site is left out with probability 1 / 256. Without that the chain would not be ergodic: in a fixed order, with every
proposal of dE = 0 accepted, some states follow each other without any chance. On a ring the domain walls at even and
at odd places would keep their difference in number for ever, and a third of the Boltzmann weight of 16 sites at T = 1
could not be reached from the ordered state; on 4 x 4 sites at T = 4 it is 2e-4. As every proposal with dE <= 0 is
accepted, nearly all spins still flip in every sweep at high temperature: use heat bath there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, uint64

from spinlib.models import Ising, Potts
from spinlib.samplers import batch, single_flip
from spinlib.samplers.random import advance, choose, load, store, thresholds


def refuse(model: Any) -> None:
    """Raise TypeError for a model other than Ising and Potts."""
    batch.require_spin_model(model, "metropolis")


def sweep(model: Ising | Potts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> None:
    """`n` sweeps in place; one sweep visits every site once.

    spins: int8 (chain, *shape), C-contiguous, in the model's values. temperatures: float64 (chain,), in J / k_B.
    rng: uint64 (chain, 4), one stream per chain, advanced in place. Errors: as in `spinlib.samplers.batch.rows`.
    """
    refuse(model)
    if isinstance(model, Ising):
        single_flip.sweep(model, spins, temperatures, rng, n, heat_bath=False)
        return
    rows = batch.rows(model, spins, temperatures, rng, n)
    index, weight = model.lattice.neighbors
    table = thresholds(single_flip.PROPOSED * potts_factors(model, temperatures))
    _sweep(rows, single_flip.visiting_order(model.lattice), index.view(np.uint32), weight, model.q, table, rng, n)


def potts_factors(model: Potts, temperatures: np.ndarray) -> np.ndarray:
    """min(1, exp(J d / T)) for d = -z .. z more like neighbours after a change than before, (chain, 2 z + 1)."""
    z = model.lattice.coordination
    gain = np.minimum(model.coupling * np.arange(-z, z + 1), 0.0)
    with np.errstate(over="ignore"):
        return np.exp(gain / np.asarray(temperatures)[:, None])


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep(spins, order, neighbors, weight, q, table, rng, n):
    z = neighbors.shape[1]
    for c in range(spins.shape[0]):
        state = load(rng[c])
        for _ in range(n):
            for k in range(order.size):
                i = order[k]
                old = spins[c, i]
                bits, state = advance(state)
                step, bits = choose(bits, q - 1)
                new = np.int8((old + 1 + np.int64(step)) % q)
                gained = z
                for j in range(z):
                    neighbor = spins[c, neighbors[i, j]]
                    gained += weight[i, j] * (np.int64(neighbor == new) - np.int64(neighbor == old))
                spins[c, i] = new if (bits >> uint64(11)) < table[c, uint64(gained)] else old
        store(rng[c], state)
