"""Energy and magnetisation of int8 configurations, measured where the sweeps leave them.

The same numbers as `model.energy` and the definitions below. Compiled code writes its counts to `Counts`, one draw
after the other (`spinlib.samplers.chains.draws`). The energies and magnetisations of all draws are then computed
together.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import types, uint64

from spinlib.compilation import njit
from spinlib.models import Ising, Potts
from spinlib.samplers.chains.subroutines import returning, subroutine
from spinlib.samplers.stencils import forward_direction_couplings, forward_stencils, total_weights

# Rows of at least this length are counted in one loop, except for their ends.
_LONG = 32

_NO_SITES, _NO_STRENGTHS = np.empty(0, np.uint32), np.empty(0)


class Meter(NamedTuple):
    """The tables with which a model's bonds and states are counted.

    kinds, offsets, weights: `spinlib.samplers.stencils.forward_stencils`. width: sites of a row. first, second: uint32
    (n_bonds,), and strengths: float64 (n_bonds,), of the bonds where each has a coupling of its own, else empty.
    first_state: the states that are counted are this one and those that follow.
    """

    kinds: np.ndarray
    offsets: np.ndarray
    weights: np.ndarray
    width: int
    first: np.ndarray
    second: np.ndarray
    strengths: np.ndarray
    first_state: int


class Counts(NamedTuple):
    """The counts of every draw and chain; an array that is not wanted has no draws.

    like: int64 (draw, chain, f), the sum of the weights of the bonds of each direction between equal spins. bonds:
    float64 (draw, chain), the energy of bonds of which each has a coupling of its own; one of the two. states: int64
    (draw, chain, n_states), how many sites have each state; of Ising the state +1 alone.
    """

    like: np.ndarray
    bonds: np.ndarray
    states: np.ndarray


# Counts of nothing.
NOTHING = Counts(np.empty((0, 0, 0), np.int64), np.empty((0, 0)), np.empty((0, 0, 0), np.int64))


def meter(model: Ising | Potts) -> Meter:
    """The `Meter` of `model`; its arrays are those that the model and its lattice keep."""
    if model.direction_couplings is None:
        i, j, _, _ = model.lattice.bonds
        listed = i.view(np.uint32), j.view(np.uint32), model.bond_strengths
    else:
        listed = _NO_SITES, _NO_SITES, _NO_STRENGTHS
    return Meter(*forward_stencils(model.lattice), model.shape[-1], *listed, int(not model.n_labels))


def counts(
    model: Ising | Potts, n_draws: int, n_chains: int, energy: bool = True, magnetization: bool = True
) -> Counts:
    """Arrays for so many draws of so many chains, for the counts that energy or magnetisation need."""
    per_bond, f = model.direction_couplings is None, len(forward_stencils(model.lattice).offset)
    states = magnetization or (energy and model.field != 0.0)
    return Counts(
        like=np.empty((n_draws if energy and not per_bond else 0, n_chains, f), np.int64),
        bonds=np.empty((n_draws if energy and per_bond else 0, n_chains)),
        states=np.empty((n_draws if states else 0, n_chains, model.n_labels or 1), np.int64),
    )


def energies(model: Ising | Potts, counted: Counts) -> np.ndarray:
    """Energy per site, float64 (draw, chain)."""
    if model.direction_couplings is None:
        total = counted.bonds.copy()
    else:
        # For Ising, the sum of products is the number of equal pairs less the number of unequal pairs.
        pairs = counted.like if model.n_labels else 2 * counted.like - total_weights(model.lattice)
        if isinstance(model.coupling, float):
            # With one coupling, the energy is rounded once only.
            total = -model.coupling * pairs.sum(axis=2)
        else:
            total = -(pairs @ forward_direction_couplings(model))
    if model.field:
        along = counted.states[..., 0] if model.n_labels else _spin_sums(model, counted)
        total -= model.field * along
    return total / model.n_sites


def magnetizations(model: Ising | Potts, counted: Counts) -> np.ndarray:
    """Magnetisation per site, float64 (draw, chain), as `magnetization` defines it."""
    q = model.n_labels
    if not q:
        return _spin_sums(model, counted) / model.n_sites
    return (q * counted.states.max(axis=2) / model.n_sites - 1.0) / (q - 1.0)


def _spin_sums(model: Ising | Potts, counted: Counts) -> np.ndarray:
    return 2 * counted.states[..., 0] - model.n_sites


def energy(model: Ising | Potts, spins: np.ndarray) -> np.ndarray:
    """Energy per site of int8 spins (chain, *shape) in the model's values, float64 (chain,)."""
    return energies(model, _counted(model, spins, magnetization=False))[0]


def bond_table_bytes(model: Ising | Potts) -> int:
    """Memory of the tables of `energy` for a model with one coupling per bond, and of the couplings themselves."""
    # Bonds, forward neighbours, and the couplings, as given and in the order of each of the two tables.
    return (15 + 24) * len(forward_stencils(model.lattice).offset) * model.n_sites


def magnetization(model: Ising | Potts, spins: np.ndarray) -> np.ndarray:
    """Magnetisation per site of int8 spins (chain, *shape), float64 (chain,).

    Ising: the mean spin. Potts: (q x - 1) / (q - 1), x the share of the most frequent state.
    """
    return magnetizations(model, _counted(model, spins, energy=False))[0]


def _counted(model: Ising | Potts, spins: np.ndarray, **wanted: bool) -> Counts:
    counted = counts(model, 1, len(spins), **wanted)
    _count_once(spins.reshape(len(spins), model.n_sites), meter(model), counted)
    return counted


# Indices are of type uint64: numba would test signed ones for negative values.
@returning(lambda *arguments: types.int32)
def _like(row, first, after, offset):
    total = np.int32(0)
    for x in range(first, after):
        total += np.int32(row[x] == row[x + offset])
    return total


@subroutine
def _count_like(spins, kinds, offsets, weights, width, result):
    n_sites = spins.shape[1]
    for c in range(spins.shape[0]):
        for k in range(offsets.shape[0]):
            # Far from the ends of a row all sites are of one kind, or of two alternating kinds with different bonds.
            even, odd = kinds[2 % n_sites], kinds[3 % n_sites]
            long = width >= _LONG and offsets[k, even] == offsets[k, odd] and weights[k, even] == weights[k, odd]
            step, ends = (width, 2) if long else (n_sites, n_sites)
            total = np.int64(0)
            for first in range(0, n_sites, step):
                if long:
                    begin, end = uint64(first + ends), uint64(first + step - ends)
                    kind = kinds[begin]
                    total += weights[k, kind] * np.int64(_like(spins[c], begin, end, uint64(offsets[k, kind])))
                for part in range(uint64(2)):
                    start = uint64(first) + part * uint64(step - ends)
                    if part and not long:
                        continue
                    for x in range(start, start + uint64(ends)):
                        kind = kinds[x]
                        total += weights[k, kind] * np.int64(spins[c, x] == spins[c, x + uint64(offsets[k, kind])])
            result[c, k] = total


@subroutine
def _add_bonds(spins, first, second, strengths, result):
    for c in range(spins.shape[0]):
        total = 0.0
        for b in range(first.size):
            total -= strengths[b] * (spins[c, first[b]] * spins[c, second[b]])
        result[c] = total


@subroutine
def _count_states(spins, first_state, result):
    """A pass for each state, in vector instructions, is faster than one table of them."""
    for c in range(spins.shape[0]):
        for number in range(result.shape[1]):
            total, state = np.int32(0), np.int8(first_state + number)
            for x in range(uint64(0), uint64(spins.shape[1])):
                total += np.int32(spins[c, x] == state)
            result[c, number] = total


@subroutine
def count(spins, meter, counts, draw):
    """Count bonds and states of spins int8 (chain, N), and write the counts of one draw."""
    if counts.like.shape[0]:
        _count_like(spins, meter.kinds, meter.offsets, meter.weights, meter.width, counts.like[draw])
    if counts.bonds.shape[0]:
        _add_bonds(spins, meter.first, meter.second, meter.strengths, counts.bonds[draw])
    if counts.states.shape[0]:
        _count_states(spins, meter.first_state, counts.states[draw])


@njit(cache=True, nogil=True, error_model="numpy")
def _count_once(spins, meter, counts):
    count(spins, meter, counts, 0)
