import numpy as np
import pytest

from spinlib.lattice import NEIGHBORHOODS, Lattice
from spinlib.samplers.stencils import stencils

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
