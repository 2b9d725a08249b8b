"""Spins to bits and back: the two colours of a checkerboard, 64 configurations or strips to a word.

The layout is that of `spinlib.samplers.multispin_layout`; a set bit is an up spin, or a down spin where `inverted`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from spinlib.compilation import njit
from spinlib.samplers.multispin_layout import MARGIN, repeat_rows
from spinlib.samplers.word_vectors import widest

_JIT: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


@njit(**_JIT)
def pack(spins, words, inverted, boundary):
    """Fill `words`, uint64 (2, rows + 2, columns), its margins included, from spins, int8 (n, rows, 2 n_columns).

    Bits that are lacking to 64 are filled up with the last spins. inverted: bool (2,), for each colour. boundary: a
    `multispin_layout.Boundary`.
    """
    n, n_rows, width = spins.shape
    words[:] = 0
    for bit in range(64):
        configuration = min(bit, n - 1)
        for row in range(n_rows):
            for color in range(2):
                start = (row + color) & 1
                for column in range(width // 2):
                    is_set = np.uint64((spins[configuration, row, 2 * column + start] > 0) != inverted[color])
                    words[color, row + 1, MARGIN + column] |= is_set << np.uint64(bit)
    for color in range(2):
        # The types with which the sweep calls it, so that it is compiled once.
        repeat_rows(words, color, np.int64(1), n_rows + 1, width // 2, boundary, widest(np.uint64(0)))


@njit(**_JIT)
def unpack(words, spins, inverted):
    """The inverse of `pack`: fills spins, int8 (n, rows, 2 n_columns), from the first n bits."""
    n_bits, n_rows, width = spins.shape
    for bit in range(n_bits):
        for row in range(n_rows):
            for color in range(2):
                start = (row + color) & 1
                value = np.int8(-1) if inverted[color] else np.int8(1)
                for column in range(width // 2):
                    is_set = (words[color, row + 1, MARGIN + column] >> np.uint64(bit)) & np.uint64(1)
                    spins[bit, row, 2 * column + start] = value if is_set else -value
