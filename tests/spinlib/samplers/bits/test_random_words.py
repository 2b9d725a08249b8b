from fractions import Fraction

import numpy as np
import pytest
from numba import njit
from scipy import stats

from spinlib.samplers.bits.random_words import (
    PLANES,
    digit_words,
    empty_words,
    fill_with_bits,
    fill_with_states,
    seed,
)
from spinlib.samplers.bits.word_vectors import WIDTH, widest
from spinlib.samplers.random import streams

ZERO = np.uint64(0)
PROBABILITIES = [0.0, 1e-4, 0.25, 2.0 - np.sqrt(2.0), 0.999, 1.0]


@njit
def fill_widest(words, digits, tail, lanes, stream):
    fill_with_bits(words, 0, words.shape[1], digits, tail, lanes, stream, widest(ZERO))


def random_bits(probability, n_words, *, widest=True):
    """Words with the bits drawn, and the stream that is left."""
    digits, tails = digit_words(np.array([probability]))
    stream, lanes, words = streams(1, "words", 0, 1)[0], np.empty((4, WIDTH), np.uint64), empty_words(1, n_words)
    seed(lanes, stream)
    if widest:
        fill_widest(words, digits[0], tails[0], lanes, stream)
    else:
        fill_with_bits(words, 0, words.shape[1], digits[0], tails[0], lanes, stream, ZERO)
    return words[0], stream


def bits_of(words):
    return np.unpackbits(words.astype("<u8").view(np.uint8), bitorder="little")


@pytest.mark.parametrize("probability", [*PROBABILITIES, 1e-9, 1.0 / 3.0, 1.0 - 2.0**-20])
def test_digits_and_tail_are_the_probability(probability):
    digits, tails = digit_words(np.array([probability]))
    assert set(digits.ravel()) <= {ZERO, ~ZERO}
    whole = sum(int(digit > 0) << place for place, digit in enumerate(digits[0, ::-1]))
    made = (whole + Fraction(int(tails[0]), 2**64)) / 2**PLANES
    assert abs(made - Fraction(probability)) < Fraction(1, 2 ** (76 if probability < 1.0 else 64))


@pytest.mark.parametrize("probability", PROBABILITIES)
def test_bits_have_their_probability_in_every_lane_and_place(probability):
    bits = bits_of(random_bits(probability, 4_096)[0]).reshape(-1, WIDTH, 64)
    totals = [bits.sum(keepdims=True).ravel(), bits.sum(axis=(0, 2)), bits.sum(axis=(0, 1))]
    p_values = [
        stats.binomtest(int(ones), bits.size // len(counts), probability).pvalue for counts in totals for ones in counts
    ]
    assert min(p_values) > 0.001 / (len(PROBABILITIES) * len(p_values))


def test_bits_side_by_side_and_one_word_apart_are_independent():
    bits = bits_of(random_bits(0.5, 4_096)[0]).astype(np.float64) - 0.5
    for distance in (1, 64, 64 * WIDTH):
        products = bits[distance:] * bits[:-distance]
        assert abs(products.mean()) < 4.0 * products.std() / np.sqrt(products.size)


def test_the_width_of_words_does_not_matter():
    (one, left_of_one), (eight, left_of_eight) = (random_bits(0.3, 4_096, widest=flag) for flag in (False, True))
    np.testing.assert_array_equal(one, eight)
    np.testing.assert_array_equal(left_of_one, left_of_eight)


@pytest.mark.parametrize("n_states", [2, 3, 4, 5, 16, 127])
def test_states_are_equally_likely(n_states):
    n_planes = (n_states - 1).bit_length()
    planes = np.random.default_rng(0).integers(2**64, size=(n_planes, 500), dtype=np.uint64)
    fill_with_states(planes, 499, n_states, streams(2, "states", 0, 1)[0])
    digits = np.array([bits_of(plane[:499]) for plane in planes], dtype=np.int64)
    states = (digits << np.arange(n_planes)[:, None]).sum(axis=0)
    assert states.max() < n_states
    assert stats.chisquare(np.bincount(states, minlength=n_states)).pvalue > 0.001 / 6
