import numpy as np
import pytest

from spinlib.samplers import bit_counts
from spinlib.samplers.bit_counts import count_unsatisfied, count_up
from spinlib.samplers.bit_packing import pack
from spinlib.samplers.multispin_layout import Boundary, bond_signs, empty_words

PERIODIC = Boundary(np.zeros(3, np.uint64), np.zeros(3, np.uint64), 0)
ALIKE = np.empty((2, 4, 0, 0), np.uint64)


def packed(spins):
    words = empty_words(spins.shape[1], spins.shape[2] // 2)
    pack(spins, words, np.zeros(2, np.bool_), PERIODIC)
    return words


@pytest.mark.parametrize(("n_rows", "n_columns"), [(2, 1), (6, 7), (64, 8), (10, 37)])
def test_counts_of_random_spins(n_rows, n_columns):
    spins = np.random.default_rng(3).choice(np.array([-1, 1], np.int8), (64, n_rows, 2 * n_columns))
    words = packed(spins)
    unlike = [(spins != np.roll(spins, -1, axis)).sum(axis=(1, 2)) for axis in (1, 2)]
    np.testing.assert_array_equal(count_unsatisfied(words, ALIKE, n_columns), unlike[0] + unlike[1])
    color = np.indices(spins.shape[1:]).sum(axis=0) % 2
    for c in range(2):
        np.testing.assert_array_equal(count_up(words, n_columns, c), ((spins == 1) & (color == c)).sum(axis=(1, 2)))


def test_counts_where_some_bonds_are_satisfied_by_unlike_spins():
    rng = np.random.default_rng(5)
    spins = rng.choice(np.array([-1, 1], np.int8), (64, 6, 22))
    down, right = rng.integers(0, 2, (2, 6, 22)).astype(bool)
    unlike = np.stack([down, np.roll(down, 1, axis=0), right, np.roll(right, 1, axis=1)], axis=2)
    expected = [
        ((spins != np.roll(spins, -1, axis)) != bonds).sum(axis=(1, 2)) for axis, bonds in ((1, down), (2, right))
    ]
    np.testing.assert_array_equal(count_unsatisfied(packed(spins), bond_signs(unlike), 11), expected[0] + expected[1])


def test_the_largest_counts():
    spins = np.ones((64, 64, 96), np.int8)
    spins[:, ::2, ::2] = spins[:, 1::2, 1::2] = -1
    assert set(count_unsatisfied(packed(spins), ALIKE, 48)) == {2 * 64 * 96}


def test_counts_one_word_at_a_time(monkeypatch):
    """As where numba is told not to compile."""
    spins = np.random.default_rng(4).choice(np.array([-1, 1], np.int8), (64, 4, 20))
    words = packed(spins)
    compiled = count_unsatisfied(words, ALIKE, 10), count_up(words, 10, 1)
    for name in ("_zeros", "_sites", "_add", "_totals"):
        monkeypatch.setattr(bit_counts, name, getattr(bit_counts, name).py_func)
    np.testing.assert_array_equal(compiled[0], count_unsatisfied.py_func(words, ALIKE, 10))
    np.testing.assert_array_equal(compiled[1], count_up.py_func(words, 10, 1))
