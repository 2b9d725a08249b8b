import numpy as np
import pytest

from spinlib.compilation import njit
from spinlib.samplers.multispin import counts as bit_counts
from spinlib.samplers.multispin.layout import Boundary, bond_signs, empty_words
from spinlib.samplers.multispin.packing import pack

PERIODIC = Boundary(np.zeros(3, np.uint64), np.zeros(3, np.uint64), 0)
ALIKE = np.empty((2, 4, 0, 0), np.uint64)


@njit()
def compiled_count_up(words, inverted, counters, counts):
    bit_counts.count_up(words, inverted, counters, counts)


@njit()
def compiled_count_unsatisfied(words, signs, counters, counts):
    bit_counts.count_unsatisfied(words, signs, counters, counts)


def count(function, words, condition, n_columns, n_replicas=64):
    """Counts by a function in memory that holds rubbish from a count before."""
    counters, counts = bit_counts.empty_counters(words.shape[1] - 2, n_columns), np.full(n_replicas, -1)
    counters.digits[:], counters.carries[:] = 5, 3
    function(words, condition, counters, counts)
    return counts


def count_up(words, n_columns, inverted=(False, False), **options):
    return count(compiled_count_up, words, np.array(inverted), n_columns, **options)


def count_unsatisfied(words, signs, n_columns, **options):
    return count(compiled_count_unsatisfied, words, signs, n_columns, **options)


def packed(spins, inverted=(False, False)):
    words = empty_words(spins.shape[1], spins.shape[2] // 2)
    pack(spins, words, np.array(inverted), PERIODIC)
    return words


@pytest.mark.parametrize(("n_rows", "n_columns"), [(2, 1), (6, 7), (64, 8), (10, 37)])
def test_counts_of_random_spins(n_rows, n_columns):
    spins = np.random.default_rng(3).choice(np.array([-1, 1], np.int8), (64, n_rows, 2 * n_columns))
    words = packed(spins)
    unlike = [(spins != np.roll(spins, -1, axis)).sum(axis=(1, 2)) for axis in (1, 2)]
    np.testing.assert_array_equal(count_unsatisfied(words, ALIKE, n_columns), unlike[0] + unlike[1])
    for inverted in ((False, False), (False, True), (True, False)):
        words = packed(spins, inverted)
        np.testing.assert_array_equal(count_up(words, n_columns, inverted), (spins == 1).sum(axis=(1, 2)))


@pytest.mark.parametrize("n_replicas", [1, 2, 4, 8, 16, 32, 64])
@pytest.mark.parametrize("n_columns", [5, 8, 37])
def test_the_strips_of_a_replica_are_added(n_replicas, n_columns):
    spins = np.random.default_rng(6).choice(np.array([-1, 1], np.int8), (64, 4, 2 * n_columns))
    words = packed(spins)
    for of_bits, of_replicas in (
        (count_up(words, n_columns), count_up(words, n_columns, n_replicas=n_replicas)),
        (count_unsatisfied(words, ALIKE, n_columns), count_unsatisfied(words, ALIKE, n_columns, n_replicas=n_replicas)),
    ):
        np.testing.assert_array_equal(of_replicas, of_bits.reshape(-1, n_replicas).sum(axis=0))


def test_counts_where_some_bonds_are_satisfied_by_unlike_spins():
    rng = np.random.default_rng(5)
    spins = rng.choice(np.array([-1, 1], np.int8), (64, 6, 22))
    down, right = rng.integers(0, 2, (2, 6, 22)).astype(bool)
    unlike = np.stack([down, np.roll(down, 1, axis=0), right, np.roll(right, 1, axis=1)], axis=2)
    expected = [
        ((spins != np.roll(spins, -1, axis)) != bonds).sum(axis=(1, 2)) for axis, bonds in ((1, down), (2, right))
    ]
    np.testing.assert_array_equal(count_unsatisfied(packed(spins), bond_signs(unlike), 11), expected[0] + expected[1])


@pytest.mark.parametrize("n_columns", [1, 8, 9, 48])
@pytest.mark.parametrize("n_replicas", [1, 64])
def test_the_largest_counts(n_columns, n_replicas):
    spins = np.ones((64, 64, 2 * n_columns), np.int8)
    up = count_up(packed(spins), n_columns, n_replicas=n_replicas)
    assert set(up) == {64 // n_replicas * 64 * 2 * n_columns}
    spins[:, ::2, ::2] = spins[:, 1::2, 1::2] = -1
    unsatisfied = count_unsatisfied(packed(spins), ALIKE, n_columns, n_replicas=n_replicas)
    assert set(unsatisfied) == {64 // n_replicas * 2 * 64 * 2 * n_columns}


def test_more_carries_than_their_list_holds(monkeypatch):
    spins = np.random.default_rng(8).choice(np.array([-1, 1], np.int8), (64, 6, 40))
    words = packed(spins)
    expected = count_up(words, 20), count_unsatisfied(words, ALIKE, 20)
    for n_vectors in (1, 2, 5):
        monkeypatch.setattr(bit_counts, "_CARRIES", 8 * n_vectors)
        np.testing.assert_array_equal(count_up(words, 20), expected[0])
        np.testing.assert_array_equal(count_unsatisfied(words, ALIKE, 20), expected[1])


def test_counts_one_word_at_a_time():
    """As where numba is told not to compile."""
    spins = np.random.default_rng(4).choice(np.array([-1, 1], np.int8), (64, 4, 20))
    words = packed(spins, (False, True))
    inverted = np.array([False, True])
    for function, compiled, condition in (
        (bit_counts.count_up, compiled_count_up, inverted),
        (bit_counts.count_unsatisfied, compiled_count_unsatisfied, ALIKE),
    ):
        for n_replicas in (64, 4):
            expected = count(compiled, words, condition, 10, n_replicas)
            np.testing.assert_array_equal(count(function, words, condition, 10, n_replicas), expected)
