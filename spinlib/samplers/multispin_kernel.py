"""One checkerboard sweep of 64 Ising spins per word, with exact acceptance probabilities.

words[c] holds the sites of colour c: site (i, j) has colour (i + j) mod 2 and stands in row i + 1, column
MARGIN + j // 2. Each of a word's 64 bits is another configuration, or another strip of one configuration
(`spinlib.samplers.multispin`); either way bit b only meets bits b. Row 0 and the row after the last, and one
column on either side, repeat the sites across the boundary.

A site is flipped with a probability p that depends on how many of its four neighbours it disagrees with; the
counting is a bit adder. For the random decision, let p = 0.c1 c2 c3 ... in binary and s1, s2, ... be fair bits:
the digit c_k of the first k with s_k = 1 is 1 with probability p. Since every site picks its own k, one word of
random bits s_k serves 64 sites. `PLANES` such words decide all but a fraction 2^-PLANES of the sites; each site
left over compares a 64-bit integer of its own with the rest of its p. So p is exact to 2^-76. This is an
alternative to the corrections of Watanabe, Morita, Todo and Kawashima (arXiv 1808.05009) with the same purpose.

Random words come from xoshiro256++, a generator for each of LANES columns, so that words that stand side by side
are drawn side by side.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from spinlib.samplers.random import advance, next_uint64
from spinlib.samplers.thread_barrier import arrive_and_wait
from spinlib.samplers.word_vectors import WIDTH, any_bit, load, lowest_bit, splat, store, widest, width

PLANES = 12
LANES = 4 * WIDTH
MARGIN = WIDTH

_JIT: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
_ZERO, _ONE = np.uint64(0), np.uint64(1)


class Block(NamedTuple):
    """What one block of 64 configurations, or one configuration of 64 strips, is made of.

    words: uint64 (2, rows + 2, columns), see above. n_columns: sites of one colour in a row. bands: int64
    (n_bands + 1,), the first row of each band of rows, and the end. lanes: uint64 (n_bands, 4, LANES) and states:
    uint64 (n_bands, 4), generators of each band. digits: uint64 (2, PLANES), the first binary digits of the flip
    probabilities for an even (0) and an odd number of unlike neighbours, a bit per configuration; tails: uint64
    (2, 64), the rest as a fraction of 2^64. heat_bath: Metropolis if false. seams: uint64 (3,), the bits that
    change sign across the upper, lower and side boundary. turn: 1 where strips follow each other, else 0.
    """

    words: np.ndarray
    n_columns: int
    bands: np.ndarray
    lanes: np.ndarray
    states: np.ndarray
    digits: np.ndarray
    tails: np.ndarray
    heat_bath: bool
    seams: np.ndarray
    turn: int


def empty_words(n_rows: int, n_columns: int) -> np.ndarray:
    """Words, all zero, for so many rows and so many columns of each colour; rows begin at a cache line."""
    n_padded = (n_columns + WIDTH - 1) // WIDTH * WIDTH
    shape = (2, n_rows + 2, n_padded + 2 * MARGIN)
    memory = np.zeros(math.prod(shape) + WIDTH, np.uint64)
    start = -memory.ctypes.data // 8 % WIDTH
    return memory[start : start + math.prod(shape)].reshape(shape)


@njit(**_JIT)
def _decide_rest(sites, row, column, n_words, undecided, tails, state):
    """Flip each undecided site of some words with the probability that remains after all planes."""
    for word in range(n_words):
        left, odd = undecided[0, word], undecided[1, word]
        while left != _ZERO:
            bit = lowest_bit(left)
            left &= left - _ONE
            if next_uint64(state) < tails[(odd >> bit) & _ONE, bit]:
                sites[row, column + word] ^= _ONE << bit


@njit(**_JIT)
def repeat_edge(sites, row, n_columns, seams, turn):
    """Repeat the first or the last row of one colour on the other side of the lattice; else do nothing.

    seams, turn: see `Block`.
    """
    last = sites.shape[0] - 2
    forward, backward = np.uint64(turn), np.uint64((64 - turn) & 63)
    if row == last:
        for column in range(MARGIN, MARGIN + n_columns):
            word = sites[row, column]
            sites[0, column] = ((word << forward) | (word >> backward)) ^ seams[0]
    if row == 1:
        for column in range(MARGIN, MARGIN + n_columns):
            word = sites[row, column]
            sites[last + 1, column] = ((word >> forward) | (word << backward)) ^ seams[1]


@njit(**_JIT)
def repeat_ends(sites, row, n_columns, seam):
    """Repeat a row's first and last site of one colour beyond its other end, with the `seam`'s bits changed."""
    sites[row, MARGIN - 1] = sites[row, MARGIN + n_columns - 1] ^ seam
    sites[row, MARGIN + n_columns] = sites[row, MARGIN] ^ seam


@njit(**_JIT)
def _update(block, color, band, undecided, like):
    """Attempt to flip every site of one colour in one band of rows."""
    sites, others = block.words[color], block.words[1 - color]
    lanes, state = block.lanes[band], block.states[band]
    digits, n_columns = block.digits, block.n_columns
    padded = (n_columns + WIDTH - 1) // WIDTH * WIDTH
    first, stop, side_seam = block.bands[band], block.bands[band + 1], block.seams[2]
    for row in range(first, stop):
        # Of the two neighbours in the row, one has the site's own column number; the other is on this side.
        side = 1 if (row - 1 + color) & 1 else -1
        for start in range(0, padded, width(like)):
            column, lane = MARGIN + start, start % LANES
            site = load(sites, row, column, like)
            up = site ^ load(others, row - 1, column, like)
            down = site ^ load(others, row + 1, column, like)
            near = site ^ load(others, row, column, like)
            far = site ^ load(others, row, column + side, like)
            vertical, both_vertical = up | down, up & down
            level, both_level = near | far, near & far
            two_or_more = both_vertical | both_level | (vertical & level)
            odd = up ^ down ^ near ^ far

            a, b = load(lanes, 0, lane, like), load(lanes, 1, lane, like)
            c, d = load(lanes, 2, lane, like), load(lanes, 3, lane, like)
            generator = (a, b, c, d)
            random, accepted, decided = splat(_ZERO, like), splat(_ZERO, like), splat(_ZERO, like)
            # From the last digit to the first, so that the first k with s_k = 1 has the last word.
            for plane in range(PLANES - 1, -1, -1):
                random, generator = advance(generator)
                digit = (odd & splat(digits[1, plane], like)) | (~odd & splat(digits[0, plane], like))
                accepted = (random & digit) | (~random & accepted)
                decided = decided | random
            store(lanes, 0, lane, generator[0])
            store(lanes, 1, lane, generator[1])
            store(lanes, 2, lane, generator[2])
            store(lanes, 3, lane, generator[3])

            if block.heat_bath:
                # p(4 - n) = 1 - p(n) for n unlike neighbours, and p(2) = 1/2.
                three_or_more = (both_vertical & level) | (both_level & vertical)
                two = two_or_more & ~three_or_more
                flip = (two & random) | (~two & (three_or_more ^ accepted))
                left = ~(decided | two)
            else:
                flip = two_or_more | accepted
                left = ~(decided | two_or_more)
            store(sites, row, column, site ^ flip)
            if any_bit(left):
                store(undecided, 0, 0, left)
                store(undecided, 1, 0, odd)
                n_words = min(width(like), n_columns - start)
                _decide_rest(sites, row, column, n_words, undecided, block.tails, state)
        repeat_ends(sites, row, n_columns, side_seam)
    repeat_edge(sites, first, n_columns, block.seams, block.turn)
    if stop - 1 != first:
        repeat_edge(sites, stop - 1, n_columns, block.seams, block.turn)


@njit(**_JIT)
def sweep_words(block, n, thread, n_threads, arrivals, like):
    """`sweep` with as many words at a time as `like` has; the result is the same."""
    n_bands = len(block.bands) - 1
    undecided = np.empty((2, WIDTH), np.uint64)
    for _ in range(n):
        for color in range(2):
            for band in range(thread * n_bands // n_threads, (thread + 1) * n_bands // n_threads):
                _update(block, color, band, undecided, like)
            arrive_and_wait(arrivals, n_threads)


@njit(**_JIT)
def sweep(block: Block, n: int, thread: int, n_threads: int, arrivals: np.ndarray) -> None:
    """`n` sweeps of the share of a block's bands that falls to one of `n_threads` threads.

    All of them have to run at the same time. arrivals: int64 (1,), zero at first, which they share.
    """
    sweep_words(block, n, thread, n_threads, arrivals, widest(_ZERO))
