"""Figure 15 of paper dnn: whether the hashes of configurations are uniform, and whether a split by them is clean."""

from __future__ import annotations

import numpy as np

from experiments.dnn.four_by_four_classifier import levels, model
from spinlib.datasets import targeted
from spinlib.datasets.hash_split import BUCKETS, in_test_set
from spinlib.datasets.training_and_test import TrainingAndTest, among
from spinlib.statistics import chi_square


def uniformity(numbers: np.ndarray) -> tuple[float, int]:
    """Chi square of the first bits of hashes against equal frequencies, and its degrees of freedom.

    Parameters
    ----------
    numbers : numpy.ndarray
        Of `spinlib.datasets.hash_split.bucket`, integers (n,) below BUCKETS.

    Returns
    -------
    tuple of float and int
        chi square and the number of degrees of freedom, BUCKETS - 1, since the total is given.
    """
    found, expected = np.bincount(numbers, minlength=BUCKETS), len(numbers) / BUCKETS
    return chi_square(found, np.full(BUCKETS, np.sqrt(expected)), np.full(BUCKETS, expected))[0], BUCKETS - 1


def n_shared(share: float, per_class: int = 500, seed: int = 16) -> int:
    """How many test configurations stand in the training set too, among states of the three lowest energies.

    Duplicates are what the split is for: most of these examples are drawn more than once.

    Parameters
    ----------
    share : float
        Of the test set, between 0 and 1.
    per_class : int
        Examples of each energy.
    seed : int
        Of the draws.

    Raises
    ------
    ValueError
        By `TrainingAndTest`, if there are any.
    """
    spins = targeted.draw(model, levels[:3], per_class, seed=seed).reshape(-1, *model.shape)
    is_test = in_test_set(spins, share)
    train, test = spins[~is_test], spins[is_test]
    TrainingAndTest(train, test)
    return int(among(test, train).sum())
