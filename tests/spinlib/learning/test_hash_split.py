import hashlib

import numpy as np
import pytest
from scipy.stats import chisquare

from spinlib.learning.hash_split import BUCKETS, bucket, in_test_set, require_disjoint, split

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
    require_disjoint(RANDOM[:500][~chosen], RANDOM[:500][chosen])


def test_an_overlap_is_counted():
    with pytest.raises(ValueError, match="2 of 10 test configurations"):
        require_disjoint(RANDOM[:20], RANDOM[18:28])


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="spin value 0"):
        bucket(np.zeros((2, 4, 4)))
    with pytest.raises(ValueError, match=r"\(n, \*shape\)"):
        bucket(np.ones(4))
    with pytest.raises(ValueError, match=r"share 1\.5"):
        in_test_set(RANDOM[:2], 1.5)


def test_split_has_the_wanted_sizes_and_no_shared_configuration():
    spins = np.random.default_rng(5).choice(np.array([-1, 1], np.int8), (3000, 3, 3))  # most are there several times
    train, test = split(spins, 1500, 700, seed=1)
    assert train.shape == (1500, 3, 3)
    assert test.shape == (700, 3, 3)
    require_disjoint(train, test)
    again = split(spins, 1500, 700, seed=1)
    np.testing.assert_array_equal(train, again[0])
    assert not np.array_equal(train, split(spins, 1500, 700, seed=2)[0])


def test_split_refuses_what_it_cannot_give():
    spins = np.random.default_rng(5).choice(np.array([-1, 1], np.int8), (100, 4, 4))
    with pytest.raises(ValueError, match="draw more"):
        split(spins, 90, 30, seed=1)
    with pytest.raises(ValueError, match="both have to be positive"):
        split(spins, 50, 0, seed=1)
