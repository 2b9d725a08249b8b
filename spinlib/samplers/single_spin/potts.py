"""Sweeps that update one Potts spin at a time: what Metropolis and heat bath do, site after site.

Sites are visited in the order of `spinlib.samplers.single_spin.site_order`. With n(s) neighbours in state s and the
gain g(s) = J n(s) + B delta(s, 0),

    Metropolis   proposes one of the other states, each equally likely, and accepts it with probability
                 PROPOSED min(1, exp((g(new) - g(old)) / T))
    heat bath    draws the state s with probability proportional to exp(g(s) / T), whatever it was

Even, periodic square lattices without a field go through `spinlib.samplers.single_spin.potts_checkerboard`, which is
vectorised and has the same law.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import int32, uint64

from spinlib.compilation import njit
from spinlib.models import Potts
from spinlib.samplers.chains.draws import kernel_of
from spinlib.samplers.random import advance, choose, load, store, thresholds, to_float
from spinlib.samplers.single_spin import checkerboard, potts_checkerboard
from spinlib.samplers.single_spin.ising import PROPOSED
from spinlib.samplers.single_spin.site_order import SiteOrder, paired_stencils, run_end, site_order

# How many of the neighbours a <= b <= c <= d are like each of them, in row 4 [a = b] + 2 [b = c] + [c = d].
_LIKE = np.array(
    [[1, 1, 1, 1], [1, 1, 2, 2], [1, 2, 2, 1], [1, 3, 3, 3], [2, 2, 1, 1], [2, 2, 2, 2], [3, 3, 3, 1], [4, 4, 4, 4]]
)


def plan(model: Potts, temperatures: np.ndarray, heat_bath: bool) -> Any:
    """What the kernel needs for sweeps at temperatures (chain,), by heat bath or else by Metropolis."""
    if checkerboard.applies(model):
        probabilities = (
            draw_probabilities(model, temperatures) if heat_bath else acceptance(model, temperatures)[:, 1, :, None]
        )
        height, width = model.shape
        return potts_checkerboard.PottsCheckerboard(
            height, width, np.int8(model.q), thresholds(probabilities), heat_bath
        )
    sites = site_order(model.lattice), *paired_stencils(model.lattice), model.q
    if heat_bath:
        return PottsHeatBath(*sites, model.coupling, model.field, factors(model, temperatures))
    return PottsMetropolis(*sites, thresholds(acceptance(model, temperatures)))


class PottsMetropolis(NamedTuple):
    """order, kind, offset, weight: `spinlib.samplers.single_spin.site_order`. table: thresholds of `acceptance`."""

    order: SiteOrder
    kind: np.ndarray
    offset: np.ndarray
    weight: np.ndarray
    q: int
    table: np.ndarray


class PottsHeatBath(NamedTuple):
    """order, kind, offset, weight: `single_spin.site_order`. factors: what the function of this name returns."""

    order: SiteOrder
    kind: np.ndarray
    offset: np.ndarray
    weight: np.ndarray
    q: int
    coupling: float
    field: float
    factors: np.ndarray


def factors(model: Potts, temperatures: np.ndarray) -> np.ndarray:
    """min(1, exp(gain / T)), float64 (chain, 3, 2 z + 1), for the gain J d + B e of a change.

    d = -z .. z like neighbours more, on axis 2; e = -1, 0, 1 spins in state 0 more, on axis 1.
    """
    z = model.lattice.coordination
    return _boltzmann(model.coupling * np.arange(-z, z + 1) + model.field * np.arange(-1, 2)[:, None], temperatures)


def acceptance(model: Potts, temperatures: np.ndarray) -> np.ndarray:
    """Probability that Metropolis makes a proposed change, float64 (chain, 3, 2 z + 1) as `factors`."""
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


@kernel_of(PottsMetropolis)
def _metropolis(spins, plan, rng, n):
    _sweep_metropolis(spins, plan.order, plan.kind, plan.offset, plan.weight, plan.q, plan.table, rng, n)


@kernel_of(PottsHeatBath)
def _heat_bath(spins, plan, rng, n):
    order, kind, offset, weight = plan.order, plan.kind, plan.offset, plan.weight
    _sweep_heat_bath(spins, order, kind, offset, weight, plan.q, plan.coupling, plan.field, plan.factors, rng, n)


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep_metropolis(spins, order, kinds, offsets, weight, q, table, rng, n):
    middle = table.shape[2] // 2
    for c in range(spins.shape[0]):
        row_of_spins, state = spins[c], load(rng[c])
        for _ in range(n):
            for color in range(order.first.shape[0]):
                for r in range(order.first.shape[1]):
                    if order.first[color, r] < 0:
                        continue
                    row_start = uint64(r * order.width)
                    i, row_end = row_start + uint64(order.first[color, r]), row_start + uint64(order.width)
                    while i < row_end:
                        end, kind = row_start + run_end(i - row_start, order), uint64(kinds[i])
                        to_neighbors, own_weight = offsets[kind], weight[kind]
                        while i < end:
                            old = row_of_spins[i]
                            bits, state = advance(state)
                            number, bits = choose(bits, q - 1)
                            following = old + 1 + np.int64(number)
                            new = np.int8(following - q if following >= q else following)
                            gained = middle + _gained(row_of_spins, i, to_neighbors, own_weight, new, old)
                            along = uint64(1 + np.int64(new == 0) - np.int64(old == 0))
                            row_of_spins[i] = new if (bits >> uint64(11)) < table[c, along, uint64(gained)] else old
                            i += uint64(order.step)
        store(rng[c], state)


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def _gained(spins, i, to_neighbors, weight, new, old):
    """How many more neighbours of site i are in state `new` than in `old`, in 32 bits as in `single_flip`."""
    gained = int32(0)
    # Unsigned indices spare numba's test for negative ones.
    for j in range(uint64(weight.size)):
        neighbor = spins[i + uint64(to_neighbors[j])]
        gained = int32(gained + weight[j] * (int32(neighbor == new) - int32(neighbor == old)))
    return gained


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep_heat_bath(spins, order, kinds, offsets, weight, q, coupling, field, factors, rng, n):
    z, middle = offsets.shape[1], factors.shape[2] // 2
    like = np.empty(q, dtype=np.int64)
    reached = np.empty(q)
    for c in range(spins.shape[0]):
        row_of_spins, state = spins[c], load(rng[c])
        for _ in range(n):
            for color in range(order.first.shape[0]):
                for r in range(order.first.shape[1]):
                    if order.first[color, r] < 0:
                        continue
                    row_start = uint64(r * order.width)
                    i, row_end = row_start + uint64(order.first[color, r]), row_start + uint64(order.width)
                    while i < row_end:
                        end, kind = row_start + run_end(i - row_start, order), uint64(kinds[i])
                        to_neighbors, own_weight = offsets[kind], weight[kind]
                        while i < end:
                            for new in range(q):
                                like[new] = 0
                            for j in range(z):
                                neighbor = row_of_spins[uint64(i + uint64(to_neighbors[j]))]
                                like[uint64(neighbor)] += own_weight[j]
                            # Weights relative to the best state, so that at low temperature not all of them vanish.
                            best = like[1]
                            for new in range(2, q):
                                best = min(best, like[new]) if coupling < 0.0 else max(best, like[new])
                            # A row of the table for state 0 and one for the others: they differ by the field.
                            first_is_best = coupling * like[0] + field > coupling * best
                            best = like[0] if first_is_best else best
                            own, others = (uint64(1), uint64(0)) if first_is_best else (uint64(2), uint64(1))
                            total = factors[c, own, uint64(like[0] - best + middle)]
                            reached[0] = total
                            for new in range(1, q):
                                total += factors[c, others, uint64(like[new] - best + middle)]
                                reached[new] = total
                            bits, state = advance(state)
                            target = to_float(bits) * total
                            new = 0
                            for other in range(q - 1):
                                new += target >= reached[other]
                            row_of_spins[i] = new
                            i += uint64(order.step)
        store(rng[c], state)
