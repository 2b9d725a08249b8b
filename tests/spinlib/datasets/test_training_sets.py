import numpy as np
import pytest
from scipy.stats import chisquare, kstest

from spinlib.datasets.training_sets import random_angles, random_spins, uniform_magnetization, with_positions


def test_random_spins_are_fair_and_follow_their_seed():
    spins = random_spins((2, 2), 16_000, seed=1)
    assert spins.shape == (16_000, 2, 2)
    assert spins.dtype == np.int8
    numbers = (spins.reshape(-1, 4) > 0) @ (1 << np.arange(4))
    assert chisquare(np.bincount(numbers, minlength=16)).pvalue > 1e-3
    np.testing.assert_array_equal(spins, random_spins((2, 2), 16_000, seed=1))
    assert not np.array_equal(spins, random_spins((2, 2), 16_000, seed=2))


def test_all_magnetizations_are_equally_likely():
    # The number of +1 among n coins of a uniform share is uniform from 0 to n (Bayes 1763).
    spins = uniform_magnetization((3, 3), 20_000, seed=1)
    assert spins.shape == (20_000, 3, 3)
    assert spins.dtype == np.int8
    assert chisquare(np.bincount((spins > 0).sum(axis=(1, 2)), minlength=10)).pvalue > 1e-3
    np.testing.assert_array_equal(spins, uniform_magnetization((3, 3), 20_000, seed=1))


def test_random_angles_fill_the_half_circle():
    angles = random_angles((3, 4), 2000, seed=1)
    assert angles.shape == (2000, 3, 4)
    assert angles.dtype == np.float64
    assert angles.min() >= 0.0
    assert angles.max() < np.pi
    assert kstest(angles.ravel(), "uniform", (0, np.pi)).pvalue > 1e-3
    np.testing.assert_array_equal(angles, random_angles((3, 4), 2000, seed=1))
    assert (1 - 2**-53) * np.pi < np.pi


def test_positions_name_every_row_and_column_once():
    spins = random_spins((2, 3), 4, seed=1)
    inputs = with_positions(spins)
    assert inputs.shape == (4, 1 + 2 + 3, 2, 3)
    assert inputs.dtype == np.int8
    np.testing.assert_array_equal(inputs[:, 0], spins)
    for places in inputs[:, 1:]:
        rows, columns = places[:2].argmax(axis=0), places[2:].argmax(axis=0)
        np.testing.assert_array_equal(places.sum(axis=0), 2)
        np.testing.assert_array_equal(rows, [[0, 0, 0], [1, 1, 1]])
        np.testing.assert_array_equal(columns, [[0, 1, 2], [0, 1, 2]])


def test_positions_need_two_axes():
    with pytest.raises(ValueError, match=r"\(n, rows, columns\)"):
        with_positions(np.ones((2, 9)))
