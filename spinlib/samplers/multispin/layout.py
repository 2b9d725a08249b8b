"""The layout of packed spins and their neighbours.

words[c] holds the sites of colour c: site (i, j) has colour (i + j) mod 2 and stands in row i + 1, column
MARGIN + j // 2. Each of a word's 64 bits is a strip of a replica (`spinlib.samplers.multispin`), so that bit b only
meets bits b within the strip.

Row 0, the row after the last, and one column on either side hold the outer neighbours of the outermost sites: the site
across a periodic boundary, or its inverse across an antiperiodic one. Beyond a free boundary it is the site itself, so
that this bond is always satisfied.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import types

from spinlib.samplers.bits.word_vectors import WIDTH, aligned, load, select, splat, store, width
from spinlib.samplers.chains.subroutines import returning, subroutine

MARGIN = WIDTH

_ALL_BITS = np.uint64(2**64 - 1)


class Boundary(NamedTuple):
    """The boundaries of the lattice, for each of a word's bits.

    seams, cuts: uint64 (3,), the bits that change sign, or end, across the upper, lower and side boundary. turn: below
    the last row of bit b comes the first row of bit b + turn, modulo 64; 0 where every replica is one strip.
    """

    seams: np.ndarray
    cuts: np.ndarray
    turn: int


def empty_words(n_rows: int, n_columns: int) -> np.ndarray:
    """Words, all zero, for so many rows and so many columns of each colour; rows begin at a cache line."""
    n_padded = (n_columns + WIDTH - 1) // WIDTH * WIDTH
    return aligned(np.zeros((2, n_rows + 2, n_padded + 2 * MARGIN), np.uint64))


def bond_signs(unlike: np.ndarray) -> np.ndarray:
    """Words, all bits set where unlike spins satisfy a bond: uint64 (2, 4, rows + 2, columns).

    unlike: bool (rows, 2 n_columns, 4), whether they do, for the bonds of every site in the order of
    `spinlib.lattice.Lattice.neighbors`. Axis 1 of the result: the bonds to the neighbours above, below, near and far,
    as `unlike_neighbors` has them.
    """
    n_rows, width, _ = unlike.shape
    signs = np.stack([empty_words(n_rows, width // 2) for _ in range(4)], axis=1)
    below, above, right, left = np.moveaxis(unlike * _ALL_BITS, 2, 0)
    for color in range(2):
        for parity in range(2):
            start = (parity + color) & 1
            near, far = (left, right) if start else (right, left)
            for direction, bonds in enumerate((above, below, near, far)):
                rows = signs[color, direction, 1 + parity : n_rows + 1 : 2]
                rows[:, MARGIN : MARGIN + width // 2] = bonds[parity::2, start::2]
    return aligned(signs)


@returning(lambda row, color: types.intp)
def side_of(row, color):
    """Columns from a site to that neighbour in its row that has not the site's own column number: -1 or 1."""
    return 1 if (row - 1 + color) & 1 else -1


@subroutine
def repeat_rows(words, color, first, stop, n_columns, boundary, like):
    """Copy the outermost sites of some rows to the margins of the words, after an update of their colour.

    like: see `spinlib.samplers.bits.word_vectors`; the result does not depend on it.
    """
    seams, cuts = boundary.seams, boundary.cuts
    start, end, last = MARGIN, MARGIN + n_columns - 1, words.shape[1] - 2
    for row in range(first, stop):
        # The colour of the row's first site has a neighbour left of it, the other colour one right of the last site.
        left = (row - 1) & 1
        right = 1 - left
        if cuts[2]:
            words[right, row, start - 1] = words[left, row, start]
            words[left, row, end + 1] = words[right, row, end]
        else:
            words[right, row, start - 1] = words[right, row, end] ^ seams[2]
            words[left, row, end + 1] = words[left, row, start] ^ seams[2]
    forward, backward = np.uint64(boundary.turn), np.uint64((64 - boundary.turn) & 63)
    upper, lower = splat(cuts[0], like), splat(cuts[1], like)
    for column in range(start, end + 1, width(like)):
        if first == 1:
            word = load(words, (color, 1), column, like)
            across = ((word >> forward) | (word << backward)) ^ splat(seams[1], like)
            met = load(words, (color, last + 1), column, like)
            store(words, (color, last + 1), column, select(lower, met, across))
            if cuts[0]:
                met = load(words, (1 - color, 0), column, like)
                store(words, (1 - color, 0), column, select(upper, word, met))
        if stop - 1 == last:
            word = load(words, (color, last), column, like)
            across = ((word << forward) | (word >> backward)) ^ splat(seams[0], like)
            met = load(words, (color, 0), column, like)
            store(words, (color, 0), column, select(upper, met, across))
            if cuts[1]:
                met = load(words, (1 - color, last + 1), column, like)
                store(words, (1 - color, last + 1), column, select(lower, word, met))


@returning(lambda words, color, row, column, like: types.UniTuple(like, 4))
def unlike_neighbors(words, color, row, column, like):
    """Bits of sites that differ from the neighbours above, below, near (in the same column) and far."""
    site, other = load(words, (color, row), column, like), 1 - color
    up = site ^ load(words, (other, row - 1), column, like)
    down = site ^ load(words, (other, row + 1), column, like)
    near = site ^ load(words, (other, row), column, like)
    far = site ^ load(words, (other, row), column + side_of(row, color), like)
    return up, down, near, far


@returning(lambda words, color, row, column, like: types.UniTuple(like, 4))
def signs_of_bonds(signs, color, row, column, like):
    """The bits of `bond_signs` for these four neighbours."""
    up, down = load(signs, (color, 0, row), column, like), load(signs, (color, 1, row), column, like)
    near, far = load(signs, (color, 2, row), column, like), load(signs, (color, 3, row), column, like)
    return up, down, near, far
