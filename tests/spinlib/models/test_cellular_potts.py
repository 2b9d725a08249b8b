import pickle

import numpy as np
import pytest
import torch

from spinlib.models import CellularPotts

COUPLING = [[0.0, 16.0, 15.0], [16.0, 14.0, 11.0], [15.0, 11.0, 2.0]]
LATTICES = [
    ((5, 7), "periodic", "moore2"),
    ((4, 6), "periodic", "moore"),
    ((3, 3), "periodic", "moore2"),
    ((4, 5), "free", "moore2"),
    ((5, 4), ("free", "periodic"), "moore"),
    ((2, 3), "periodic", "nearest"),
    ((6,), "periodic", "next_nearest"),
    ((3, 2, 3), "free", "moore"),
]


def random_model(lattice):
    shape, boundary, neighborhood = lattice
    return CellularPotts(
        shape,
        [0, 1, 2, 2, 1],
        COUPLING,
        target_area=3.0,
        stiffness=0.7,
        boundary=boundary,
        neighborhood=neighborhood,
    )


def energy_by_loops(model, cells):
    """Equation 7 pair by pair, from geometry alone; each pair counted once."""
    reach = 2 if model.lattice.neighborhood == "moore2" else 1
    twice = 0.0
    for x in np.ndindex(*model.shape):
        for step in np.ndindex(*(2 * reach + 1,) * len(model.shape)):
            offset = np.array(step) - reach
            y = np.array(x) + offset
            if not offset.any():
                continue
            wrapped = y % model.shape
            crossed = (wrapped != y) & (np.array(model.lattice.boundary) == "free")
            a, b = cells[x], cells[tuple(wrapped)]
            if not crossed.any() and a != b:
                twice += model.coupling[model.types[a], model.types[b]]
    areas = [np.count_nonzero(cells == cell) for cell in range(1, model.n_cells + 1)]
    return twice / 2 + model.stiffness * sum((area - model.target_area) ** 2 for area in areas)


@pytest.mark.parametrize("lattice", [one for one in LATTICES if one[2] in ("moore", "moore2")], ids=str)
def test_energy_is_equation_7_pair_by_pair(lattice):
    model = random_model(lattice)
    cells = np.random.default_rng(1).integers(0, 5, (3, *model.shape))
    assert model.energy(cells) == pytest.approx([energy_by_loops(model, one) for one in cells], rel=1e-13)


def test_energy_of_two_square_cells_by_hand():
    # Two 2 x 2 cells, touching along a side of 2 sites, in a wide medium; 8 neighbours.
    cells = np.zeros((8, 8), dtype=np.int16)
    cells[3:5, 2:4], cells[3:5, 4:6] = 1, 2
    model = CellularPotts((8, 8), [0, 1, 2], COUPLING, target_area=5.0, neighborhood="moore")
    # Between the cells: 2 straight and 2 diagonal pairs. Each cell: 4 sites x 8 neighbours = 32 = 12 inside
    # (6 pairs twice) + 4 to the other cell + 16 to the medium.
    assert model.energy(cells) == 4 * 11 + 16 * 16 + 16 * 15 + 2 * (4 - 5) ** 2
    lengths = dict(zip(model.pair_names, model.boundary_lengths(cells), strict=True))
    assert lengths == {
        "medium-type 1": 6,
        "medium-type 2": 6,
        "type 1-type 1": 0,
        "type 1-type 2": 2,
        "type 2-type 2": 0,
    }
    model_lengths = dict(zip(model.type_pairs, model.boundary_lengths(cells, "moore"), strict=True))
    assert model_lengths == {(0, 1): 16, (0, 2): 16, (1, 1): 0, (1, 2): 4, (2, 2): 0}


@pytest.mark.parametrize("lattice", LATTICES, ids=str)
def test_energy_change_is_energy_after_minus_before(lattice):
    model = random_model(lattice)
    rng = np.random.default_rng(2)
    cells = rng.integers(0, 5, (2, *model.shape))
    cells[1][cells[1] == 3] = 0  # a vanished cell that may come back
    proposed = rng.integers(0, 5, cells.shape)
    after = np.broadcast_to(cells[:, None], (2, model.n_sites, *model.shape)).reshape(2, model.n_sites, -1).copy()
    sites = np.arange(model.n_sites)
    after[:, sites, sites] = proposed.reshape(2, -1)
    after = after.reshape(2, model.n_sites, *model.shape)
    expected = model.energy(after) - model.energy(cells)[:, None]
    change = model.energy_change(cells, proposed)
    np.testing.assert_allclose(change.reshape(2, -1), expected, atol=1e-9)
    assert change.shape == cells.shape
    assert np.any(change != 0)


def test_areas_count_sites_and_a_vanished_cell_keeps_its_constraint_energy():
    model = random_model(((4, 6), "periodic", "moore"))
    cells = np.random.default_rng(3).integers(0, 4, (2, 3, 4, 6))
    areas = model.areas(cells)
    assert areas.shape == (2, 3, 5)
    assert np.all(areas.sum(-1) == 24)
    assert np.all(areas[..., 4] == 0)
    assert np.all(areas[..., 2] == (cells == 2).sum((-1, -2)))
    empty = np.zeros((4, 6), dtype=int)
    assert model.energy(empty) == pytest.approx(4 * 0.7 * 3.0**2)


@pytest.mark.parametrize("lattice", LATTICES, ids=str)
def test_boundary_lengths_by_brute_force(lattice):
    model = random_model(lattice)
    cells = np.random.default_rng(4).integers(0, 5, model.shape)
    expected = dict.fromkeys(model.type_pairs, 0)
    for axis, boundary in enumerate(model.lattice.boundary):
        ahead = np.roll(cells, -1, axis)
        for x in np.ndindex(*model.shape):
            a, b = cells[x], ahead[x]
            if a != b and not (boundary == "free" and x[axis] == model.shape[axis] - 1):
                expected[tuple(sorted((model.types[a], model.types[b])))] += 1
    assert dict(zip(model.type_pairs, model.boundary_lengths(cells), strict=True)) == expected


@pytest.mark.parametrize("lattice", LATTICES[:5], ids=str)
def test_boundary_lengths_in_the_models_neighbourhood_give_the_adhesion_energy(lattice):
    shape, boundary, neighborhood = lattice
    model = CellularPotts(shape, [0, 1, 2, 2], COUPLING, stiffness=0.0, boundary=boundary, neighborhood=neighborhood)
    cells = np.random.default_rng(5).integers(0, 4, (6, *shape))
    couplings = [COUPLING[a][b] for a, b in model.type_pairs]
    lengths = model.boundary_lengths(cells, neighborhood)
    assert lengths.shape == (6, len(couplings))
    np.testing.assert_allclose(lengths @ couplings, model.energy(cells), rtol=1e-13)


def test_clusters_are_counted_by_hand():
    # Cells 1 and 3 are of type 1, 2 and 4 of type 2; across the periodic seam "3 ... 1" is one cluster.
    rows = ["100003", "020000", "002400", "000000", "033000"]
    cells = np.array([list(row) for row in rows]).astype(int)
    types = [0, 1, 2, 1, 2]
    torus = CellularPotts((5, 6), types, COUPLING, boundary=("free", "periodic"))
    box = CellularPotts((5, 6), types, COUPLING, boundary="free")
    # The diagonal contact of both cells 2 joins no clusters.
    np.testing.assert_array_equal(torus.clusters(cells), [1, 2, 2])
    np.testing.assert_array_equal(box.clusters(cells[None]), [[1, 3, 2]])
    assert torus.clusters(np.zeros((2, 3, 5, 6), dtype=int)).tolist() == [[[1, 0, 0]] * 3] * 2


@pytest.mark.parametrize("lattice", LATTICES, ids=str)
def test_torch_and_numpy_agree(lattice):
    torch.set_num_threads(1)
    model = random_model(lattice)
    rng = np.random.default_rng(6)
    cells, proposed = rng.integers(0, 5, (2, 3, *model.shape)).astype(np.int16)
    tensors = torch.from_numpy(cells), torch.from_numpy(proposed)
    for ours, theirs in (
        (model.energy(tensors[0]), model.energy(cells)),
        (model.energy_change(*tensors), model.energy_change(cells, proposed)),
        (model.areas(tensors[0]), model.areas(cells)),
    ):
        assert isinstance(ours, torch.Tensor)
        assert ours.numpy().dtype == theirs.dtype
        np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-13, atol=1e-12)


def test_a_model_survives_pickling():
    model = random_model(((4, 5), "free", "moore2"))
    copy = pickle.loads(pickle.dumps(model))
    cells = np.random.default_rng(7).integers(0, 5, (4, 5))
    assert copy.energy(cells) == model.energy(cells)
    assert repr(copy) == repr(model)
    assert copy.pair_names == model.pair_names


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"types": [1, 1, 2]}, r"types\[0\] = 1"),
        ({"types": [0, 1, 0]}, "cell of type 0"),
        ({"types": [0, 3]}, "cell of type 3.*1 to 2"),
        ({"types": [0]}, "types of shape"),
        ({"coupling": [[0, 1], [2, 0]]}, r"coupling\[0, 1\] = 1.0 but coupling\[1, 0\] = 2.0"),
        ({"coupling": [[0, float("nan")], [float("nan"), 0]]}, "coupling holds nan"),
        ({"coupling": [[0, 1, 2]]}, "coupling of shape"),
        ({"target_area": -1.0}, "target_area = -1.0"),
        ({"stiffness": float("inf")}, "stiffness = inf"),
        ({"boundary": "antiperiodic"}, "antiperiodic"),
        ({"shape": (6, 2)}, "neighbour"),
        ({"type_names": ("a", "b")}, "3 different names"),
    ],
)
def test_bad_models_are_refused(change, message):
    arguments = {"shape": (6, 6), "types": [0, 1, 2], "coupling": COUPLING} | change
    with pytest.raises(ValueError, match=message):
        CellularPotts(**arguments)


def test_types_that_are_no_integers_are_refused():
    with pytest.raises(TypeError, match="types of dtype float64"):
        CellularPotts((6, 6), [0, 1.5], COUPLING)


@pytest.mark.parametrize("convert", [np.asarray, torch.tensor], ids=["numpy", "torch"])
@pytest.mark.parametrize(
    ("cells", "error", "message"),
    [
        (np.full((6, 6), 3), ValueError, "cell number 3.*0 .medium. to 2"),
        (np.full((6, 6), -1), ValueError, "cell number -1"),
        (np.zeros((6, 5), dtype=int), ValueError, r"\(6, 5\).*\(6, 6\)"),
        (np.zeros((6, 6)), TypeError, "float64"),
        (np.zeros((6, 6), dtype=bool), TypeError, "bool"),
    ],
)
def test_bad_cells_are_refused(convert, cells, error, message):
    model = CellularPotts((6, 6), [0, 1, 2], COUPLING)
    with pytest.raises(error, match=message):
        model.energy(convert(cells))
    with pytest.raises(error, match=message):
        model.energy_change(convert(cells), convert(cells))


def test_a_proposal_of_another_shape_is_refused():
    model = CellularPotts((6, 6), [0, 1, 2], COUPLING)
    with pytest.raises(ValueError, match="proposed of shape"):
        model.energy_change(np.zeros((2, 6, 6), dtype=int), np.zeros((6, 6), dtype=int))
