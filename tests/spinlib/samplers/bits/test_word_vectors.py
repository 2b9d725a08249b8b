import numpy as np
import pytest
from numba import njit

from spinlib.samplers.bits.word_vectors import (
    WIDTH,
    add_bits,
    aligned,
    any_bit,
    load,
    lowest_bit,
    prefetch,
    select,
    set_words,
    splat,
    store,
    store_bytes,
    widest,
    width,
)

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
    a |= splat(words[2, 3], like)
    store(result, 4, 0, a)
    prefetch(words, 2, 0)
    return width(like), any_bit(a), any_bit(a ^ a), set_words(a), set_words(a ^ a)


@njit
def copy_into_box(box, words, like):
    """Rows of a box with three axes, by a tuple."""
    prefetch(box, (1, 2), 0)
    store(box, (1, 2), 1, load(words, 0, 1, like))
    store(box, (0, 1), 1, ~load(box, (1, np.uint64(2)), 1, like))
    return width(like)


@njit
def copy_widest_into_box(box, words):
    return copy_into_box(box, words, widest(ZERO))


def test_a_row_may_be_a_tuple():
    for copy, n in (
        (lambda box: copy_widest_into_box(box, WORDS), WIDTH),
        (lambda box: copy_into_box(box, WORDS, ZERO), 1),
        (lambda box: copy_into_box.py_func(box, WORDS, ZERO), 1),
    ):
        box = np.zeros((2, 3, WIDTH + 2), np.uint64)
        assert copy(box) == n
        expected = np.zeros_like(box)
        expected[1, 2, 1 : n + 1], expected[0, 1, 1 : n + 1] = WORDS[0, 1 : n + 1], ~WORDS[0, 1 : n + 1]
        np.testing.assert_array_equal(box, expected)


@njit
def calculate_widest(words, result):
    return calculate(words, result, widest(ZERO))


def expected(a, b, c):
    return [a + b, a ^ b, (a & b) | (~a << COUNT), (a >> COUNT) + c, (a ^ b) | c]


def test_a_vector_does_what_its_words_do():
    result = np.zeros((5, WIDTH + 1), np.uint64)
    assert calculate_widest(WORDS, result) == (WIDTH, True, False, 2**WIDTH - 1, 0)
    columns = slice(1, 1 + WIDTH)
    np.testing.assert_array_equal(result[:, :WIDTH], expected(WORDS[0, columns], WORDS[1, columns], WORDS[2, 3]))
    assert not result[:, WIDTH].any()


def test_the_same_code_handles_single_words():
    result = np.zeros((5, 1), np.uint64)
    assert calculate(WORDS, result, ZERO) == (1, True, False, 1, 0)
    np.testing.assert_array_equal(result[:, 0], np.ravel(expected(WORDS[0, 1:2], WORDS[1, 1:2], WORDS[2, 3])))


@njit
def compiled_lowest_bit(word):
    return lowest_bit(word)


@pytest.mark.parametrize("bit", [0, 1, 31, 32, 63])
def test_lowest_bit(bit):
    word = np.uint64((2**64 - 1) << bit & (2**64 - 1))
    assert compiled_lowest_bit(word) == bit == lowest_bit(word)


@njit
def set_words_of_row(words, like):
    return set_words(load(words, 0, 0, like))


@njit
def set_words_of_widest(words):
    return set_words_of_row(words, widest(ZERO))


def test_set_words_names_the_words_that_are_not_zero():
    words = np.array([[0, 1, 0, 2**63, 0, 0, 5, 0]], np.uint64)
    assert set_words_of_widest(words) == 0b1001010
    for word in words.ravel():
        assert set_words_of_row(np.array([[word]]), ZERO) == set_words(word) == (word != 0)


def test_an_aligned_copy_begins_at_a_cache_line():
    for n in range(1, 20):
        words = np.arange(3 * n, dtype=np.uint64).reshape(3, n)
        copy = aligned(words)
        np.testing.assert_array_equal(copy, words)
        assert copy.ctypes.data % (8 * WIDTH) == 0
        assert copy.flags.c_contiguous


@njit
def combine(words, result, like):
    a, b, c = load(words, 0, 1, like), load(words, 1, 1, like), load(words, 2, 1, like)
    digit, carry = add_bits(a, b, c)
    store(result, 0, 0, digit)
    store(result, 1, 0, carry)
    store(result, 2, 0, select(a, b, c))


@njit
def combine_widest(words, result):
    combine(words, result, widest(ZERO))


def test_sums_of_bits_and_choices_between_bits():
    a, b, c = WORDS[:, 1 : 1 + WIDTH]
    expected = [a ^ b ^ c, (a & b) | (a & c) | (b & c), (a & b) | (~a & c)]
    for function, n in (
        (lambda result: combine_widest(WORDS, result), WIDTH),
        (lambda result: combine(WORDS, result, ZERO), 1),
        (lambda result: combine.py_func(WORDS, result, ZERO), 1),
    ):
        result = np.zeros((3, n), np.uint64)
        function(result)
        np.testing.assert_array_equal(result, [words[:n] for words in expected])


@njit
def compiled_store_bytes(memory, first, word):
    store_bytes(memory, first, word)


@pytest.mark.parametrize("function", [store_bytes, compiled_store_bytes])
def test_bytes_of_a_word_are_stored_at_any_place(function):
    for first in range(5):
        memory = np.zeros(13, np.int8)
        function(memory, first, np.uint64(0xFF07060504030201))
        np.testing.assert_array_equal(memory[first : first + 8], [1, 2, 3, 4, 5, 6, 7, -1])
        assert np.count_nonzero(memory) == 8
