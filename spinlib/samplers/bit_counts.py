"""Energy and magnetisation of packed spins without unpacking them: each of a word's 64 bits is counted apart.

Words are added into bit-sliced counters: plane k holds, for each of the 64 bits, the digit of weight 2^k of its
count. A word waits at its plane until a second one comes; a full adder makes of both and the digit the new digit
and one carry for the next plane. So a word costs about one full adder, whatever the counts.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from spinlib.compilation import njit
from spinlib.samplers.multispin_layout import MARGIN, signs_of_bonds, unlike_neighbors
from spinlib.samplers.word_vectors import WIDTH, load, store, widest, width

_DIGITS = 40
_ZERO, _ONE = np.uint64(0), np.uint64(1)
_JIT: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


class _Counters(NamedTuple):
    """Eight sets of counters, side by side: uint64 (_DIGITS, WIDTH) twice and bool (_DIGITS,)."""

    digits: np.ndarray
    waiting: np.ndarray
    is_waiting: np.ndarray


@njit(**_JIT)
def _zeros():
    shape = (_DIGITS, WIDTH)
    return _Counters(np.zeros(shape, np.uint64), np.zeros(shape, np.uint64), np.zeros(_DIGITS, np.bool_))


@njit(**_JIT)
def _add(word, counters, like):
    plane = 0
    while counters.is_waiting[plane]:
        digit, other = load(counters.digits, plane, 0, like), load(counters.waiting, plane, 0, like)
        store(counters.digits, plane, 0, digit ^ other ^ word)
        word = (digit & other) | (word & (digit ^ other))
        counters.is_waiting[plane] = False
        plane += 1
    store(counters.waiting, plane, 0, word)
    counters.is_waiting[plane] = True


@njit(**_JIT)
def _totals(counters):
    """int64 (64,): the eight sets and the words that wait are added bit-sliced, so that few words are taken apart."""
    planes, n_planes = np.zeros(_DIGITS, np.uint64), 0
    for plane in range(_DIGITS):
        for column in range(WIDTH):
            for kind in range(2 if counters.is_waiting[plane] else 1):
                carry = counters.waiting[plane, column] if kind else counters.digits[plane, column]
                place = plane
                while carry != _ZERO:
                    planes[place], carry = planes[place] ^ carry, planes[place] & carry
                    place += 1
                    n_planes = max(n_planes, place)
    totals = np.zeros(64, np.int64)
    for plane in range(n_planes):
        word = planes[plane]
        for bit in range(64):
            totals[bit] += np.int64((word >> np.uint64(bit)) & _ONE) << plane
    return totals


@njit(**_JIT)
def _sites(n_columns):
    """uint64 (1, columns): all bits set in the columns that hold sites."""
    sites = np.zeros((1, MARGIN + n_columns + WIDTH), np.uint64)
    sites[0, MARGIN : MARGIN + n_columns] = ~_ZERO
    return sites


@njit(**_JIT)
def count_up(words: np.ndarray, n_columns: int, color: int) -> np.ndarray:
    """Number of set bits among the sites of one colour, int64 (64,), for each bit of the words."""
    counters, sites, like = _zeros(), _sites(n_columns), widest(_ZERO)
    for row in range(1, words.shape[1] - 1):
        for column in range(MARGIN, MARGIN + n_columns, width(like)):
            _add(load(words, (color, row), column, like) & load(sites, 0, column, like), counters, like)
    return _totals(counters)


@njit(**_JIT)
def count_unsatisfied(words: np.ndarray, signs: np.ndarray, n_columns: int) -> np.ndarray:
    """Number of bonds that are not satisfied, int64 (64,), for each bit of the words.

    signs: see `spinlib.samplers.multispin_layout.bond_signs`.
    """
    counters, exists, like = _zeros(), _sites(n_columns), widest(_ZERO)
    # Not a literal, for which numba would compile the two functions a second time.
    color = np.int64(0)
    # Every bond joins a site of colour 0 with one of colour 1.
    for row in range(1, words.shape[1] - 1):
        for column in range(MARGIN, MARGIN + n_columns, width(like)):
            mask = load(exists, 0, column, like)
            up, down, near, far = unlike_neighbors(words, color, row, column, like)
            if signs.size:
                above, below, beside, beyond = signs_of_bonds(signs, color, row, column, like)
                up, down, near, far = up ^ above, down ^ below, near ^ beside, far ^ beyond
            _add(up & mask, counters, like)
            _add(down & mask, counters, like)
            _add(near & mask, counters, like)
            _add(far & mask, counters, like)
    return _totals(counters)
