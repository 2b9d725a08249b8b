"""The order of the sites and their neighbours as distances, against the lattice's own tables."""

import numpy as np
import pytest

from spinlib.lattice import NEIGHBORHOODS, Lattice
from spinlib.models import Ising
from spinlib.samplers.single_spin.site_order import paired_stencils, run_end, site_order

LATTICES = []
for shape in [(2,), (5,), (12,), (2, 3), (4, 6), (6, 12), (5, 7), (3, 3, 4), (6, 6, 6)]:
    for neighborhood in NEIGHBORHOODS:
        for boundary in ("periodic", "antiperiodic", "free"):
            try:
                LATTICES.append(Lattice(shape, boundary, neighborhood))
            except ValueError:
                continue


@pytest.mark.parametrize("lattice", LATTICES, ids=repr)
def test_sites_are_visited_by_colour_or_in_typewriter_order(lattice):
    try:
        expected = np.concatenate(lattice.sublattices)
    except ValueError:
        expected = np.arange(lattice.n_sites)
    assert np.array_equal(site_order(lattice).sites(), expected)


@pytest.mark.parametrize("lattice", LATTICES, ids=repr)
def test_runs_hold_every_site_once_with_neighbors_at_the_distances_of_the_first(lattice):
    order, (kind, offset, weight) = site_order(lattice), paired_stencils(lattice)
    index, sign = lattice.neighbors
    seen = []
    for columns in order.first:
        for row, column in enumerate(columns):
            x = row * order.width + int(column)
            while column >= 0 and x < (row + 1) * order.width:
                own = kind[x]
                end = row * order.width + int(run_end(np.uint64(x - row * order.width), order))
                while x < end:
                    z = index.shape[1]
                    assert np.array_equal(x + offset[own, :z], index[x])
                    assert np.array_equal(weight[own, :z], sign[x])
                    assert not weight[own, z:].any()
                    seen.append(x)
                    x += order.step
    assert np.array_equal(seen, order.sites())


def test_orders_take_a_byte_per_row_and_color():
    order = site_order(Ising((64, 4096)).lattice)
    assert order.first.nbytes == 2 * 64
    assert paired_stencils(Ising((64, 4096)).lattice).kind.dtype == np.uint8
