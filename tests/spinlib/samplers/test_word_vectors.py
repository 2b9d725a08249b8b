import numpy as np
import pytest
from numba import njit

from spinlib.samplers.word_vectors import WIDTH, any_bit, load, lowest_bit, splat, store, widest, width

WORDS = np.random.default_rng(5).integers(0, 2**64, (3, 2 * WIDTH), dtype=np.uint64)
ZERO, COUNT = np.uint64(0), np.uint64(17)


@njit
def calculate(words, result, like):
    """Every operation on columns 1 .. 8, which start at no vector's boundary."""
    a, b = load(words, 0, 1, like), load(words, 1, 1, like)
    store(result, 0, 0, a + b)
    store(result, 1, 0, a ^ b)
    store(result, 2, 0, (a & b) | (~a << COUNT))
    store(result, 3, 0, (a >> COUNT) + splat(words[2, 3], like))
    a ^= b
    store(result, 4, 0, a)
    return width(like), any_bit(a), any_bit(a ^ a)


@njit
def calculate_widest(words, result):
    return calculate(words, result, widest(ZERO))


def expected(a, b, c):
    return [a + b, a ^ b, (a & b) | (~a << COUNT), (a >> COUNT) + c, a ^ b]


def test_a_vector_does_what_its_words_do():
    result = np.zeros((5, WIDTH + 1), np.uint64)
    assert calculate_widest(WORDS, result) == (WIDTH, True, False)
    columns = slice(1, 1 + WIDTH)
    np.testing.assert_array_equal(result[:, :WIDTH], expected(WORDS[0, columns], WORDS[1, columns], WORDS[2, 3]))
    assert not result[:, WIDTH].any()


def test_the_same_code_handles_single_words():
    result = np.zeros((5, 1), np.uint64)
    assert calculate(WORDS, result, ZERO) == (1, True, False)
    np.testing.assert_array_equal(result[:, 0], np.ravel(expected(WORDS[0, 1:2], WORDS[1, 1:2], WORDS[2, 3])))


@njit
def compiled_lowest_bit(word):
    return lowest_bit(word)


@pytest.mark.parametrize("bit", [0, 1, 31, 32, 63])
def test_lowest_bit(bit):
    word = np.uint64((2**64 - 1) << bit & (2**64 - 1))
    assert compiled_lowest_bit(word) == bit == lowest_bit(word)
