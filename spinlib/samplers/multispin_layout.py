"""Where packed spins stand, and what each of them meets.

words[c] holds the sites of colour c: site (i, j) has colour (i + j) mod 2 and stands in row i + 1, column
MARGIN + j // 2. Each of a word's 64 bits is another configuration, or another strip of one configuration
(`spinlib.samplers.multispin`); either way bit b only meets bits b.

Row 0 and the row after the last, and one column on either side, hold what the outermost sites meet: the site across
a periodic boundary, or its inverse across an antiperiodic one. Beyond a free boundary stands the site itself, with
which it never disagrees.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from spinlib.compilation import njit
from spinlib.samplers.word_vectors import WIDTH, aligned, load, splat, store, width

MARGIN = WIDTH

_ALL_BITS = np.uint64(2**64 - 1)

_JIT: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


class Boundary(NamedTuple):
    """How the lattice ends, for each of a word's bits.

    seams, cuts: uint64 (3,), the bits that change sign, or end, across the upper, lower and side boundary. turn: 1
    where strips follow each other, bit b below bit b - 1, else 0.
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


@njit(**_JIT)
def side_of(row, color):
    """Columns from a site to that neighbour in its row that has not the site's own column number: -1 or 1."""
    return 1 if (row - 1 + color) & 1 else -1


@njit(**_JIT)
def repeat_rows(words, color, first, stop, n_columns, boundary, like):
    """After an update of one colour in some rows: repeat their outermost sites where the other colour meets them.

    like: see `spinlib.samplers.word_vectors`; the result does not depend on it.
    """
    for row in range(first, stop):
        _repeat_ends(words, row, n_columns, boundary)
    # Not a literal, for which numba would compile `_replace` a second time.
    top, last = np.int64(0), words.shape[1] - 2
    seams, cuts = boundary.seams, boundary.cuts
    forward, backward = np.uint64(boundary.turn), np.uint64((64 - boundary.turn) & 63)
    for column in range(MARGIN, MARGIN + n_columns, width(like)):
        if first == 1:
            word = load(words, (color, 1), column, like)
            across = ((word >> forward) | (word << backward)) ^ splat(seams[1], like)
            _replace(words, (color, last + 1), column, across, ~cuts[1], like)
            if cuts[0]:
                _replace(words, (1 - color, top), column, word, cuts[0], like)
        if stop - 1 == last:
            word = load(words, (color, last), column, like)
            across = ((word << forward) | (word >> backward)) ^ splat(seams[0], like)
            _replace(words, (color, top), column, across, ~cuts[0], like)
            if cuts[1]:
                _replace(words, (1 - color, last + 1), column, word, cuts[1], like)


@njit(**_JIT)
def _replace(words, row, column, word, bits, like):
    """Replace some bits of one or more words by those of others."""
    old = load(words, row, column, like)
    store(words, row, column, old ^ ((old ^ word) & splat(bits, like)))


@njit(**_JIT)
def _repeat_ends(words, row, n_columns, boundary):
    """Repeat the first and the last site of a row."""
    first, last, seam = MARGIN, MARGIN + n_columns - 1, boundary.seams[2]
    # The colour of the row's first site meets what is left of it, the other colour what is right of the last site.
    left = (row - 1) & 1
    right = 1 - left
    if boundary.cuts[2]:
        words[right, row, first - 1] = words[left, row, first]
        words[left, row, last + 1] = words[right, row, last]
    else:
        words[right, row, first - 1] = words[right, row, last] ^ seam
        words[left, row, last + 1] = words[left, row, first] ^ seam


@njit(**_JIT)
def unlike_neighbors(words, color, row, column, like):
    """Bits of sites that differ from the neighbours above, below, near (in the same column) and far."""
    site, other = load(words, (color, row), column, like), 1 - color
    up = site ^ load(words, (other, row - 1), column, like)
    down = site ^ load(words, (other, row + 1), column, like)
    near = site ^ load(words, (other, row), column, like)
    far = site ^ load(words, (other, row), column + side_of(row, color), like)
    return up, down, near, far


@njit(**_JIT)
def signs_of_bonds(signs, color, row, column, like):
    """The bits of `bond_signs` for these four neighbours."""
    up, down = load(signs, (color, 0, row), column, like), load(signs, (color, 1, row), column, like)
    near, far = load(signs, (color, 2, row), column, like), load(signs, (color, 3, row), column, like)
    return up, down, near, far
