import numpy as np
import pytest

from spinlib.samplers import bit_counts
from spinlib.samplers.bit_counts import count_unlike, count_up
from spinlib.samplers.bit_packing import pack
from spinlib.samplers.multispin_kernel import empty_words


def packed(spins):
    words = empty_words(spins.shape[1], spins.shape[2] // 2)
    pack(spins, words, np.zeros(2, np.bool_), np.zeros(3, np.uint64), 0)
    return words


@pytest.mark.parametrize(("n_rows", "n_columns"), [(2, 1), (6, 7), (64, 8), (10, 37)])
def test_counts_of_random_spins(n_rows, n_columns):
    spins = np.random.default_rng(3).choice(np.array([-1, 1], np.int8), (64, n_rows, 2 * n_columns))
    words = packed(spins)
    unlike = [(spins != np.roll(spins, -1, axis)).sum(axis=(1, 2)) for axis in (1, 2)]
    np.testing.assert_array_equal(count_unlike(words, n_columns), unlike[0] + unlike[1])
    color = np.indices(spins.shape[1:]).sum(axis=0) % 2
    for c in range(2):
        np.testing.assert_array_equal(count_up(words, n_columns, c), ((spins == 1) & (color == c)).sum(axis=(1, 2)))


def test_the_largest_counts():
    spins = np.ones((64, 64, 96), np.int8)
    spins[:, ::2, ::2] = spins[:, 1::2, 1::2] = -1
    assert set(count_unlike(packed(spins), 48)) == {2 * 64 * 96}


def test_counts_one_word_at_a_time(monkeypatch):
    """As where numba is told not to compile."""
    spins = np.random.default_rng(4).choice(np.array([-1, 1], np.int8), (64, 4, 20))
    words = packed(spins)
    compiled = count_unlike(words, 10), count_up(words, 10, 1)
    for name in ("_zeros", "_sites", "_add", "_totals"):
        monkeypatch.setattr(bit_counts, name, getattr(bit_counts, name).py_func)
    np.testing.assert_array_equal(compiled[0], count_unlike.py_func(words, 10))
    np.testing.assert_array_equal(compiled[1], count_up.py_func(words, 10, 1))
