"""Sweeps that flip one Ising spin at a time: the loop that Metropolis and heat bath share.

A sweep visits every site once, colour after colour where the lattice has a valid colouring (the updates of one
colour do not see each other), else in typewriter order. The site's spin s in the field h of its neighbours is
flipped with a probability that depends on x = 2 s h / T, the change of energy over T, alone:

    Metropolis   PROPOSED min(1, exp(-x))
    heat bath    1 / (1 + exp(x)), which gives s = +1 the probability 1 / (1 + exp(-2 h / T)) whatever s was

Visiting order and acceptance are those of paper dp, Algorithm 1, for Metropolis. Even, periodic square lattices with
uniform coupling and no field go through `spinlib.samplers.checkerboard`, which is vectorised and has the same law.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numba import uint64
from scipy.special import expit

from spinlib.compilation import njit
from spinlib.lattice import Lattice
from spinlib.models import Ising
from spinlib.samplers import batch, checkerboard
from spinlib.samplers.random import advance, load, store, thresholds, to_float

# Metropolis leaves a site out once in 256 times; `spinlib.samplers.metropolis` says why.
PROPOSED = 255 / 256


def sweep(
    model: Ising, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int, *, heat_bath: bool
) -> None:
    """`n` sweeps in place, N attempted flips each, by heat bath or else by Metropolis.

    Arguments and errors: as in `spinlib.samplers.batch.rows`.
    """
    rows = batch.rows(model, spins, temperatures, rng, n)
    index, weight = model.lattice.neighbors
    # Unsigned indices spare numba's test for negative ones.
    neighbors, order = index.view(np.uint32), visiting_order(model.lattice)
    if not model.is_uniform:
        _sweep_bonds(rows, order, neighbors, model.neighbor_couplings, model.field, temperatures, heat_bath, rng, n)
        return
    table = thresholds(flip_probabilities(model, temperatures, heat_bath))
    if checkerboard.applies(model):
        checkerboard.sweep(spins, table[:, 1], rng, n)
    else:
        _sweep_table(rows, order, neighbors, weight, table, rng, n)


@lru_cache(maxsize=16)
def visiting_order(lattice: Lattice) -> np.ndarray:
    """Flat site indices, uint32 (N,): by colour where a colouring is valid, else in typewriter order."""
    try:
        return np.concatenate(lattice.sublattices).astype(np.uint32)
    except ValueError:
        return np.arange(lattice.n_sites, dtype=np.uint32)


def flip_probabilities(model: Ising, temperatures: np.ndarray, heat_bath: bool) -> np.ndarray:
    """Probability of a flip for uniform coupling, float64 (chain, 2, 2 z + 1).

    Axis 1 is s = -1 and +1, axis 2 the sum of the neighbours, -z .. z, with the signs of the boundary.
    """
    z = model.lattice.coordination
    change = 2.0 * np.array([[-1.0], [1.0]]) * (model.coupling * np.arange(-z, z + 1) + model.field)
    with np.errstate(over="ignore"):
        x = change / np.asarray(temperatures)[:, None, None]
    return expit(-x) if heat_bath else PROPOSED * np.exp(-np.maximum(x, 0.0))


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep_table(spins, order, neighbors, weight, table, rng, n):
    z = neighbors.shape[1]
    for c in range(spins.shape[0]):
        state = load(rng[c])
        for _ in range(n):
            for k in range(order.size):
                i = order[k]
                total = z
                for j in range(z):
                    total += weight[i, j] * spins[c, neighbors[i, j]]
                s = spins[c, i]
                threshold = table[c, uint64((s + 1) >> 1), uint64(total)]
                bits, state = advance(state)
                # Written back in either case: no branch to mispredict.
                spins[c, i] = -s if (bits >> uint64(11)) < threshold else s
        store(rng[c], state)


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep_bonds(spins, order, neighbors, couplings, field, temperatures, heat_bath, rng, n):
    for c in range(spins.shape[0]):
        state = load(rng[c])
        for _ in range(n):
            for k in range(order.size):
                i = order[k]
                total = field
                for j in range(neighbors.shape[1]):
                    total += couplings[i, j] * spins[c, neighbors[i, j]]
                x = 2.0 * spins[c, i] * total / temperatures[c]
                probability = 1.0 / (1.0 + math.exp(x)) if heat_bath else PROPOSED * math.exp(-max(x, 0.0))
                bits, state = advance(state)
                if to_float(bits) < probability:
                    spins[c, i] = -spins[c, i]
        store(rng[c], state)
