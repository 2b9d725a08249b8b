"""One checkerboard sweep of 64 Ising spins per word, with exact acceptance probabilities.

The layout of the words is that of `spinlib.samplers.multispin.layout`. A site is flipped with a probability p that
depends on the number of its unsatisfied bonds, which a bit adder counts. For the random decision, let p = 0.c1 c2 c3
... in binary and s1, s2, ... be fair bits: the digit c_k of the first k with s_k = 1 is 1 with probability p. Every
site has its own k, so one word of random bits s_k serves 64 sites. `PLANES` such words decide all but a fraction
2^-PLANES of the sites. For each undecided site, a 64-bit random integer is compared with the rest of its p. So p is
exact to 2^-76. This is an alternative to the corrections of Watanabe, Morita, Todo and Kawashima (arXiv 1808.05009)
with the same purpose.

Metropolis leaves a site out where s_1 ... s_8 are all 0, with probability 1/256, for the reason that
`spinlib.samplers.single_spin.metropolis` gives. So a flip with dE <= 0 needs no further random bits; for the others, p
is multiplied by 255/256.

Beyond a free boundary a site is its own neighbour: this bond counts as satisfied, and p is that for three neighbours.
At a corner two bonds are missing. One counts as satisfied and the other as unsatisfied, which leaves dE unchanged: p is
that for four neighbours.

Random words come from xoshiro256++, with one generator for each of LANES columns, so that neighbouring words are drawn
together.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from spinlib.compilation import njit
from spinlib.samplers.bits.word_vectors import (
    WIDTH,
    aligned,
    any_bit,
    load,
    lowest_bit,
    prefetch,
    select,
    set_words,
    splat,
    store,
    widest,
    width,
)
from spinlib.samplers.chains.subroutines import subroutine
from spinlib.samplers.multispin.flip_table import PLANES, FlipTable
from spinlib.samplers.multispin.layout import MARGIN, Boundary, repeat_rows, side_of, signs_of_bonds, unlike_neighbors
from spinlib.samplers.multispin.thread_barrier import arrive_and_wait
from spinlib.samplers.random import advance

LANES = 4 * WIDTH
# Words, of one or more rows, that are searched together for undecided sites.
UNDECIDED = 64 * WIDTH
# Metropolis leaves a site out if all of so many first random bits are 0.
PROPOSAL_PLANES = 8

_JIT: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
_ZERO, _ONE = np.uint64(0), np.uint64(1)


class Block(NamedTuple):
    """One block of replicas, each of one or more strips.

    words: uint64 (2, rows + 2, columns). n_columns: sites of one colour in a row. boundary, signs: see
    `spinlib.samplers.multispin.layout`; signs of shape (2, 4, 0, 0) where like spins satisfy every bond. held: as
    words, bits set where a spin is fixed; of shape (2, 0, 0) where none is. bands: int64 (n_bands + 1,), the first row
    of each band of rows, and the end. lanes: uint64 (n_bands, 4, LANES) and states: uint64 (n_bands, WIDTH), four of
    which are used, the generators of each band. heat_bath: Metropolis if false. flips: see
    `spinlib.samplers.multispin.flip_table`.
    """

    words: np.ndarray
    n_columns: int
    boundary: Boundary
    signs: np.ndarray
    held: np.ndarray
    bands: np.ndarray
    lanes: np.ndarray
    states: np.ndarray
    heat_bath: bool
    flips: FlipTable


@subroutine
def update(block, color, band, undecided, like):
    """Attempt to flip every site of one colour in one band of rows.

    undecided: memory, see `empty_undecided`. like: see `spinlib.samplers.bits.word_vectors`; the result does not depend
    on it.
    """
    words, signs, held, lanes, heat_bath = block.words, block.signs, block.held, block.lanes, block.heat_bath
    lacking, corners, digits = block.flips.lacking, block.flips.corners, block.flips.digits
    n_columns, last = block.n_columns, words.shape[1] - 2
    padded = (n_columns + WIDTH - 1) // WIDTH * WIDTH
    first, stop, cut = block.bands[band], block.bands[band + 1], block.boundary.cuts[2]
    # Another thread may just have updated the rows next to a band: prefetch them.
    for column in range(MARGIN, MARGIN + padded, WIDTH):
        prefetch(words, (1 - color, first - 1), column)
    filled = 0
    for row in range(first, stop):
        wanted = stop if row == first else row
        side = side_of(row, color)
        place_in_row = 1 if row == 1 else 2 if row == last else 0
        # The first of the words that include one at a free side boundary; -1 for none.
        start_at_end = -1 if not cut else 0 if side < 0 else padded - WIDTH
        place_at_end = place_in_row + (3 if side < 0 else 6)
        for start in range(0, padded, width(like)):
            column, lane, part = MARGIN + start, start % LANES, start % WIDTH
            place = place_at_end if start - part == start_at_end else place_in_row
            prefetch(words, (1 - color, wanted), column)
            # Bonds that are not satisfied.
            up, down, near, far = unlike_neighbors(words, color, row, column, like)
            if signs.size:
                above, below, beside, beyond = signs_of_bonds(signs, color, row, column, like)
                up, down, near, far = up ^ above, down ^ below, near ^ beside, far ^ beyond
            if place:
                far = far | load(corners, place, part, like)
            vertical, both_vertical = up | down, up & down
            level, both_level = near | far, near & far
            two_or_more = both_vertical | both_level | (vertical & level)
            # Whether p is the second of the two; among four neighbours p(4 - n) = 1 - p(n), among three p(3 - n).
            second = up ^ down ^ near ^ far
            if heat_bath:
                second = second ^ (two_or_more & load(lacking, place, part, like))

            a, b = load(lanes, (band, 0), lane, like), load(lanes, (band, 1), lane, like)
            c, d = load(lanes, (band, 2), lane, like), load(lanes, (band, 3), lane, like)
            generator = (a, b, c, d)
            zero = splat(_ZERO, like)
            random, accepted, proposed, decided = zero, zero, zero, zero
            # From the last digit to the first, so that the first k with s_k = 1 has the last word.
            for plane in range(PLANES - 1, PROPOSAL_PLANES - 1, -1):
                random, generator = advance(generator)
                # Where the random bit is 1, its digit of the first or the second p decides.
                digit = load(digits, place, plane * WIDTH + part, like)
                other = load(digits, place, (PLANES + plane) * WIDTH + part, like)
                accepted = select(random, select(second, other, digit), accepted)
                decided = decided | random
            for plane in range(PROPOSAL_PLANES - 1, -1, -1):
                random, generator = advance(generator)
                # Where the random bit is 1, its digit of the first or the second p decides.
                digit = load(digits, place, plane * WIDTH + part, like)
                other = load(digits, place, (PLANES + plane) * WIDTH + part, like)
                accepted = select(random, select(second, other, digit), accepted)
                proposed = proposed | random
            store(lanes, (band, 0), lane, generator[0])
            store(lanes, (band, 1), lane, generator[1])
            store(lanes, (band, 2), lane, generator[2])
            store(lanes, (band, 3), lane, generator[3])
            decided = decided | proposed

            if heat_bath:
                more = (both_vertical & level) | (both_level & vertical)
                more = more | (two_or_more & load(lacking, place, part, like))
                # p = 1/2 where just as many bonds are satisfied as not.
                half = two_or_more & ~more
                flip = (half & random) | (~half & (more ^ accepted))
                decided = decided | half
            else:
                flip = (two_or_more & proposed) | (~two_or_more & accepted)
                decided = decided | two_or_more
            if held.size:
                fixed = load(held, (color, row), column, like)
                flip, decided = flip & ~fixed, decided | fixed
            store(words, (color, row), column, load(words, (color, row), column, like) ^ flip)
            store(undecided, 0, filled + start, ~decided)
            store(undecided, 1, filled + start, second)
            store(undecided, 2, filled + start, load(lacking, place, part, like))
        filled += padded
        if row + 1 == stop or filled + padded > undecided.shape[1]:
            sites, state, tails = words[color], block.states[band], block.flips.tails
            _decide_rest(sites, state, tails, n_columns, undecided, filled, row + 1 - filled // padded, like)
            filled = 0
    repeat_rows(words, color, first, stop, n_columns, block.boundary, like)


@subroutine
def _decide_rest(sites, state, tails, n_columns, undecided, filled, first, like):
    """Flip each undecided site of some rows, the first of which is given, with the probability that remains.

    sites: the words of their colour, uint64 (rows + 2, columns). state: uint64 (4 or more,), the generator for this.
    """
    padded = (n_columns + WIDTH - 1) // WIDTH * WIDTH
    generator = (state[0], state[1], state[2], state[3])
    # Two loops avoid mispredicted branches: the first lists the words with undecided sites.
    n, starts = 0, undecided[3]
    for start in range(0, filled, width(like)):
        starts[n] = start
        n += any_bit(load(undecided, 0, start, like))
    for k in range(n):
        listed = np.int64(starts[k])
        words = set_words(load(undecided, 0, listed, like))
        while words != _ZERO:
            place = listed + np.int64(lowest_bit(words))
            words &= words - _ONE
            row, column = first + place // padded, place % padded
            # The last words of a row are padded with columns beyond the lattice.
            left = undecided[0, place] if column < n_columns else _ZERO
            while left != _ZERO:
                bit = lowest_bit(left)
                left &= left - _ONE
                second, lacks = (undecided[1, place] >> bit) & _ONE, (undecided[2, place] >> bit) & _ONE
                random, generator = advance(generator)
                flip = random < tails[lacks, second, bit]
                sites[row, MARGIN + column] ^= np.uint64(flip) << bit
    state[0], state[1], state[2], state[3] = generator


def empty_undecided(n_columns: int) -> np.ndarray:
    """Memory in which `update` lists the sites that its random bits leave undecided: uint64 (4, words)."""
    n_padded = (n_columns + WIDTH - 1) // WIDTH * WIDTH
    return aligned(np.zeros((4, max(n_padded, UNDECIDED)), np.uint64))


@njit(**_JIT)
def sweep_words(block, n, thread, n_threads, arrivals, undecided, like):
    """`sweep` with as many words at a time as `like` has; the result is the same."""
    n_bands = len(block.bands) - 1
    for _ in range(n):
        for color in range(2):
            for band in range(thread * n_bands // n_threads, (thread + 1) * n_bands // n_threads):
                update(block, color, band, undecided, like)
            arrive_and_wait(arrivals, n_threads)


@njit(**_JIT)
def sweep(block: Block, n: int, thread: int, n_threads: int, arrivals: np.ndarray, undecided: np.ndarray) -> None:
    """`n` sweeps of the share of a block's bands that falls to one of `n_threads` threads.

    All threads must run at the same time. arrivals: int64 (1,), shared by the threads, zero at first. undecided: memory
    of this thread, see `empty_undecided`.
    """
    sweep_words(block, n, thread, n_threads, arrivals, undecided, widest(_ZERO))
