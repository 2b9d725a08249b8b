from itertools import product

import numpy as np
import pytest

from spinlib.lattice import BOUNDARIES, Lattice
from spinlib.samplers.bits.word_vectors import WIDTH
from spinlib.samplers.multispin.layout import (
    MARGIN,
    Boundary,
    bond_signs,
    empty_words,
    repeat_rows,
    side_of,
    signs_of_bonds,
    unlike_neighbors,
)
from spinlib.samplers.multispin.packing import pack

ALL_BITS, FIRST, LAST, ZERO = (np.uint64(bits) for bits in (2**64 - 1, 1, 2**63, 0))
BITS = np.arange(64, dtype=np.uint64)


def boundary_of(lattice, in_strips):
    vertical, horizontal = lattice.boundary
    upper, lower = (FIRST, LAST) if in_strips else (ALL_BITS, ALL_BITS)
    seams, cuts = (
        np.array([upper * (vertical == name), lower * (vertical == name), ALL_BITS * (horizontal == name)], np.uint64)
        for name in ("antiperiodic", "free")
    )
    return Boundary(seams, cuts, int(in_strips))


def met(words, lattice, in_strips):
    """Whether each site of each bit differs from its neighbours above, below, left and right, as the words have it."""
    n_rows, n_columns = words.shape[1] - 2, lattice.shape[1] // 2
    found = np.empty((64, n_rows, 2 * n_columns, 4), bool)
    for color, row, column in product(range(2), range(n_rows), range(n_columns)):
        up, down, near, far = unlike_neighbors(words, color, row + 1, MARGIN + column, ZERO)
        left, right = (far, near) if side_of(row + 1, color) < 0 else (near, far)
        place = 2 * column + (row + color) % 2
        bonds = np.array([[up, down, left, right]], np.uint64)
        found[:, row, place] = (bonds >> BITS[:, None]) & np.uint64(1)
    return found.reshape(1, *lattice.shape, 4) if in_strips else found


@pytest.mark.parametrize("boundary", list(product(BOUNDARIES, BOUNDARIES)))
@pytest.mark.parametrize(("shape", "in_strips"), [((2, 2), False), ((4, 6), False), ((128, 2), True), ((256, 4), True)])
def test_every_site_meets_its_neighbors(shape, in_strips, boundary):
    """Also after the rows of one colour have changed: in two parts, one word or one vector at a time."""
    lattice = Lattice(shape, boundary)
    index, weight = lattice.neighbors
    rng = np.random.default_rng(1)
    spins = rng.choice(np.array([-1, 1], np.int8), (1 if in_strips else 64, *shape))
    words = empty_words(spins.size // 64 // shape[1], shape[1] // 2)
    n_rows, n_columns = words.shape[1] - 2, shape[1] // 2
    for changed in (None, 0, 1):
        if changed is None:
            pack(spins.reshape(64, n_rows, -1), words, np.zeros(2, np.bool_), boundary_of(lattice, in_strips))
        else:
            flips = rng.integers(0, 2, (64, n_rows, shape[1])).astype(bool)
            flips[:, (np.indices(flips.shape[1:]).sum(axis=0) % 2) != changed] = False
            spins = np.where(flips.reshape(spins.shape), -spins, spins)
            fresh = empty_words(n_rows, n_columns)
            pack(spins.reshape(64, n_rows, -1), fresh, np.zeros(2, np.bool_), boundary_of(lattice, in_strips))
            inside = slice(MARGIN, MARGIN + n_columns)
            words[changed, 1:-1, inside] = fresh[changed, 1:-1, inside]
            for part in ((1, n_rows), (n_rows, n_rows + 1)):
                repeat_rows(words, changed, *part, n_columns, boundary_of(lattice, in_strips), ZERO)
        # Lattice has the neighbours below, above, right and left; where there is none, the site itself.
        flat = spins.reshape(len(spins), -1)
        neighbors = np.where(weight == 0, 1, weight) * flat[:, index]
        unlike = (neighbors != flat[:, :, None]).reshape(*spins.shape, 4)[..., [1, 0, 3, 2]]
        np.testing.assert_array_equal(met(words, lattice, in_strips), unlike)


def test_signs_stand_where_their_bonds_are_met():
    unlike = np.random.default_rng(2).integers(0, 2, (4, 22, 4)).astype(bool)
    signs = bond_signs(unlike)
    assert signs.ctypes.data % (8 * WIDTH) == 0
    for row, place in product(range(4), range(22)):
        color, column = (row + place) % 2, place // 2
        below, above, right, left = unlike[row, place]
        near, far = (left, right) if side_of(row + 1, color) > 0 else (right, left)
        expected = np.array([above, below, near, far]) * ALL_BITS
        np.testing.assert_array_equal(signs_of_bonds(signs, color, row + 1, MARGIN + column, ZERO), expected)


@pytest.mark.parametrize("n_columns", [1, 8, 19])
def test_rows_begin_at_a_cache_line(n_columns):
    words = empty_words(6, n_columns)
    assert not words.any()
    assert {words[0, row].ctypes.data % (8 * WIDTH) for row in range(8)} == {0}
