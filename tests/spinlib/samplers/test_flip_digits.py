from fractions import Fraction
from math import exp

import numpy as np
import pytest

from spinlib.samplers.flip_digits import binary_digits, flip_probabilities
from spinlib.samplers.multispin_kernel import PLANES


def value(digits, tails, level, bit):
    """The exact probability that the digits and the tail of one bit stand for."""
    whole = sum(Fraction(int(word) >> bit & 1, 2 ** (k + 1)) for k, word in enumerate(digits[level]))
    return whole + Fraction(int(tails[level, bit]), 2 ** (PLANES + 64))


def test_digits_and_tail_add_up_to_the_probability():
    probabilities = np.exp(-np.linspace(0.01, 40.0, 128)).reshape(2, 64)
    digits, tails = binary_digits(probabilities)
    assert digits.shape == (2, PLANES)
    for level in range(2):
        for bit in range(64):
            error = Fraction(probabilities[level, bit]) - value(digits, tails, level, bit)
            assert 0 <= error <= Fraction(1, 2 ** (PLANES + 64))


def test_one_probability_serves_all_bits():
    digits, tails = binary_digits(np.array([[0.3], [0.6]]))
    assert set(digits.ravel().tolist()) <= {0, 2**64 - 1}
    assert (tails == tails[:, :1]).all()


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_certain_and_impossible_flips(probability):
    digits, tails = binary_digits(np.full((2, 1), probability))
    assert abs(value(digits, tails, 0, 5) - Fraction(probability)) < Fraction(1, 2**64)


@pytest.mark.parametrize("coupling", [0.0, 0.3, 1.0, 20.0, 500.0])
def test_flip_probabilities_keep_detailed_balance(coupling):
    """p(n) / p(4 - n) = exp(-dE / T), with dE = 8 J - 4 n J."""
    metropolis = flip_probabilities(np.array([coupling]), "metropolis")[:, 0]
    assert metropolis == pytest.approx([exp(-8 * coupling), exp(-4 * coupling)], rel=1e-15)
    heat_bath = flip_probabilities(np.array([coupling]), "heat_bath")[:, 0]
    assert heat_bath / (1 - heat_bath) == pytest.approx(metropolis, rel=1e-14)
