import hashlib

import numpy as np
import pytest
from scipy.stats import chisquare

from spinlib.datasets import hash_split
from spinlib.datasets.hash_split import BUCKETS, bucket, in_test_set, split
from spinlib.datasets.training_and_test import TrainingAndTest, among

RANDOM = np.random.default_rng(1).choice(np.array([-1, 1], np.int8), (40_000, 8, 8))


def test_bucket_is_the_first_three_hexadecimal_digits_of_the_digest():
    spins = np.array([[[1, -1], [-1, -1]]])
    digest = hashlib.sha3_512(b"(2, 2)" + bytes([0b10000000])).hexdigest()
    assert bucket(spins).tolist() == [int(digest[:3], 16)]


def test_buckets_are_uniform():
    counts = np.bincount(bucket(RANDOM), minlength=BUCKETS)
    assert len(counts) == BUCKETS
    assert chisquare(counts).pvalue > 1e-3


def test_share_of_the_test_set():
    chosen = in_test_set(RANDOM, 0.1)
    assert abs(chosen.mean() - 410 / 4096) < 4 * np.sqrt(0.09 / len(RANDOM))
    assert in_test_set(RANDOM[:10], 1.0).all()
    assert not in_test_set(RANDOM[:10], 0.0).any()


def test_equal_configurations_are_on_one_side_whatever_their_dtype():
    assert np.array_equal(in_test_set(RANDOM[:50], 0.5), in_test_set(RANDOM[:50].astype(float), 0.5))
    chosen = in_test_set(RANDOM[:500], 0.5)
    assert 0 < chosen.sum() < 500
    assert not among(np.tile(RANDOM[:500][chosen], (2, 1, 1)), RANDOM[:500][~chosen]).any()


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="spin value 0"):
        bucket(np.zeros((2, 4, 4)))
    with pytest.raises(ValueError, match=r"\(n, \*shape\)"):
        bucket(np.ones(4))
    with pytest.raises(ValueError, match=r"share 1\.5"):
        in_test_set(RANDOM[:2], 1.5)


def test_split_has_the_wanted_sizes_and_no_shared_configuration():
    spins = np.random.default_rng(5).choice(np.array([-1, 1], np.int8), (3000, 3, 3))  # most are there several times
    sets = split(spins, 1500, 700, seed=1)
    assert isinstance(sets, TrainingAndTest)
    assert sets.train.shape == (1500, 3, 3)
    assert sets.test.shape == (700, 3, 3)
    assert not among(sets.test, sets.train).any()
    # Most configurations are there several times, on the side where they are.
    assert len(np.unique(sets.train.reshape(1500, -1), axis=0)) < 500
    np.testing.assert_array_equal(sets.train, split(spins, 1500, 700, seed=1).train)
    assert not np.array_equal(sets.train, split(spins, 1500, 700, seed=2).train)


def test_a_split_that_leaves_the_hash_aside_is_refused(monkeypatch):
    spins = np.random.default_rng(5).choice(np.array([-1, 1], np.int8), (3000, 3, 3))
    monkeypatch.setattr(hash_split, "in_test_set", lambda spins, share: np.arange(len(spins)) < share * len(spins))
    with pytest.raises(ValueError, match="700 test configurations are in the training set"):
        split(spins, 1500, 700, seed=1)


def test_split_refuses_what_it_cannot_give():
    spins = np.random.default_rng(5).choice(np.array([-1, 1], np.int8), (100, 4, 4))
    with pytest.raises(ValueError, match="draw more"):
        split(spins, 90, 30, seed=1)
    with pytest.raises(ValueError, match="both have to be positive"):
        split(spins, 50, 0, seed=1)
