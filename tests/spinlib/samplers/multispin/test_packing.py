import numpy as np
import pytest

from spinlib.samplers.multispin.layout import MARGIN, Boundary, empty_words
from spinlib.samplers.multispin.packing import pack, unpack

PERIODIC = Boundary(np.zeros(3, np.uint64), np.zeros(3, np.uint64), 0)


def random_spins(n_rows, n_columns):
    return np.random.default_rng(7).choice(np.array([-1, 1], np.int8), (64, n_rows, 2 * n_columns))


def packed(spins, inverted=(False, False)):
    words = empty_words(spins.shape[1], spins.shape[2] // 2)
    pack(spins, words, np.array(inverted), PERIODIC)
    return words


@pytest.mark.parametrize(("n_rows", "n_columns"), [(2, 1), (6, 5), (4, 8), (2, 37)])
@pytest.mark.parametrize("inverted", [(False, False), (False, True)])
def test_unpack_inverts_pack(n_rows, n_columns, inverted):
    spins = random_spins(n_rows, n_columns)
    words = packed(spins, inverted)
    for n_bits in (64, 3):
        back = np.zeros((n_bits, n_rows, 2 * n_columns), np.int8)
        unpack(words, back, np.array(inverted))
        np.testing.assert_array_equal(back, spins[:n_bits])


def test_a_site_stands_where_the_layout_says():
    spins = random_spins(4, 3)
    words = packed(spins, (False, True))
    for i in range(4):
        for j in range(6):
            color = (i + j) % 2
            up = words[color, i + 1, MARGIN + j // 2] >> np.arange(64, dtype=np.uint64) & np.uint64(1)
            np.testing.assert_array_equal(up == 1, (spins[:, i, j] == 1) != (color == 1))
