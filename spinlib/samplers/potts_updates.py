"""Sweeps that update one Potts spin at a time: what Metropolis and heat bath do, site after site.

Sites are visited in the order of `spinlib.samplers.single_flip`. With n(s) neighbours in state s,

    Metropolis   proposes one of the other states, each equally likely, and accepts it with probability
                 PROPOSED min(1, exp(J (n(new) - n(old)) / T))
    heat bath    draws the state s with probability proportional to exp(J n(s) / T), whatever it was

Even, periodic square lattices go through `spinlib.samplers.potts_checkerboard`, which is vectorised and has the same
law.
"""

from __future__ import annotations

import numpy as np
from numba import uint64

from spinlib.compilation import njit
from spinlib.models import Potts
from spinlib.samplers import batch, checkerboard, potts_checkerboard
from spinlib.samplers.random import advance, choose, load, store, thresholds, to_float
from spinlib.samplers.single_flip import PROPOSED, visiting_order

# How many of the neighbours a <= b <= c <= d are like each of them, in row 4 [a = b] + 2 [b = c] + [c = d].
_LIKE = np.array(
    [[1, 1, 1, 1], [1, 1, 2, 2], [1, 2, 2, 1], [1, 3, 3, 3], [2, 2, 1, 1], [2, 2, 2, 2], [3, 3, 3, 1], [4, 4, 4, 4]]
)


def sweep(
    model: Potts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int, *, heat_bath: bool
) -> None:
    """`n` sweeps in place, N updates each, by heat bath or else by Metropolis.

    Arguments and errors: as in `spinlib.samplers.batch.rows`.
    """
    rows = batch.rows(model, spins, temperatures, rng, n)
    if checkerboard.applies(model):
        probabilities = (
            draw_probabilities(model, temperatures) if heat_bath else acceptance(model, temperatures)[..., None]
        )
        potts_checkerboard.sweep(spins, np.int8(model.q), thresholds(probabilities), rng, n, heat_bath)
        return
    index, weight = model.lattice.neighbors
    # Unsigned indices spare numba's test for negative ones.
    neighbors, order = index.view(np.uint32), visiting_order(model.lattice)
    if heat_bath:
        unlike_wins = model.coupling < 0
        _sweep_heat_bath(rows, order, neighbors, weight, model.q, unlike_wins, factors(model, temperatures), rng, n)
    else:
        table = thresholds(acceptance(model, temperatures))
        _sweep_metropolis(rows, order, neighbors, weight, model.q, table, rng, n)


def factors(model: Potts, temperatures: np.ndarray) -> np.ndarray:
    """min(1, exp(J d / T)) for d = -z .. z like neighbours more after a change, float64 (chain, 2 z + 1)."""
    z = model.lattice.coordination
    return _boltzmann(model.coupling * np.arange(-z, z + 1), temperatures)


def acceptance(model: Potts, temperatures: np.ndarray) -> np.ndarray:
    """Probability that Metropolis makes a proposed change, for `factors`'s d: float64 (chain, 2 z + 1)."""
    return PROPOSED * factors(model, temperatures)


def draw_probabilities(model: Potts, temperatures: np.ndarray) -> np.ndarray:
    """Sums of heat-bath probabilities for four neighbours, float64 (chain, 8, 4): the table of `potts_checkerboard`."""
    n_others = np.maximum(model.q - np.rint((1.0 / _LIKE).sum(axis=1)), 0.0)
    # Weights relative to the best state, so that at low temperature not all of them vanish.
    fewest = np.where(n_others > 0, 0, _LIKE.min(axis=1))
    best = _LIKE.max(axis=1) if model.coupling > 0 else fewest
    others = n_others * _boltzmann(-model.coupling * best, temperatures)
    # Equal neighbours share the weight of their state.
    each = _boltzmann(model.coupling * (_LIKE - best[:, None]), temperatures) / _LIKE
    sums = np.cumsum(np.concatenate([others[..., None], each], axis=2), axis=2)
    return sums[..., :4] / sums[..., 4:]


def _boltzmann(gain: np.ndarray, temperatures: np.ndarray) -> np.ndarray:
    """min(1, exp(gain / T)), float64 (chain, *gain.shape)."""
    temperatures = np.asarray(temperatures).reshape(-1, *(1,) * gain.ndim)
    with np.errstate(over="ignore"):
        return np.exp(np.minimum(gain, 0.0) / temperatures)


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep_metropolis(spins, order, neighbors, weight, q, table, rng, n):
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


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep_heat_bath(spins, order, neighbors, weight, q, unlike_wins, factors, rng, n):
    z = neighbors.shape[1]
    like = np.empty(q, dtype=np.int64)
    reached = np.empty(q)
    for c in range(spins.shape[0]):
        state = load(rng[c])
        for _ in range(n):
            for k in range(order.size):
                i = order[k]
                for new in range(q):
                    like[new] = 0
                for j in range(z):
                    like[uint64(spins[c, neighbors[i, j]])] += weight[i, j]
                # Weights relative to the best state, so that at low temperature not all of them vanish.
                best = like[0]
                for new in range(1, q):
                    best = min(best, like[new]) if unlike_wins else max(best, like[new])
                total = 0.0
                for new in range(q):
                    total += factors[c, uint64(like[new] - best + z)]
                    reached[new] = total
                bits, state = advance(state)
                target = to_float(bits) * total
                new = 0
                for other in range(q - 1):
                    new += target >= reached[other]
                spins[c, i] = new
        store(rng[c], state)
