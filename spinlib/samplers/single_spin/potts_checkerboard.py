"""Vectorised Metropolis and heat-bath sweeps of Potts spins on an even, periodic square lattice.

The colours lie as in `spinlib.samplers.single_spin.checkerboard`. Some rows of one colour at a time are updated in
steps. Each step is a loop over bytes or 16-bit integers that the compiler turns into vector instructions; since numba
computes in 64 bits, only what a step stores is sure to be that short.

Two uniform numbers decide a site: its choice among equally likely states, and its chance, which is compared with
probabilities. Only their first 16 bits are drawn for every site; the chance uses 15 of them. These bits leave about one
site in 10^4 undecided, because a probability has the same first digits or the choice lies on the border of two states.
Only then the other 48 bits are drawn, and the complete numbers decide. So probabilities are exact to 2^-53.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import uint64

from spinlib.compilation import njit
from spinlib.samplers.chains.draws import kernel_of
from spinlib.samplers.random import advance, choose, load, scramble, store
from spinlib.samplers.single_spin.checkerboard import fill_beside, join, split

_JIT: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
_ONE, _UNIT = np.float32(1.0), np.float32(2.0**-16)

# Bytes of each array of a block that stay in the fastest cache.
_SITES_PER_BLOCK = 1024


class _Block(NamedTuple):
    """Arrays that the steps of one block's update pass on; int8 (sites,) unless stated otherwise."""

    words: np.ndarray  # random bits, uint64; `chances` and `choices` are views of it
    chances: np.ndarray  # first 16 bits of the chance, uint16
    choices: np.ndarray  # first 16 bits of the choice, uint16
    undecided: np.ndarray  # whether more bits are needed, uint8, padded to a multiple of 8
    n_choices: np.ndarray  # how many states there are to choose from
    chosen: np.ndarray  # the number of the choice; then Metropolis: the proposal, heat bath: a state of no neighbour
    beside: np.ndarray  # the neighbours in the same row at the other side
    around: np.ndarray  # heat bath: all four neighbours in the order of their states, (4, sites)
    gained: np.ndarray  # Metropolis: like neighbours after the proposal less those before


@njit(**_JIT)
def sweep(spins: np.ndarray, q: int, table: np.ndarray, rng: np.ndarray, n: int, heat_bath: bool) -> None:
    """`n` sweeps in place, even sites then odd sites, by heat bath or else by Metropolis.

    spins: int8 (chain, H, W). rng: uint64 (chain, 4). table: `spinlib.samplers.random.thresholds`, uint64, of
    probabilities. Metropolis: (chain, 9, 1), of an acceptance for -4 .. 4 like neighbours gained. Heat bath:
    (chain, 8, 4) for the neighbours a <= b <= c <= d, row 4 [a = b] + 2 [b = c] + [c = d], sums of the probabilities
    of a state that is none of these, of a, b and c (equal neighbours share the probability of their state).
    """
    _, height, width = spins.shape
    half = width // 2
    # An extra row at either end repeats the row across the boundary.
    colors = np.empty((2, height + 2, half), np.int8)
    n_rows = min(height, max(1, _SITES_PER_BLOCK // half))
    block = _empty_block(n_rows * half, q)
    for c in range(len(spins)):
        first_digits = (table[c] >> uint64(38)).astype(np.uint16)
        split(spins[c], colors[0, 1:-1], colors[1, 1:-1])
        _repeat_edges(colors[0])
        _repeat_edges(colors[1])
        state = load(rng[c])
        for _ in range(n):
            for color in range(2):
                own, other = colors[color], colors[1 - color]
                for first in range(0, height, n_rows):
                    stop = min(first + n_rows, height)
                    state = _update(own, other, color, first, stop, q, table[c], first_digits, heat_bath, block, state)
                _repeat_edges(own)
        store(rng[c], state)
        join(spins[c], colors[0, 1:-1], colors[1, 1:-1])


class PottsCheckerboard(NamedTuple):
    """height, width: of the lattice. q, table, heat_bath: as for `sweep`."""

    height: int
    width: int
    q: np.int8
    table: np.ndarray
    heat_bath: bool


@kernel_of(PottsCheckerboard)
def _sweep_rows(spins, plan, rng, n):
    lattices = spins.reshape((spins.shape[0], plan.height, plan.width))
    sweep(lattices, plan.q, plan.table, rng, n, plan.heat_bath)


@njit(**_JIT)
def _empty_block(n_sites, q):
    words = np.empty((n_sites + 1) // 2, np.uint64)
    digits = words.view(np.uint16)
    undecided = np.zeros((n_sites + 7) // 8 * 8, np.uint8)
    n_choices = np.full(n_sites, q - 1, np.int8)
    chosen, beside, gained = np.empty(n_sites, np.int8), np.empty(n_sites, np.int8), np.empty(n_sites, np.int8)
    around = np.empty((4, n_sites), np.int8)
    chances, choices = digits[:n_sites], digits[n_sites : 2 * n_sites]
    return _Block(words, chances, choices, undecided, n_choices, chosen, beside, around, gained)


@njit(**_JIT)
def _repeat_edges(rows):
    height, half = rows.shape
    for k in range(half):
        rows[0, k], rows[height - 1, k] = rows[height - 2, k], rows[1, k]


@njit(**_JIT)
def _update(own, other, color, first, stop, q, table, first_digits, heat_bath, block, state):
    """Update rows first .. stop - 1 of one colour."""
    half = own.shape[1]
    start, n_sites = (first + 1) * half, (stop - first) * half
    fill_beside(block.beside, other[1:-1], first, stop, color)
    key, state = advance(state)
    for k in range(block.words.size):
        block.words[k] = scramble(key, k)
    sites, others = own.reshape(-1)[start : start + n_sites], other.reshape(-1)
    level = others[start : start + n_sites]
    above, below = others[start - half : start - half + n_sites], others[start + half : start + half + n_sites]
    if heat_bath:
        _sort_neighbors(level, above, below, q, block)
        _choose(n_sites, block)
        _to_other_states(n_sites, block)
        _draw(sites, first_digits, block)
        if _any_undecided(block):
            state = _draw_rest(sites, table, block, state)
    else:
        _choose(n_sites, block)
        _propose(sites, level, above, below, q, block)
        _accept(sites, first_digits, block)
        if _any_undecided(block):
            state = _accept_rest(sites, level, above, below, q, table, block, state)
    return state


@njit(**_JIT)
def _choose(n_sites, block):
    """Choose one of `n_choices` numbers by the first digits of the choice."""
    for k in range(n_sites):
        # The product is below 2^24, so float32 holds it without rounding.
        n_choices = np.float32(block.n_choices[k]) * _UNIT
        scaled = np.float32(block.choices[k]) * n_choices
        number = np.int8(scaled)
        block.chosen[k] = number
        block.undecided[k] = scaled - np.float32(number) > _ONE - n_choices


@njit(**_JIT)
def _proposal(old, number, q):
    """A bijection of the numbers 0 .. q - 2 to the states other than `old`."""
    return old - 1 - number if old > number else old - 1 - number + q


@njit(**_JIT)
def _gain(old, new, a, b, c, d):
    return (a == new) + (b == new) + (c == new) + (d == new) - (a == old) - (b == old) - (c == old) - (d == old)


@njit(**_JIT)
def _propose(sites, level, above, below, q, block):
    for k in range(sites.size):
        block.chosen[k] = _proposal(sites[k], block.chosen[k], q)
    for k in range(sites.size):
        block.gained[k] = _gain(sites[k], block.chosen[k], level[k], block.beside[k], above[k], below[k])


@njit(**_JIT)
def _accept(sites, first_digits, block):
    t = first_digits[:, 0]
    m_4, m_3, m_2, m_1, t_0, t_1, t_2, t_3, t_4 = t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8]
    for k in range(sites.size):
        g, old, new, undecided = block.gained[k], sites[k], block.chosen[k], block.undecided[k]
        # Selections instead of t[g + 4], because a look-up per lane is slower.
        losing = m_1 if g == -1 else m_2 if g == -2 else m_3 if g == -3 else m_4
        threshold = losing if g < 0 else t_0 if g == 0 else t_1 if g == 1 else t_2 if g == 2 else t_3 if g == 3 else t_4
        chance = np.uint16(block.chances[k] >> 1)
        sites[k] = new if (chance < threshold) & (undecided == 0) else old
        block.undecided[k] = undecided | (chance == threshold)


@njit(**_JIT)
def _sort_neighbors(level, above, below, q, block):
    for k in range(level.size):
        a, b, c, d = level[k], block.beside[k], above[k], below[k]
        a, b, c, d = min(a, b), max(a, b), min(c, d), max(c, d)
        a, b, c, d = min(a, c), min(b, d), max(a, c), max(b, d)
        a, b, c, d = a, min(b, c), max(b, c), d
        block.around[0, k], block.around[1, k], block.around[2, k], block.around[3, k] = a, b, c, d
        block.n_choices[k] = q - 4 + (a == b) + (b == c) + (c == d)


@njit(**_JIT)
def _other_state(number, a, b, c, d):
    """State number 0, 1, ... of those that are none of the neighbours' a <= b <= c <= d."""
    state = np.int8(number + (number >= a))
    state = np.int8(state + ((state >= b) & (a != b)))
    state = np.int8(state + ((state >= c) & (b != c)))
    return np.int8(state + ((state >= d) & (c != d)))


@njit(**_JIT)
def _to_other_states(n_sites, block):
    around = block.around
    for k in range(n_sites):
        block.chosen[k] = _other_state(block.chosen[k], around[0, k], around[1, k], around[2, k], around[3, k])


@njit(**_JIT)
def _eight(column):
    return column[0], column[1], column[2], column[3], column[4], column[5], column[6], column[7]


@njit(**_JIT)
def _at(eight, ab, bc, cd):
    """eight[4 ab + 2 bc + cd], by selections, because a look-up per lane is slower."""
    t_0, t_1, t_2, t_3, t_4, t_5, t_6, t_7 = eight
    unlike = (t_3 if cd else t_2) if bc else (t_1 if cd else t_0)
    like = (t_7 if cd else t_6) if bc else (t_5 if cd else t_4)
    return like if ab else unlike


@njit(**_JIT)
def _drawn(chance, t_0, t_1, t_2, t_3, other, a, b, c, d):
    return other if chance < t_0 else a if chance < t_1 else b if chance < t_2 else c if chance < t_3 else d


@njit(**_JIT)
def _draw(sites, first_digits, block):
    around = block.around
    none, first, second, third = first_digits[:, 0], first_digits[:, 1], first_digits[:, 2], first_digits[:, 3]
    for_none, for_first, for_second, for_third = _eight(none), _eight(first), _eight(second), _eight(third)
    for k in range(sites.size):
        a, b, c, d, other = around[0, k], around[1, k], around[2, k], around[3, k], block.chosen[k]
        ab, bc, cd = a == b, b == c, c == d
        t_0, t_1 = _at(for_none, ab, bc, cd), _at(for_first, ab, bc, cd)
        t_2, t_3 = _at(for_second, ab, bc, cd), _at(for_third, ab, bc, cd)
        chance = np.uint16(block.chances[k] >> 1)
        sites[k] = _drawn(chance, t_0, t_1, t_2, t_3, other, a, b, c, d)
        block.undecided[k] |= (chance == t_0) | (chance == t_1) | (chance == t_2) | (chance == t_3)


@njit(**_JIT)
def _any_undecided(block):
    found = uint64(0)
    for word in block.undecided.view(np.uint64):
        found |= word
    return found != uint64(0)


@njit(**_JIT)
def _all_digits(block, k, state):
    """A site's choice with 64 bits and its chance with 53 bits, which begin with the digits drawn before."""
    bits, state = advance(state)
    choice = (uint64(block.choices[k]) << uint64(48)) | (bits >> uint64(16))
    bits, state = advance(state)
    return choice, (uint64(block.chances[k]) << uint64(37)) | (bits >> uint64(27)), state


@njit(**_JIT)
def _accept_rest(sites, level, above, below, q, table, block, state):
    for k in range(sites.size):
        if block.undecided[k]:
            choice, chance, state = _all_digits(block, k, state)
            number, _ = choose(choice, q - 1)
            new = _proposal(sites[k], np.int64(number), q)
            if chance < table[4 + _gain(sites[k], new, level[k], block.beside[k], above[k], below[k]), 0]:
                sites[k] = new
    return state


@njit(**_JIT)
def _draw_rest(sites, table, block, state):
    for k in range(sites.size):
        if block.undecided[k]:
            choice, chance, state = _all_digits(block, k, state)
            a, b, c, d = block.around[0, k], block.around[1, k], block.around[2, k], block.around[3, k]
            number, _ = choose(choice, block.n_choices[k])
            t = table[4 * (a == b) + 2 * (b == c) + (c == d)]
            sites[k] = _drawn(chance, t[0], t[1], t[2], t[3], _other_state(np.int8(number), a, b, c, d), a, b, c, d)
    return state
