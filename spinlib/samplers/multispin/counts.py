"""Energy and magnetisation of packed spins without unpacking: the bits of each replica are counted separately.

Counters are bit-sliced: plane k holds, for each bit of a word, the digit of weight 2^k of its count. Words are added
by a tree of full adders (R. Harley and H. S. Seal; H. S. Warren, Hacker's Delight, 2nd ed., section 5-2): the lowest
digits stay in registers, and their carries go to a list, of which pairs are added to the next digit until one carry
is left. So a word costs about one full adder, whatever the counts. At the end the words of a vector and the strips of a
replica are added, still bit-sliced. Only the remaining planes are decoded.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import types

from spinlib.samplers.bits.word_vectors import WIDTH, add_bits, aligned, load, splat, store, widest, width
from spinlib.samplers.chains.subroutines import returning, subroutine
from spinlib.samplers.multispin.layout import MARGIN, signs_of_bonds, unlike_neighbors

# Words in the list of carries; a full list is added up.
_CARRIES = 256 * WIDTH
_ZERO, _ONE, _ALL_BITS = np.uint64(0), np.uint64(1), np.uint64(2**64 - 1)


class Counters(NamedTuple):
    """Memory of a count.

    digits: uint64 (planes, WIDTH). carries: uint64 (1, words). sites: uint64 (1, columns), all bits set in the columns
    that hold sites. n_planes: digits of the largest count of one bit.
    """

    digits: np.ndarray
    carries: np.ndarray
    sites: np.ndarray
    n_planes: int


def empty_counters(n_rows: int, n_columns: int) -> Counters:
    """For words with so many rows and so many columns of each colour."""
    n_padded = (n_columns + WIDTH - 1) // WIDTH * WIDTH
    sites = aligned(np.zeros((1, MARGIN + n_padded), np.uint64))
    sites[0, MARGIN : MARGIN + n_columns] = ~_ZERO
    carries = aligned(np.zeros((1, min(_CARRIES, n_rows * n_padded)), np.uint64))
    # Four bonds for each word of one colour. Adding counts in pairs, of words and then of strips, takes one digit more
    # each time.
    n_planes = (4 * n_rows * n_padded).bit_length()
    return Counters(aligned(np.zeros((n_planes + 6, WIDTH), np.uint64)), carries, sites, n_planes)


@returning(lambda counters, like: types.intp)
def _planes(counters, like):
    """Digits of the largest count of one bit of one of the words that are handled at once."""
    return counters.n_planes - (3 if width(like) == WIDTH else 0)


@subroutine
def _add_carries(counters, n, plane, like):
    """Add n carries of weight 2^plane, one or more words each, to the digits."""
    digits, carries, step = counters.digits, counters.carries, width(like)
    while plane < _planes(counters, like):
        digit = load(digits, plane, 0, like)
        for k in range(0, n - 1, 2):
            digit, carry = add_bits(digit, load(carries, 0, k * step, like), load(carries, 0, (k + 1) * step, like))
            store(carries, 0, k // 2 * step, carry)
        if n & 1:
            digit, carry = add_bits(digit, load(carries, 0, (n - 1) * step, like), splat(_ZERO, like))
            store(carries, 0, n // 2 * step, carry)
        store(digits, plane, 0, digit)
        n = (n + 1) // 2
        plane += 1


@subroutine
def _write(counts, digits, n_planes, n_words):
    """Write the counts of each replica: add the digits of `n_words` neighbouring words, and those of its strips."""
    shift = np.uint64(64)
    while n_words > 1 or shift > counts.size:
        # The upper half of the words is added to the lower, then that of the bits.
        if n_words > 1:
            n_words >>= 1
        else:
            shift >>= _ONE
        for word in range(n_words):
            carry = _ZERO
            for plane in range(n_planes):
                first = digits[plane, word]
                second = digits[plane, n_words + word] if shift == np.uint64(64) else first >> shift
                digits[plane, word], carry = add_bits(first, second, carry)
            digits[n_planes, word] = carry
        n_planes += 1
    for replica in range(counts.size):
        count = _ZERO
        for plane in range(n_planes):
            count |= ((digits[plane, 0] >> np.uint64(replica)) & _ONE) << np.uint64(plane)
        counts[replica] = count


@subroutine
def count_up(words: np.ndarray, inverted: np.ndarray, counters: Counters, counts: np.ndarray) -> None:
    """Fill counts, int64 (R,), with the number of up spins of each of R replicas.

    inverted: bool (2,), the colours of which a set bit is a down spin. counters: memory, see `empty_counters`.
    """
    digits, carries, sites, like = counters.digits, counters.carries, counters.sites, widest(_ZERO)
    digits[:] = _ZERO
    flip_0 = splat(_ALL_BITS if inverted[0] else _ZERO, like)
    flip_1 = splat(_ALL_BITS if inverted[1] else _ZERO, like)
    # Variables: numba would compile the functions called below anew for each literal.
    ones, n, plane = splat(_ZERO, like), np.int64(0), np.int64(1)
    for row in range(1, words.shape[1] - 1):
        for column in range(MARGIN, sites.shape[1], width(like)):
            exists = load(sites, 0, column, like)
            first = (load(words, (0, row), column, like) ^ flip_0) & exists
            second = (load(words, (1, row), column, like) ^ flip_1) & exists
            ones, carry = add_bits(ones, first, second)
            store(carries, 0, n * width(like), carry)
            n += 1
            if n * width(like) == carries.shape[1]:
                _add_carries(counters, n, plane, like)
                n = np.int64(0)
    _add_carries(counters, n, plane, like)
    store(digits, 0, 0, ones)
    _write(counts, digits, _planes(counters, like), width(like))


@subroutine
def count_unsatisfied(words: np.ndarray, signs: np.ndarray, counters: Counters, counts: np.ndarray) -> None:
    """Fill counts, int64 (R,), with the number of bonds that are not satisfied of each of R replicas.

    signs: see `spinlib.samplers.multispin.layout.bond_signs`. counters: memory, see `empty_counters`.
    """
    digits, carries, sites, like = counters.digits, counters.carries, counters.sites, widest(_ZERO)
    digits[:] = _ZERO
    ones, twos = splat(_ZERO, like), splat(_ZERO, like)
    # Variables: numba would compile the functions called below anew for each literal.
    color, n, plane = np.int64(0), np.int64(0), np.int64(2)
    # Every bond joins a site of colour 0 with one of colour 1.
    for row in range(1, words.shape[1] - 1):
        for column in range(MARGIN, sites.shape[1], width(like)):
            exists = load(sites, 0, column, like)
            up, down, near, far = unlike_neighbors(words, color, row, column, like)
            if signs.size:
                above, below, beside, beyond = signs_of_bonds(signs, color, row, column, like)
                up, down, near, far = up ^ above, down ^ below, near ^ beside, far ^ beyond
            ones, first = add_bits(ones, up & exists, down & exists)
            ones, second = add_bits(ones, near & exists, far & exists)
            twos, carry = add_bits(twos, first, second)
            store(carries, 0, n * width(like), carry)
            n += 1
            if n * width(like) == carries.shape[1]:
                _add_carries(counters, n, plane, like)
                n = np.int64(0)
    _add_carries(counters, n, plane, like)
    store(digits, 0, 0, ones)
    store(digits, 1, 0, twos)
    _write(counts, digits, _planes(counters, like), width(like))
