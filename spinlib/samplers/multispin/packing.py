"""Spins to bits and back: the two colours of a checkerboard, 64 strips of replicas to a word.

The layout is that of `spinlib.samplers.multispin.layout`; a set bit is an up spin, or a down spin where `inverted`.
Of R replicas in S strips of rows, R S = 64, bit s R + r is strip s of replica r.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from spinlib.compilation import njit
from spinlib.samplers.bits.word_vectors import store_bytes, widest
from spinlib.samplers.chains.subroutines import subroutine
from spinlib.samplers.multispin.layout import MARGIN, repeat_rows

_ZERO, _ONE = np.uint64(0), np.uint64(1)
_ALL_BITS, _LOWEST = np.uint64(2**64 - 1), np.uint64(0x0101010101010101)
# The complement of this multiple of a byte 0 or 1 is the spin -1 or 1.
_MINUS_TWO = np.uint64(0xFE)
# The number of words that are transposed before they are written: 16 KiB in all.
_SITES = 256
_JIT: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


@njit(**_JIT)
def pack(spins, words, inverted, boundary):
    """Fill `words`, uint64 (2, rows + 2, columns), its margins included, from spins, int8 (n, strips * rows, columns).

    If there are fewer than R replicas, the last one fills the rest. inverted: bool (2,), for each colour. boundary: a
    `layout.Boundary`.
    """
    n_rows, n_columns = words.shape[1] - 2, spins.shape[2] // 2
    n_replicas = 64 * n_rows // spins.shape[1]
    words[:] = _ZERO
    for bit in range(64):
        strip, replica = bit // n_replicas, bit % n_replicas
        if replica >= spins.shape[0]:
            replica = spins.shape[0] - 1
        for row in range(n_rows):
            for color in range(2):
                start = (row + color) & 1
                for column in range(n_columns):
                    is_up = spins[replica, strip * n_rows + row, 2 * column + start] > 0
                    words[color, row + 1, MARGIN + column] |= np.uint64(is_up != inverted[color]) << np.uint64(bit)
    for color in range(2):
        repeat_rows(words, color, np.int64(1), n_rows + 1, n_columns, boundary, widest(_ZERO))


def empty_sites(n_columns: int) -> np.ndarray:
    """Memory for `unpack_into`, so many columns of each colour: uint64 (8, words) for some rows, at least one."""
    n_words = (n_columns + 3) // 4
    return np.zeros((8, max(1, _SITES // n_words) * n_words), np.uint64)


def unpack(words: np.ndarray, spins: np.ndarray, inverted: np.ndarray) -> None:
    """The inverse of `pack`: fills spins, int8 (n, strips * rows, columns), C-contiguous, from the first n replicas."""
    n_chains, n_rows, n_columns = spins.shape
    sites, memory = empty_sites(n_columns // 2), spins.reshape(-1)
    unpack_into(words, inverted, sites, memory, 0, n_rows * n_columns, n_chains, n_rows, n_columns)


@subroutine
def unpack_into(words, inverted, sites, memory, first, stride, n_chains, n_rows, n_columns):
    """`unpack` to int8 memory (n,), in which chain k begins at first + k * stride. sites: see `empty_sites`.

    Of eight words that stand side by side, two colours and four columns, the bytes are transposed: word k then holds
    byte k of all of them. Its lowest bits are the eight spins of bit 8 k, its next ones those of bit 8 k + 1.
    """
    rows_of_strip, n_words = words.shape[1] - 2, (n_columns + 7) // 8
    n_replicas, rows_at_once = 64 * rows_of_strip // n_rows, sites.shape[1] // n_words
    for start in range(0, rows_of_strip, rows_at_once):
        stop = start + rows_at_once if start + rows_at_once < rows_of_strip else rows_of_strip
        for row in range(start, stop):
            _transpose_row(words, row, inverted, sites, (row - start) * n_words, n_words)
        # The rows of one bit are consecutive, so that memory is written from one end to the other.
        strip, replica = 0, 0
        for bit in range(64):
            if replica < n_chains:
                byte, shift = bit >> 3, np.uint64(bit & 7)
                for row in range(start, stop):
                    place = first + replica * stride + (strip * rows_of_strip + row) * n_columns
                    word = (row - start) * n_words
                    for _ in range(n_columns >> 3):
                        store_bytes(memory, place, ~(((sites[byte, word] >> shift) & _LOWEST) * _MINUS_TWO))
                        place += 8
                        word += 1
                    for site in range(n_columns & 7):
                        is_up = (sites[byte, word] >> (shift + np.uint64(8 * site))) & _ONE
                        memory[place + site] = 1 if is_up else -1
            replica += 1
            if replica == n_replicas:
                strip, replica = strip + 1, 0


@subroutine
def _transpose_row(words, row, inverted, sites, first, n_words):
    """Fill sites[k, first : first + n_words] with byte k of the words of one row, eight words to one."""
    # The colours of the row's even and odd sites.
    even, odd = row & 1, 1 - (row & 1)
    flip_even, flip_odd = _ALL_BITS if inverted[even] else _ZERO, _ALL_BITS if inverted[odd] else _ZERO
    for k in range(n_words):
        column, place = MARGIN + 4 * k, first + k
        # Words beyond the last column hold arbitrary values, which are never read.
        for j in range(4):
            sites[2 * j, place] = words[even, row + 1, column + j] ^ flip_even
            sites[2 * j + 1, place] = words[odd, row + 1, column + j] ^ flip_odd
        # Three exchanges: of the halves of words 4 apart, of quarters of words 2 apart, of bytes of neighbours.
        distance, bits, mask = 4, np.uint64(32), np.uint64(0x00000000FFFFFFFF)
        for _ in range(3):
            for j in range(8):
                if not j & distance:
                    low, high = sites[j, place], sites[j + distance, place]
                    unlike = ((low >> bits) ^ high) & mask
                    sites[j, place], sites[j + distance, place] = low ^ (unlike << bits), high ^ unlike
            distance >>= 1
            bits >>= _ONE
            mask ^= mask << bits
