"""Words of 64 random bits: fair bits, bits that are 1 with any probability, and random states as bit planes.

A bit that is 1 with probability p = 0.c1 c2 c3 ... (binary) is made of fair bits s1, s2, ...: it is the digit c_k of
the first k with s_k = 1. `PLANES` words s_k decide all but a fraction 2^-PLANES of the bits of a word, as in
`spinlib.samplers.multispin.cpu_kernel`. For each undecided bit, 64 more random bits are compared with the rest of p. So
p is exact to 2^-76; p = 1 becomes 1 - 2^-65.

The words s_k come from xoshiro256++, with one generator for each of WIDTH lanes, so that neighbouring words are drawn
together.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from spinlib.compilation import njit
from spinlib.samplers.bits.binary_digits import binary_digits
from spinlib.samplers.bits.word_vectors import WIDTH, load, splat, store, width
from spinlib.samplers.random import advance, next_uint64, scramble
from spinlib.samplers.random import load as load_stream
from spinlib.samplers.random import store as store_stream

PLANES = 12
_JIT: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
_ZERO, _ONE, _ALL_BITS = np.uint64(0), np.uint64(1), np.uint64(2**64 - 1)


def empty_words(n_arrays: int, n_words: int) -> np.ndarray:
    """uint64 (n_arrays, n), all zero, n the next multiple of WIDTH."""
    return np.zeros((n_arrays, -(-n_words // WIDTH) * WIDTH), np.uint64)


def digit_words(probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`binary_digits` as words with no or all bits set, uint64 (n, PLANES), and tails uint64 (n,)."""
    digits, tails = binary_digits(probabilities, PLANES)
    return digits * _ALL_BITS, tails


@njit(**_JIT)
def seed(lanes, stream):
    """Start the generators, uint64 (4, WIDTH), from a stream, uint64 (4,), which is advanced.

    The seeds are scrambled, because generators and stream are of the same kind.
    """
    for k in range(4):
        for lane in range(WIDTH):
            lanes[k, lane] = scramble(next_uint64(stream), 0)


@njit(**_JIT)
def fill_with_bits(words, row, n_words, digits, tail, lanes, stream, like):
    """Fill words[row, :n_words], rounded up to WIDTH, with bits that are 1 with the probability of digits and tail.

    digits: uint64 (PLANES,), tail: uint64, see `digit_words`. lanes: see `seed`. stream: uint64 (4,), for the bits
    left over. like: see `spinlib.samplers.bits.word_vectors`; the result does not depend on it.
    """
    undecided = np.empty((1, WIDTH), np.uint64)
    for first in range(0, n_words, WIDTH):
        for lane in range(0, WIDTH, width(like)):
            a, b = load(lanes, 0, lane, like), load(lanes, 1, lane, like)
            c, d = load(lanes, 2, lane, like), load(lanes, 3, lane, like)
            generator = (a, b, c, d)
            bits, decided = splat(_ZERO, like), splat(_ZERO, like)
            # From the last digit to the first, so that the first k with s_k = 1 has the last word.
            for plane in range(PLANES - 1, -1, -1):
                fair, generator = advance(generator)
                bits = (fair & splat(digits[plane], like)) | (~fair & bits)
                decided = decided | fair
            store(lanes, 0, lane, generator[0])
            store(lanes, 1, lane, generator[1])
            store(lanes, 2, lane, generator[2])
            store(lanes, 3, lane, generator[3])
            store(words, row, first + lane, bits)
            store(undecided, 0, lane, ~decided)
        for column in range(WIDTH):
            left = undecided[0, column]
            while left != _ZERO:
                lowest = left & (_ZERO - left)
                left ^= lowest
                if next_uint64(stream) < tail:
                    words[row, first + column] |= lowest


@njit(**_JIT)
def fill_with_states(planes, n_words, n_states, stream):
    """Fill planes[k, :n_words] with the binary digits of weight 2^k of random states 0 .. n_states - 1.

    planes: uint64 (K, n), K the number of digits of n_states - 1. stream: uint64 (4,). States that are too large are
    drawn again, so that all others are equally likely.
    """
    state = load_stream(stream)
    for word in range(n_words):
        wanted = _ALL_BITS
        while wanted != _ZERO:
            # Compared with the largest state digit by digit, the least significant one first.
            too_large = _ZERO
            for k in range(planes.shape[0]):
                fair, state = advance(state)
                planes[k, word] ^= (planes[k, word] ^ fair) & wanted
                too_large = too_large & fair if ((n_states - 1) >> k) & 1 else too_large | fair
            wanted &= too_large
    store_stream(stream, state)
