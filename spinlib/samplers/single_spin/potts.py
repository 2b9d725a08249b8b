"""Sweeps that update one Potts spin at a time: the loops of Metropolis and of heat bath.

Sites are visited in the order of `spinlib.samplers.single_spin.site_order`. `spinlib.samplers.single_spin.acceptance`
holds the acceptance rules. Even, periodic square lattices without a field go through
`spinlib.samplers.single_spin.potts_checkerboard`, which is vectorised and has the same law.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import int32, uint64

from spinlib.compilation import njit
from spinlib.models import Potts
from spinlib.samplers.chains.draws import kernel_of
from spinlib.samplers.chains.temperature_tables import tables_at
from spinlib.samplers.random import advance, choose, load, store, thresholds
from spinlib.samplers.single_spin import checkerboard, potts_checkerboard
from spinlib.samplers.single_spin.acceptance import (
    potts_factors,
    potts_heat_bath,
    potts_heat_bath_of_four,
    potts_metropolis,
)
from spinlib.samplers.single_spin.site_order import SiteOrder, paired_stencils, run_end, site_order


def plan(model: Potts, temperatures: np.ndarray, heat_bath: bool) -> Any:
    """The plan of the kernel for sweeps at temperatures (chain,), by heat bath or else by Metropolis."""
    by_rows = checkerboard.applies(model)

    def make(distinct: np.ndarray) -> tuple[np.ndarray]:
        if by_rows and heat_bath:
            return (thresholds(potts_heat_bath_of_four(model, distinct)),)
        if heat_bath:
            return (potts_factors(model, distinct),)
        accepted = potts_metropolis(model, distinct)
        return (thresholds(accepted[:, 1, :, None] if by_rows else accepted),)

    (table,) = tables_at(model, ("updates", heat_bath), temperatures, make)
    if by_rows:
        height, width = model.shape
        return potts_checkerboard.PottsCheckerboard(height, width, np.int8(model.q), table, heat_bath)
    sites = site_order(model.lattice), *paired_stencils(model.lattice), model.q
    if heat_bath:
        return PottsHeatBath(*sites, model.coupling, model.field, table)
    return PottsMetropolis(*sites, table)


class PottsMetropolis(NamedTuple):
    """order, kind, offset, weight: `single_spin.site_order`. table: thresholds of `potts_metropolis`."""

    order: SiteOrder
    kind: np.ndarray
    offset: np.ndarray
    weight: np.ndarray
    q: int
    table: np.ndarray


class PottsHeatBath(NamedTuple):
    """order, kind, offset, weight: `single_spin.site_order`. factors: `potts_factors`."""

    order: SiteOrder
    kind: np.ndarray
    offset: np.ndarray
    weight: np.ndarray
    q: int
    coupling: float
    field: float
    factors: np.ndarray


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
    """The neighbours of site i in state `new` less those in state `old`, in 32 bits as in `ising`."""
    gained = int32(0)
    # Unsigned indices spare numba's test for negative ones.
    for j in range(uint64(weight.size)):
        neighbor = spins[i + uint64(to_neighbors[j])]
        gained = int32(gained + weight[j] * (int32(neighbor == new) - int32(neighbor == old)))
    return gained


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep_heat_bath(spins, order, kinds, offsets, weight, q, coupling, field, factors, rng, n):
    z = offsets.shape[1]
    like = np.empty(q, dtype=np.int64)
    sums = np.empty(q)
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
                            new, state = potts_heat_bath(like, sums, factors[c], coupling, field, state)
                            row_of_spins[i] = new
                            i += uint64(order.step)
        store(rng[c], state)
