import numpy as np
from scipy.stats import chisquare

from spinlib.learning.training_sets import random_spins, uniform_magnetization


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
