from itertools import product

import numpy as np
import pytest

from spinlib.lattice import Lattice
from spinlib.samplers.bits.row_bits import bonds, pack, regular_bonds, unpack

WIDTHS = [2, 63, 64, 65, 128, 130]


def bit(words, words_per_row, row, column):
    return int(words[row * words_per_row + column // 64]) >> (column % 64) & 1


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("q", [0, 2, 3, 16, 127])
def test_packed_spins_come_back(width, q):
    rng = np.random.default_rng(width)
    spins = rng.integers(q, size=(3, width), dtype=np.int8) if q else rng.choice(np.array([-1, 1], np.int8), (3, width))
    words_per_row = (width + 63) // 64
    planes = np.empty(((q - 1).bit_length() if q else 1, 3 * words_per_row), np.uint64)
    pack(spins.ravel(), planes, width, q == 0)
    for row, column in ((0, 0), (1, width // 2), (2, width - 1)):
        state = sum(bit(plane, words_per_row, row, column) << k for k, plane in enumerate(planes))
        assert state == (spins[row, column] if q else spins[row, column] < 0)
    back = np.zeros(spins.size, np.int8)
    unpack(planes, back, width, q == 0)
    np.testing.assert_array_equal(back.reshape(spins.shape), spins)


@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 65), (2, 3, 70)])
def test_bonds_are_the_bonds_of_the_lattice(shape):
    boundary = ("antiperiodic", "free", "periodic")[-len(shape) :]
    lattice = Lattice(shape, boundary)
    index, weight = lattice.forward_neighbors
    width, words_per_row, before, after, present, unlike = bonds(lattice, weight)
    assert (width, words_per_row) == (shape[-1], (shape[-1] + 63) // 64)
    for x in range(lattice.n_sites):
        row, column = divmod(x, width)
        for axis in range(len(shape)):
            assert bit(present[axis], words_per_row, row, column) == (weight[axis, x] != 0)
            assert bit(unlike[axis], words_per_row, row, column) == (weight[axis, x] < 0)
            if axis < len(shape) - 1 and weight[axis, x]:
                assert after[axis, row] == index[axis, x] // width
                assert before[axis, after[axis, row]] == row


@pytest.mark.parametrize("shape", [(5,), (130,), (3, 4), (2, 64), (2, 65), (2, 3, 70), (2, 2, 2)])
def test_bonds_of_one_coupling_per_axis_are_those_of_its_table(shape):
    for boundary in product(("periodic", "antiperiodic", "free"), repeat=len(shape)):
        for signs in product((1, -1), repeat=len(shape)):
            lattice = Lattice(shape, boundary)
            table = regular_bonds(lattice, np.array(signs) < 0)
            assert "forward_neighbors" not in vars(lattice)
            expected = bonds(lattice, np.array(signs)[:, None] * lattice.forward_neighbors[1])
            for ours, theirs in zip(table[:5], expected[:5], strict=True):
                np.testing.assert_array_equal(ours, theirs)
            # Where a bond is missing, it does not matter what it would favour.
            np.testing.assert_array_equal(table.unlike & table.present, expected.unlike)
