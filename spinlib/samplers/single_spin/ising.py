"""Sweeps that flip one Ising spin at a time: the loop that Metropolis and heat bath share.

A sweep visits every site once, in the order of `spinlib.samplers.single_spin.site_order`. A spin s in the field h of
its neighbours is flipped with a probability that depends only on x = 2 s h / T, the change of energy over T. This
probability is `metropolis` or `heat_bath` of `spinlib.samplers.single_spin.acceptance`. Visiting order and acceptance
are those of paper dp, Algorithm 1, for Metropolis.

Even, periodic square lattices with uniform coupling and no field go through
`spinlib.samplers.single_spin.checkerboard`, which is vectorised and has the same law. Where couplings depend on the
direction alone (one number, one per axis, one per shell) h has few values, and the probabilities stand in a table; else
they are computed site by site.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numba import int32, uint64

from spinlib.compilation import njit
from spinlib.models import Ising
from spinlib.samplers.chains.draws import kernel_of
from spinlib.samplers.chains.temperature_tables import tables_at
from spinlib.samplers.random import advance, load, store, thresholds, to_float
from spinlib.samplers.single_spin import acceptance, checkerboard
from spinlib.samplers.single_spin.acceptance import flip_probability
from spinlib.samplers.single_spin.site_order import SiteOrder, paired_stencils, run_end, site_order

# The largest table of probabilities that fits the cache.
_MOST_LEVELS = 2048


def plan(model: Ising, temperatures: np.ndarray, heat_bath: bool) -> Any:
    """The plan of the kernel for sweeps at temperatures (chain,), by heat bath or else by Metropolis."""
    if checkerboard.applies(model):

        def of_up_spins(distinct: np.ndarray) -> tuple[np.ndarray]:
            return (thresholds(flip_probabilities(model, distinct, heat_bath)[:, 1]),)

        (table,) = tables_at(model, ("flips", heat_bath), temperatures, of_up_spins)
        return checkerboard.IsingCheckerboard(model.shape[0], model.shape[1], table)
    neighbors = _neighbors(model)
    sites = neighbors.order, neighbors.kind, neighbors.fixed, neighbors.offset, neighbors.strength
    levels = neighbors.levels
    if levels is not None:

        def of_both(distinct: np.ndarray) -> tuple[np.ndarray]:
            return (thresholds(_probabilities(model, levels, distinct, heat_bath)),)

        (table,) = tables_at(model, ("flips", heat_bath), temperatures, of_both)
        return FlipsByTable(*sites, levels.size // 2, table)
    return FlipsByBonds(*sites, model.direction_couplings is None, model.field, temperatures, heat_bath)


class FlipsByTable(NamedTuple):
    """See `_Neighbors`; table: uint64 (chain, 2, levels), thresholds of a flip; middle: the level of no field."""

    order: SiteOrder
    kind: np.ndarray
    fixed: int
    offset: np.ndarray
    strength: np.ndarray
    middle: int
    table: np.ndarray


class FlipsByBonds(NamedTuple):
    """See `_Neighbors`; per_bond: whether strength has a row per site; temperatures: float64 (chain,)."""

    order: SiteOrder
    kind: np.ndarray
    fixed: int
    offset: np.ndarray
    strength: np.ndarray
    per_bond: bool
    field: float
    temperatures: np.ndarray
    heat_bath: bool


class _Neighbors(NamedTuple):
    """The tables of a sweep that do not depend on the temperature.

    order, kind and offset: see `spinlib.samplers.single_spin.site_order`; offset is int64 (kinds, z), z even. fixed:
    the kind of sites whose spin is fixed, one more than those of `offset`; these sites are passed over.
    levels: all values of sum_j J_j s_j over the directions j, with s_j = -1, 0 (a free end) or 1, float64. strength:
    then int32 (kinds, z), such that sum_j strength_j s_j is the number of the level, counted from the middle one.
    Where there are many levels, or one coupling per bond, levels is None, and strength is J_ij, float64 (kinds, z)
    or (N, z).
    """

    order: SiteOrder
    kind: np.ndarray
    fixed: int
    offset: np.ndarray
    strength: np.ndarray
    levels: np.ndarray | None


_known: WeakKeyDictionary[Ising, _Neighbors] = WeakKeyDictionary()


def _neighbors(model: Ising) -> _Neighbors:
    if model not in _known:
        kind, offset, weight = paired_stencils(model.lattice)
        given = model.direction_couplings
        levels, strength = _levels(given) if given is not None else (None, model.neighbor_couplings)
        if given is not None:
            strength = np.append(strength, strength[: offset.shape[1] - len(strength)]) * weight
        fixed = len(offset)
        if model.fixed is not None:
            kind = np.where(model.fixed.ravel() == 0, kind, np.uint8(fixed))
        _known[model] = _Neighbors(site_order(model.lattice), kind, fixed, offset, strength, levels)
    return _known[model]


def flip_probabilities(model: Ising, temperatures: np.ndarray, heat_bath: bool) -> np.ndarray:
    """Probability of a flip for couplings by direction, float64 (chain, 2, levels).

    Axis 1 is s = -1 and +1, axis 2 the field of the neighbours, in the order of `_Neighbors.levels`. For a uniform
    coupling that is J times the sum of the neighbours, -z .. z, with the signs of the boundary.
    """
    return _probabilities(model, _levels(model.direction_couplings)[0], temperatures, heat_bath)


def _probabilities(model: Ising, levels: np.ndarray, temperatures: np.ndarray, heat_bath: bool) -> np.ndarray:
    change = 2.0 * np.array([[-1.0], [1.0]]) * (levels + model.field)
    with np.errstate(over="ignore"):
        x = change / np.asarray(temperatures)[:, None, None]
    return acceptance.heat_bath(x) if heat_bath else acceptance.metropolis(x)


def _levels(couplings: Any) -> tuple[Any, np.ndarray]:
    """levels and, for each direction, strength of `_Neighbors`; for too many levels, None and the couplings.

    Directions with one coupling are counted together, which keeps the number of levels small.
    """
    values, group, number = np.unique(couplings, return_inverse=True, return_counts=True)
    if np.prod(2.0 * number + 1.0) > _MOST_LEVELS:
        return None, couplings
    levels = np.zeros(1)
    for value, count in zip(values, number, strict=True):
        levels = (value * np.arange(-count, count + 1)[:, None] + levels).ravel()
    return levels, np.cumprod([1, *(2 * number[:-1] + 1)])[group].astype(np.int32)


@kernel_of(FlipsByTable)
def _sweep_by_table(spins, plan, rng, n):
    order, kind, fixed, offset, strength = plan.order, plan.kind, plan.fixed, plan.offset, plan.strength
    _sweep_table(spins, order, kind, fixed, offset, strength, plan.middle, plan.table, rng, n)


@kernel_of(FlipsByBonds)
def _sweep_by_bonds(spins, plan, rng, n):
    order, kind, fixed, offset, strength = plan.order, plan.kind, plan.fixed, plan.offset, plan.strength
    field, temperatures, heat_bath = plan.field, plan.temperatures, plan.heat_bath
    _sweep_bonds(spins, order, kind, fixed, offset, strength, plan.per_bond, field, temperatures, heat_bath, rng, n)


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep_table(spins, order, kinds, fixed, offsets, strengths, middle, table, rng, n):
    z = uint64(offsets.shape[1])
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
                        if kind == uint64(fixed):
                            while i < end:
                                i += uint64(order.step)
                            continue
                        to_neighbors, strength = offsets[kind], strengths[kind]
                        while i < end:
                            total = middle + _level(row_of_spins, i, to_neighbors, strength, z)
                            s = row_of_spins[i]
                            threshold = table[c, uint64((s + 1) >> 1), uint64(total)]
                            bits, state = advance(state)
                            # The spin is written back in either case: a branch would be mispredicted.
                            row_of_spins[i] = -s if (bits >> uint64(11)) < threshold else s
                            i += uint64(order.step)
        store(rng[c], state)


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def _level(spins, i, to_neighbors, strength, z):
    """sum_j strength_j s_j over the z neighbours of site i, z even.

    There is no loop for up to six neighbours, the usual case. The sum has 32 bits, because loops are vectorised and
    processors lack a 64-bit vector product.
    """
    total = _level_of_two(spins, i, to_neighbors, strength, uint64(0))
    if z > 2:
        total = int32(total + _level_of_two(spins, i, to_neighbors, strength, uint64(2)))
    if z > 4:
        total = int32(total + _level_of_two(spins, i, to_neighbors, strength, uint64(4)))
        for j in range(uint64(6), z, uint64(2)):
            total = int32(total + _level_of_two(spins, i, to_neighbors, strength, j))
    return total


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def _level_of_two(spins, i, to_neighbors, strength, j):
    # Unsigned indices spare numba's test for negative ones.
    k = j + uint64(1)
    return int32(strength[j] * spins[i + uint64(to_neighbors[j])] + strength[k] * spins[i + uint64(to_neighbors[k])])


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep_bonds(spins, order, kinds, fixed, offsets, couplings, per_bond, field, temperatures, heat_bath, rng, n):
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
                        if kind == uint64(fixed):
                            while i < end:
                                i += uint64(order.step)
                            continue
                        to_neighbors = offsets[kind]
                        while i < end:
                            row = i if per_bond else uint64(kind)
                            total = field
                            for j in range(offsets.shape[1]):
                                total += couplings[row, j] * row_of_spins[uint64(i + uint64(to_neighbors[j]))]
                            x = 2.0 * row_of_spins[i] * total / temperatures[c]
                            probability = flip_probability(x, heat_bath)
                            bits, state = advance(state)
                            if to_float(bits) < probability:
                                row_of_spins[i] = -row_of_spins[i]
                            i += uint64(order.step)
        store(rng[c], state)
