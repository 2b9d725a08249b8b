import numpy as np
import pytest

from spinlib.samplers.bit_packing import pack, unpack
from spinlib.samplers.multispin_kernel import MARGIN, empty_words

ALL_BITS = np.uint64(2**64 - 1)
NO_SEAMS = np.zeros(3, np.uint64)


def random_spins(n_rows, n_columns):
    return np.random.default_rng(7).choice(np.array([-1, 1], np.int8), (64, n_rows, 2 * n_columns))


def packed(spins, inverted=(False, False), seams=NO_SEAMS, turn=0):
    words = empty_words(spins.shape[1], spins.shape[2] // 2)
    pack(spins, words, np.array(inverted), seams, turn)
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


def test_a_site_stands_where_the_kernel_says():
    spins = random_spins(4, 3)
    words = packed(spins, (False, True))
    for i in range(4):
        for j in range(6):
            color = (i + j) % 2
            up = words[color, i + 1, MARGIN + j // 2] >> np.arange(64, dtype=np.uint64) & np.uint64(1)
            np.testing.assert_array_equal(up == 1, (spins[:, i, j] == 1) != (color == 1))


def test_margins_repeat_the_sites_across_the_boundary():
    spins = random_spins(4, 3)
    seams = np.array([ALL_BITS, ALL_BITS, 0], np.uint64)
    words = packed(spins, seams=seams)
    inside = slice(MARGIN, MARGIN + 3)
    np.testing.assert_array_equal(words[:, 0, inside], ~words[:, 4, inside])
    np.testing.assert_array_equal(words[:, 5, inside], ~words[:, 1, inside])
    np.testing.assert_array_equal(words[:, 1:5, MARGIN - 1], words[:, 1:5, MARGIN + 2])
    np.testing.assert_array_equal(words[:, 1:5, MARGIN + 3], words[:, 1:5, MARGIN])


def test_strips_follow_each_other():
    """The row above the first one of strip b is the last one of strip b - 1."""
    words = packed(random_spins(4, 3), turn=1)
    inside = slice(MARGIN, MARGIN + 3)
    np.testing.assert_array_equal(words[:, 0, inside] >> np.uint64(1), words[:, 4, inside] & (ALL_BITS >> np.uint64(1)))
    np.testing.assert_array_equal(words[:, 0, inside] & np.uint64(1), words[:, 4, inside] >> np.uint64(63))
    np.testing.assert_array_equal(words[:, 5, inside] << np.uint64(1), words[:, 1, inside] & ~np.uint64(1))
    np.testing.assert_array_equal(words[:, 5, inside] >> np.uint64(63), words[:, 1, inside] & np.uint64(1))
