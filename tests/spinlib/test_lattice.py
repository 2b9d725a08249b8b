"""Neighbours, bonds, boundaries and colourings of every neighbourhood."""

import pickle
from itertools import combinations, product

import numpy as np
import pytest

from spinlib.lattice import NEIGHBORHOODS, Lattice

# (neighborhood, axes): neighbours of a site and colours, counted by hand.
COORDINATION = {
    ("nearest", 1): (2, 2),
    ("nearest", 2): (4, 2),
    ("nearest", 3): (6, 2),
    ("next_nearest", 1): (4, 3),
    ("next_nearest", 2): (8, 4),
    ("next_nearest", 3): (18, 4),
    ("triangular", 2): (6, 3),
    ("honeycomb", 2): (3, 2),
    ("moore", 1): (2, 2),
    ("moore", 2): (8, 4),
    ("moore", 3): (26, 8),
    ("moore2", 1): (4, 3),
    ("moore2", 2): (24, 9),
    ("moore2", 3): (124, 27),
}
SHAPES = {1: [(6,), (12,)], 2: [(6, 6), (6, 12), (12, 6)], 3: [(6, 6, 6)]}
CASES = [
    (neighborhood, shape, boundary)
    for (neighborhood, ndim) in COORDINATION
    for shape in SHAPES[ndim]
    for boundary in product(("periodic", "antiperiodic", "free"), repeat=min(ndim, 2))
    if ndim < 3 or boundary[0] != boundary[1]
]


def build(neighborhood, shape, boundary):
    return Lattice(shape, boundary + boundary[:1] * (len(shape) - len(boundary)), neighborhood)


def positions(lattice):
    """Where the sites stand in the plane or in space, with axis 0 as the first coordinate."""
    sites = np.indices(lattice.shape).reshape(lattice.ndim, -1).T.astype(float)
    if lattice.neighborhood == "triangular":
        sites[:, 1] += (sites[:, 0] % 2) / 2
        sites[:, 0] *= np.sqrt(3) / 2
    return sites


def clique(lattice, sites):
    """Whether all pairs of these flat sites are bonded."""
    i, j, _, _ = lattice.bonds
    bonded = {frozenset(pair) for pair in zip(i.tolist(), j.tolist(), strict=True)}
    return all(frozenset(pair) in bonded for pair in combinations(sites, 2))


@pytest.mark.parametrize(("neighborhood", "shape", "boundary"), CASES)
def test_neighbors_and_bonds_are_one_graph(neighborhood, shape, boundary):
    lattice = build(neighborhood, shape, boundary)
    index, weight = lattice.neighbors
    i, j, bond_weight, _ = lattice.bonds
    adjacency = np.zeros((lattice.n_sites, lattice.n_sites), dtype=int)
    np.add.at(adjacency, (np.arange(lattice.n_sites)[:, None], index), weight)
    from_bonds = np.zeros_like(adjacency)
    np.add.at(from_bonds, (i, j), bond_weight)
    np.add.at(from_bonds, (j, i), bond_weight)
    assert np.array_equal(adjacency, adjacency.T)
    assert np.array_equal(adjacency, from_bonds)
    assert not np.any(i == j)
    assert np.count_nonzero(weight) == 2 * len(i)
    assert np.array_equal(index[weight == 0], np.nonzero(weight == 0)[0])
    assert (index.dtype, weight.dtype, i.dtype, bond_weight.dtype) == (np.int32, np.int8, np.int32, np.int8)


@pytest.mark.parametrize(("neighborhood", "shape", "boundary"), CASES)
def test_neighbors_of_some_sites_are_those_of_the_table(neighborhood, shape, boundary):
    lattice = build(neighborhood, shape, boundary)
    sites = np.random.default_rng(0).permutation(lattice.n_sites)[:20]
    index, weight, counted = lattice.neighbors_of(sites)
    assert np.array_equal(index, lattice.neighbors[0][sites])
    assert np.array_equal(weight, lattice.neighbors[1][sites])
    index, weight, counted = lattice.neighbors_of(np.arange(lattice.n_sites))
    i, j, sign, _ = lattice.bonds
    own = np.nonzero(counted)[0]
    assert sorted(zip(own, index[counted], weight[counted], strict=True)) == sorted(zip(i, j, sign, strict=True))


@pytest.mark.parametrize(("neighborhood", "ndim"), COORDINATION)
def test_neighbors_are_those_within_reach(neighborhood, ndim):
    lattice = Lattice(SHAPES[ndim][0], "free", neighborhood)
    x = positions(lattice)
    step = np.abs(x[:, None] - x[None])
    squared, furthest = (step**2).sum(axis=2), step.max(axis=2)
    if neighborhood == "honeycomb":
        i, j = np.nonzero(squared == 1)
        vertical = step[i, j, 0] == 1
        upper = np.minimum(x[i, 0], x[j, 0])
        keep = ~vertical | ((upper + x[i, 1]) % 2 == 0)
        expected = set(zip(i[keep].tolist(), j[keep].tolist(), strict=True))
    else:
        within = {
            "nearest": squared <= 1,
            "triangular": squared < 1.01,
            "next_nearest": squared <= (4 if ndim == 1 else 2),
            "moore": furthest <= 1,
            "moore2": furthest <= 2,
        }[neighborhood]
        expected = set(map(tuple, np.argwhere(within & (squared > 0)).tolist()))
    i, j, _, _ = lattice.bonds
    pairs = list(zip(i.tolist(), j.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)
    assert {*pairs, *((b, a) for a, b in pairs)} == expected


@pytest.mark.parametrize(("neighborhood", "ndim"), COORDINATION)
def test_periodic_lattice_looks_the_same_from_everywhere(neighborhood, ndim):
    lattice = Lattice(SHAPES[ndim][-1], "periodic", neighborhood)
    z, n_colors = COORDINATION[neighborhood, ndim]
    index, weight = lattice.neighbors
    assert lattice.coordination == z == index.shape[1]
    assert lattice.n_colors == n_colors
    assert np.all(weight == 1)
    assert len(lattice.bonds[0]) == lattice.n_sites * z / 2
    assert np.all(np.bincount(index.ravel()) == z)
    assert all(len(set(row)) == z for row in index.tolist())


def test_nearest_bonds_are_axis_major_and_point_forward():
    lattice = Lattice((3, 4), ("periodic", "free"))
    i, j, weight, axis = lattice.bonds
    sites = np.arange(12).reshape(3, 4)
    assert np.array_equal(axis, [0] * 12 + [1] * 9)
    assert np.array_equal(i, [*sites.ravel(), *sites[:, :-1].ravel()])
    assert np.array_equal(j, [*np.roll(sites, -1, axis=0).ravel(), *sites[:, 1:].ravel()])
    assert np.all(weight == 1)
    index, _ = lattice.neighbors
    assert np.array_equal(index[5], [9, 1, 6, 4])


def test_bonds_off_the_axes_are_marked():
    _, _, _, axis = Lattice((6, 6), neighborhood="moore").bonds
    assert np.array_equal(np.unique(axis, return_counts=True), [[-1, 0, 1], [72, 36, 36]])


def test_antiperiodic_seam_changes_the_sign_of_every_loop_around_it():
    lattice = Lattice((4, 6), ("antiperiodic", "periodic"))
    i, _, weight, axis = lattice.bonds
    around = np.ones((2, 24))
    np.multiply.at(around, (axis, i), weight)
    assert np.all(around[0].reshape(4, 6).prod(axis=0) == -1)
    assert np.all(around[1].reshape(4, 6).prod(axis=1) == 1)
    # The sign stands on the bonds from the last row to the first.
    assert set(i[weight == -1].tolist()) == set(range(18, 24))


def test_bond_across_two_antiperiodic_seams_keeps_its_sign():
    lattice = Lattice((4, 4), "antiperiodic", "moore")
    index, weight = lattice.neighbors
    corner = dict(zip(index[15].tolist(), weight[15].tolist(), strict=True))
    assert corner[0] == 1
    assert corner[12] == corner[3] == -1
    assert corner[10] == 1


@pytest.mark.parametrize("boundary", ["periodic", "antiperiodic", "free"])
def test_axis_of_length_two_has_double_bonds(boundary):
    lattice = Lattice((2,), boundary)
    i, j, weight, axis = lattice.bonds
    if boundary == "free":
        assert (i.tolist(), j.tolist(), weight.tolist()) == ([0], [1], [1])
    else:
        assert (i.tolist(), j.tolist()) == ([0, 1], [1, 0])
        assert weight.tolist() == ([1, 1] if boundary == "periodic" else [1, -1])
    assert not axis.any()


@pytest.mark.parametrize(("neighborhood", "shape", "boundary"), CASES)
def test_no_bond_joins_two_sites_of_one_color(neighborhood, shape, boundary):
    lattice = build(neighborhood, shape, boundary)
    coloring = lattice.coloring
    i, j, _, _ = lattice.bonds
    assert not np.any(coloring.ravel()[i] == coloring.ravel()[j])
    assert lattice.conflicts(coloring) == 0
    assert coloring.shape == shape
    assert np.array_equal(np.unique(coloring), np.arange(lattice.n_colors))
    assert np.array_equal(np.sort(np.concatenate(lattice.sublattices)), np.arange(lattice.n_sites))
    assert all(len(set(coloring.ravel()[sites])) == 1 for sites in lattice.sublattices)


@pytest.mark.parametrize(("neighborhood", "ndim"), COORDINATION)
def test_free_lattices_of_any_size_are_colored(neighborhood, ndim):
    for shape in product((2, 3, 5, 7), repeat=ndim) if ndim < 3 else [(3, 5, 4), (2, 7, 3)]:
        lattice = Lattice(shape, "free", neighborhood)
        assert lattice.conflicts(lattice.coloring) == 0


@pytest.mark.parametrize(
    ("neighborhood", "mutual_neighbors"),
    [
        ("nearest", [(0, 0), (0, 1)]),
        ("honeycomb", [(0, 0), (0, 1)]),
        ("triangular", [(2, 2), (2, 3), (3, 2)]),
        ("moore", [(r, c) for r in range(2) for c in range(2)]),
        ("next_nearest", [(r, c) for r in range(2) for c in range(2)]),
        ("moore2", [(r, c) for r in range(3) for c in range(3)]),
    ],
)
def test_fewer_colors_are_impossible(neighborhood, mutual_neighbors):
    """Mutual neighbours all need colours of their own, and there are as many of them as colours."""
    lattice = Lattice((6, 6), neighborhood=neighborhood)
    assert clique(lattice, [int(np.ravel_multi_index(site, (6, 6))) for site in mutual_neighbors])
    assert len(mutual_neighbors) == lattice.n_colors


def test_fewer_colors_are_impossible_on_other_axes():
    assert clique(Lattice((9,), neighborhood="next_nearest"), [3, 4, 5])
    tetrahedron = [np.ravel_multi_index(site, (4, 4, 4)) for site in [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]]
    assert clique(Lattice((4, 4, 4), neighborhood="next_nearest"), map(int, tetrahedron))


def test_two_colors_fail_for_eight_neighbors():
    """Paper dp, Fig. 1: the checkerboard is valid for four neighbours only; any two colours fail for eight."""
    checkerboard = np.indices((6, 6)).sum(axis=0) % 2
    assert Lattice((6, 6)).conflicts(checkerboard) == 0
    # Every diagonal bond joins two sites of one colour: two per site.
    assert Lattice((6, 6), neighborhood="moore").conflicts(checkerboard) == 72
    small = Lattice((3, 3), "free", "moore")
    assert all(small.conflicts(np.reshape(c, (3, 3))) > 0 for c in product((0, 1), repeat=9))


def test_two_colors_fail_on_the_triangular_lattice():
    lattice = Lattice((4, 6), neighborhood="triangular")
    assert lattice.conflicts(np.indices((4, 6)).sum(axis=0) % 2) > 0
    small = Lattice((3, 3), "free", "triangular")
    assert all(small.conflicts(np.reshape(c, (3, 3))) > 0 for c in product((0, 1), repeat=9))


@pytest.mark.parametrize(
    ("shape", "neighborhood", "sizes"),
    [
        ((4, 5), "nearest", "4 or 6"),
        ((3,), "nearest", "2 or 4"),
        ((4, 7), "moore", "6 or 8"),
        ((3, 4), "moore2", "3 or 6"),
        ((4,), "next_nearest", "3 or 6"),
        ((5,), "next_nearest", "3 or 6"),
        ((4, 8), "triangular", "6 or 9"),
        ((4, 2), "triangular", "as 3"),
        ((4, 4, 5), "next_nearest", "4 or 6"),
    ],
)
def test_refuses_a_coloring_that_does_not_close(shape, neighborhood, sizes):
    lattice = Lattice(shape, "periodic", neighborhood)
    assert lattice.neighbors[0].shape == (lattice.n_sites, lattice.coordination)
    with pytest.raises(ValueError, match=f"no colouring with {lattice.n_colors} colours.*{sizes}"):
        _ = lattice.coloring
    with pytest.raises(ValueError, match="no colouring"):
        _ = lattice.sublattices


@pytest.mark.parametrize("length", [0, 1, -3])
def test_refuses_axes_that_are_too_short(length):
    with pytest.raises(ValueError, match=rf"shape \(4, {length}\).*at least 2"):
        Lattice((4, length))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((4, 4), "closed"), "boundary 'closed': allowed are 'periodic', 'antiperiodic', 'free'"),
        (((4, 4), ("free", "open")), "boundary 'open'"),
        (((4, 4), ("free",)), "each of the 2 axes"),
        (((4, 4), ("free",) * 3), "each of the 2 axes"),
        (((4, 4), "free", "von_neumann"), "neighborhood 'von_neumann': allowed are 'nearest'"),
        (((), "free"), "1 to 3 axes"),
        (((4, 4, 4, 4), "free"), "1 to 3 axes"),
        (((6,), "free", "triangular"), "needs two axes"),
        (((6, 6, 6), "free", "honeycomb"), "needs two axes"),
        (((5, 6), "periodic", "triangular"), "even length along axis 0"),
        (((6, 5), "antiperiodic", "honeycomb"), "even length along axis 1"),
        (((4, 2), "periodic", "moore2"), "at least 3 sites"),
        (((2,), "antiperiodic", "next_nearest"), "at least 3 sites"),
        (((65536, 65536), "periodic"), "at most"),
    ],
)
def test_refuses_lattices_that_do_not_exist(arguments, message):
    with pytest.raises(ValueError, match=message):
        Lattice(*arguments)


@pytest.mark.parametrize("arguments", [(4,), ((4.0, 4),), (("4", 4),), ((4, 4), 3), ((4, 4), None)])
def test_refuses_arguments_of_other_types(arguments):
    with pytest.raises(TypeError, match=r"shape|boundary"):
        Lattice(*arguments)


def test_odd_rows_are_allowed_where_they_need_not_match():
    lattice = Lattice((5, 6), ("free", "periodic"), "triangular")
    assert lattice.conflicts(lattice.coloring) == 0
    assert Lattice((5, 5), "free", "honeycomb").n_sites == 25


def test_conflicts_refuses_another_shape():
    with pytest.raises(ValueError, match=r"coloring of shape \(4,\)"):
        Lattice((4, 4)).conflicts(np.zeros(4))


def test_lattices_compare_and_pickle_by_value():
    lattice = Lattice([np.int64(8), 8], "free")
    assert lattice == Lattice((8, 8), ("free", "free"))
    assert hash(lattice) == hash(Lattice((8, 8), "free"))
    assert lattice.shape == (8, 8)
    assert lattice.boundary == ("free", "free")
    _ = lattice.neighbors
    assert pickle.loads(pickle.dumps(lattice)) == lattice
    assert len(pickle.dumps(lattice)) < 300


def test_tables_cannot_be_changed():
    lattice = Lattice((4, 4))
    for table in (*lattice.neighbors, *lattice.forward_neighbors, *lattice.bonds, lattice.coloring):
        with pytest.raises(ValueError, match="read-only"):
            table[...] = 0


def test_every_neighborhood_is_tested():
    assert {neighborhood for neighborhood, _ in COORDINATION} == set(NEIGHBORHOODS)
