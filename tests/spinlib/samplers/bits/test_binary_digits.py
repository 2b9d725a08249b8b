from fractions import Fraction

import numpy as np
import pytest

from spinlib.samplers.bits.binary_digits import binary_digits, bits_of_word


@pytest.mark.parametrize("n_digits", [1, 12, 64])
def test_digits_and_tail_make_up_the_probability(n_digits):
    given = np.random.default_rng(1).random((3, 5)) ** 4
    digits, tails = binary_digits(given, n_digits)
    assert digits.shape == (3, 5, n_digits)
    for index in np.ndindex(given.shape):
        whole = int("".join(map(str, digits[index])), 2)
        made = (whole + Fraction(int(tails[index]), 2**64)) / 2**n_digits
        assert abs(made - Fraction(float(given[index]))) < Fraction(1, 2 ** (n_digits + 60))


def test_certainty_and_impossibility():
    digits, tails = binary_digits(np.array([0.0, 1.0]), 12)
    assert digits.tolist() == [[0] * 12, [1] * 12]
    assert tails.tolist() == [0, 2**64 - 2**11]


def test_bits_stand_in_their_places():
    bits = np.random.default_rng(1).integers(2, size=(4, 64), dtype=np.uint64)
    for word, row in zip(bits_of_word(bits).tolist(), bits.tolist(), strict=True):
        assert word == sum(bit << k for k, bit in enumerate(row))
