from itertools import product

import numpy as np
import pytest

from spinlib.lattice import NEIGHBORHOODS, Lattice
from spinlib.samplers.stencils import forward_stencils, stencils

SHAPES = [(2,), (3,), (4,), (9,), (2, 2), (4, 6), (3, 8), (6, 5), (12, 10), (3, 4, 5), (6, 7, 8)]


@pytest.mark.parametrize("neighborhood", NEIGHBORHOODS)
@pytest.mark.parametrize("boundary", [("periodic",) * 3, ("free",) * 3, ("antiperiodic", "free", "periodic")])
def test_stencils_are_the_table_of_neighbors(neighborhood, boundary):
    n_lattices = 0
    for shape in SHAPES:
        try:
            lattice = Lattice(shape, boundary[: len(shape)], neighborhood)
        except ValueError:
            continue
        kind, offset, weight = stencils(lattice)
        index, weights = lattice.neighbors
        np.testing.assert_array_equal(np.arange(lattice.n_sites)[:, None] + offset[kind], index)
        np.testing.assert_array_equal(weight[kind], weights)
        n_lattices += 1
    assert n_lattices >= 2


def test_equal_lattices_share_their_stencils():
    lattice = Lattice((4, 4))
    assert stencils(lattice) is stencils(Lattice((4, 4)))
    assert stencils(lattice) is not stencils(Lattice((4, 4), "free"))


@pytest.mark.parametrize("neighborhood", NEIGHBORHOODS)
@pytest.mark.parametrize(
    "shape", [(2,), (7,), (2, 2), (10, 8), (8, 9), (30, 17), (2, 40), (40, 3), (9, 8, 12), (2, 3, 20)]
)
def test_forward_stencils_meet_every_bond_once_in_the_lattices_order(neighborhood, shape):
    n_lattices = 0
    for boundary in product(("periodic", "antiperiodic", "free"), repeat=len(shape)):
        try:
            lattice = Lattice(shape, boundary, neighborhood)
        except ValueError:
            continue
        kind, offset, weight = forward_stencils(lattice)
        direction, site = np.nonzero(weight[:, kind])
        first, second, weights, _ = lattice.bonds
        np.testing.assert_array_equal(site, first)
        np.testing.assert_array_equal(site + offset[direction, kind[site]], second)
        np.testing.assert_array_equal(weight[direction, kind[site]], weights)
        n_lattices += 1
    assert n_lattices or neighborhood != "nearest"


def test_stencils_make_no_table_of_neighbors():
    lattice = Lattice((60, 70), "free", "moore")
    forward_stencils(lattice)
    assert not {"neighbors", "forward_neighbors", "bonds"} & set(vars(lattice))
