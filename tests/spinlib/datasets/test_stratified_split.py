"""Three disjoint sets with given numbers of each class."""

import numpy as np
import pytest

from spinlib.datasets.stratified_split import Sets, split

TABLE = [[220, 80, 90, 210], [100, 50, 60, 90], [150, 50, 70, 130]]
LABELS = np.arange(30) % 3


def test_sets_of_the_papers_table():
    labels = np.repeat(np.arange(4), np.sum(TABLE, axis=0))
    sets = split(np.random.default_rng(1).permutation(labels), TABLE, seed=2)
    mixed = np.random.default_rng(1).permutation(labels)
    assert [np.bincount(mixed[one]).tolist() for one in sets] == TABLE
    assert sorted(np.concatenate(sets)) == list(range(1300))
    again, other = split(mixed, TABLE, seed=2), split(mixed, TABLE, seed=3)
    assert all(np.array_equal(one, two) for one, two in zip(sets, again, strict=True))
    assert not np.array_equal(sets.training, other.training)


def test_overlapping_sets_are_refused():
    with pytest.raises(ValueError, match="example 3: it is in the training set and in the test set"):
        Sets(np.arange(4), np.arange(4, 6), np.array([3, 7])).require_disjoint()
    with pytest.raises(ValueError, match="example 1: it is in the validation set and in the validation set"):
        Sets(np.arange(1), np.array([1, 1]), np.array([2])).require_disjoint()


@pytest.mark.parametrize(
    ("counts", "match"),
    [
        ([[9] * 3, [1] * 3, [1] * 3], "class 0: it has 10 examples.*need 11"),
        ([[4] * 3, [3] * 3], "positive numbers for three sets"),
        ([[4, 0, 4], [3] * 3, [3] * 3], "positive numbers for three sets"),
    ],
)
def test_counts_that_cannot_be_met_are_refused(counts, match):
    with pytest.raises(ValueError, match=match):
        split(LABELS, counts, 1)
