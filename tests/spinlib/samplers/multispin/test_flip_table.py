from fractions import Fraction
from math import exp

import numpy as np
import pytest

from spinlib.samplers.bits.word_vectors import WIDTH
from spinlib.samplers.multispin.flip_table import DYNAMICS, PLANES, digits_of_bits, flip_probabilities, flip_table
from spinlib.samplers.single_spin.acceptance import PROPOSED


def value(digits, tails, level, bit):
    """The exact probability that the digits and the tail of one bit stand for."""
    whole = sum(Fraction(int(word) >> bit & 1, 2 ** (k + 1)) for k, word in enumerate(digits[level]))
    return whole + Fraction(int(tails[level, bit]), 2 ** (PLANES + 64))


def test_digits_and_tail_add_up_to_the_probability():
    probabilities = np.exp(-np.linspace(0.01, 40.0, 128)).reshape(2, 64)
    digits, tails = digits_of_bits(probabilities)
    assert digits.shape == (2, PLANES)
    for level in range(2):
        for bit in range(64):
            error = Fraction(probabilities[level, bit]) - value(digits, tails, level, bit)
            assert 0 <= error <= Fraction(1, 2 ** (PLANES + 64))


def test_one_probability_serves_all_bits():
    digits, tails = digits_of_bits(np.array([[0.3], [0.6]]))
    assert set(digits.ravel().tolist()) <= {0, 2**64 - 1}
    assert (tails == tails[:, :1]).all()


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_certain_and_impossible_flips(probability):
    digits, tails = digits_of_bits(np.full((2, 1), probability))
    assert abs(value(digits, tails, 0, 5) - Fraction(probability)) < Fraction(1, 2**64)


@pytest.mark.parametrize("coupling", [0.0, 0.3, 1.0, 20.0, 500.0])
@pytest.mark.parametrize("n_neighbors", [3, 4])
def test_flip_probabilities_keep_detailed_balance(coupling, n_neighbors):
    """p(n) / p(z - n) = exp(-dE / T), with dE = 2 (z - 2 n) J."""
    metropolis = flip_probabilities(np.array([coupling]), "metropolis", n_neighbors)[:, 0]
    changes = [2 * n_neighbors * coupling, 2 * (n_neighbors - 2) * coupling]
    assert metropolis == pytest.approx([exp(-change) for change in changes], rel=1e-15)
    heat_bath = flip_probabilities(np.array([coupling]), "heat_bath", n_neighbors)[:, 0]
    assert heat_bath / (1 - heat_bath) == pytest.approx(metropolis, rel=1e-14)


@pytest.mark.parametrize("dynamics", DYNAMICS)
@pytest.mark.parametrize("n_columns", [1, 8, 13])
def test_every_place_has_the_probabilities_of_its_sites(dynamics, n_columns):
    """First and last row, first and last word: how many neighbours each bit has, and the digits that follow."""
    upper, lower, side = 1, 2**63, 2**64 - 1
    couplings = np.linspace(0.1, 2.0, 64)
    table = flip_table(couplings, dynamics, np.array([upper, lower, side], np.uint64), n_columns)
    proposed = PROPOSED if dynamics == "metropolis" else 1.0
    for place in range(9):
        row_cut, end = (0, upper, lower)[place % 3], (None, 0, (n_columns - 1) % WIDTH)[place // 3]
        for word in range(WIDTH):
            for bit in (0, 1, 63):
                missing = (row_cut >> bit & 1) + (word == end)
                assert int(table.lacking[place, word]) >> bit & 1 == (missing == 1)
                assert int(table.corners[place, word]) >> bit & 1 == (missing == 2)
                n_neighbors = 3 if missing == 1 else 4
                p = proposed * flip_probabilities(couplings, dynamics, n_neighbors)[:, bit]
                for n in range(2):
                    words = table.digits[place].reshape(2, PLANES, WIDTH)[n, :, word]
                    whole = sum(Fraction(int(digits) >> bit & 1, 2 ** (k + 1)) for k, digits in enumerate(words))
                    rest = Fraction(int(table.tails[4 - n_neighbors, n, bit]), 2 ** (PLANES + 64))
                    assert abs(whole + rest - Fraction(p[n])) <= Fraction(1, 2 ** (PLANES + 64))


def test_without_free_boundaries_no_neighbor_is_lacking():
    table = flip_table(np.full(64, 0.4), "metropolis", np.zeros(3, np.uint64), 12)
    assert not table.lacking.any()
    assert not table.corners.any()
    assert (table.digits == table.digits[0]).all()
