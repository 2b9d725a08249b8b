"""The Ising Hamiltonian against its formula, for every boundary, neighbourhood, coupling and array kind."""

import pickle
from itertools import product

import numpy as np
import pytest

from spinlib.models import Ising

CASES = [
    *((shape, boundary, "nearest") for shape in [(2,), (5,)] for boundary in ("periodic", "antiperiodic", "free")),
    *(((4, 3), boundary, "nearest") for boundary in product(("periodic", "antiperiodic", "free"), repeat=2)),
    ((2, 4), ("antiperiodic", "periodic"), "nearest"),
    ((2, 3, 4), ("free", "periodic", "antiperiodic"), "nearest"),
    *(
        (shape, boundary, neighborhood)
        for neighborhood in ("next_nearest", "moore", "moore2")
        for shape in [(5,), (3, 4), (3, 3, 3)]
        for boundary in ("periodic", "antiperiodic", "free")
    ),
    *(
        ((4, 6), boundary, neighborhood)
        for neighborhood in ("triangular", "honeycomb")
        for boundary in ("periodic", "antiperiodic", ("free", "periodic"), "free")
    ),
]


def random_spins(model, *leading, seed=1):
    return np.random.default_rng(seed).choice(np.array([-1, 1], dtype=np.int8), size=(*leading, *model.shape))


def couplings(shape, seed=2):
    return np.random.default_rng(seed).normal(size=(len(shape), *shape))


MODELS = [
    *(Ising(shape, -0.7, 0.3, boundary, neighborhood) for shape, boundary, neighborhood in CASES),
    *(Ising(shape, couplings(shape), -0.4, boundary) for shape, boundary, name in CASES if name == "nearest"),
    *(
        Ising(shape, (0.7, -1.3, 0.4)[: len(shape)], 0.2, boundary)
        for shape, boundary, name in CASES
        if name == "nearest"
    ),
    *(
        Ising(shape, {"nearest": 0.7, "next_nearest": -0.4}, 0.2, boundary)
        for shape, boundary, name in CASES
        if name == "next_nearest"
    ),
    Ising((3, 4), {"next_nearest": 0.3, "fifth_nearest": -0.8}, boundary="free"),
    Ising((3, 3, 3), {"third_nearest": 0.3, "nearest": 1.0}, boundary=("free", "periodic", "antiperiodic")),
    Ising((4, 6), {"nearest": 0.7}, neighborhood="triangular"),
]


def flipped_one_by_one(spins, ndim):
    """All configurations that differ from `spins` in one site: (N, *shape), in the order of the sites."""
    copies = np.repeat(spins[None], spins.size, axis=0).reshape(spins.size, -1)
    copies[np.arange(spins.size), np.arange(spins.size)] *= -1
    return copies.reshape(spins.size, *spins.shape)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_energy_is_the_sum_over_bonds(model):
    spins = random_spins(model, 5)
    i, j, weight, _ = model.lattice.bonds
    rows = spins.reshape(5, -1).astype(float)
    strengths = model.bond_strengths
    expected = -(rows[:, i] * rows[:, j]) @ strengths - model.field * rows.sum(axis=1)
    np.testing.assert_allclose(model.energy(spins), expected, rtol=0, atol=1e-12)
    if model.is_uniform:
        assert np.array_equal(strengths, model.coupling * weight)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_energy_change_is_energy_after_minus_before(model):
    spins = random_spins(model)
    after = flipped_one_by_one(spins, len(model.shape))
    expected = (model.energy(after) - model.energy(spins)).reshape(model.shape)
    np.testing.assert_allclose(model.energy_change(spins), expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(2 * spins * model.local_field(spins), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_neighbor_couplings_are_those_of_the_bonds(model):
    i, j, _, _ = model.lattice.bonds
    index, _ = model.lattice.neighbors
    matrix = np.zeros((model.n_sites, model.n_sites))
    np.add.at(matrix, (np.arange(model.n_sites)[:, None], index), model.neighbor_couplings)
    expected = np.zeros_like(matrix)
    np.add.at(expected, (i, j), model.bond_strengths)
    np.testing.assert_allclose(matrix, expected + expected.T, rtol=0, atol=1e-14)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_relaxed_energy_continues_the_energy(model):
    spins = random_spins(model, 3)
    np.testing.assert_allclose(model.relaxed_energy(spins.astype(float)), model.energy(spins), atol=1e-12)
    soft = np.random.default_rng(3).uniform(-1, 1, size=model.shape)
    # The relaxed energy is linear in each spin: it is the mean energy of independent spins with these means.
    site = (0,) * len(model.shape)
    up, down = soft.copy(), soft.copy()
    up[site], down[site] = 1, -1
    p = (1 + soft[site]) / 2
    mean = p * model.relaxed_energy(up) + (1 - p) * model.relaxed_energy(down)
    assert model.relaxed_energy(soft) == pytest.approx(mean, abs=1e-12)


def test_coupling_joins_a_site_to_the_next_along_its_axis():
    for axis, site, neighbor in [(0, (1, 2), (2, 2)), (1, (1, 2), (1, 3)), (0, (3, 1), (0, 1)), (1, (0, 4), (0, 0))]:
        coupling = np.zeros((2, 4, 5))
        coupling[(axis, *site)] = 2.5
        spins = np.ones((4, 5))
        assert Ising((4, 5), coupling).energy(spins) == -2.5
        spins[neighbor] = -1
        assert Ising((4, 5), coupling).energy(spins) == 2.5
        spins[site] = -1
        assert Ising((4, 5), coupling).energy(spins) == -2.5


def test_couplings_of_missing_bonds_are_ignored():
    coupling = np.ones((2, 3, 4))
    coupling[0, -1] = np.nan
    spins = random_spins(Ising((3, 4)))
    model = Ising((3, 4), coupling, boundary=("free", "periodic"))
    assert model.energy(spins) == Ising((3, 4), boundary=("free", "periodic")).energy(spins)
    with pytest.raises(ValueError, match="coupling nan"):
        Ising((3, 4), coupling)


def test_known_energies():
    assert Ising((4, 6)).energy(np.ones((4, 6))) == -48
    assert Ising((4, 6), coupling=-1.0).energy(np.ones((4, 6))) == 48
    assert Ising((4, 6), field=0.5).energy(-np.ones((4, 6))) == -48 + 12
    assert Ising((4, 6), boundary="free").energy(np.ones((4, 6))) == -(18 + 20)
    assert Ising((4, 6), boundary=("antiperiodic", "periodic")).energy(np.ones((4, 6))) == -48 + 12
    # A periodic axis of length 2 has double bonds, as in Kaufman's formula.
    assert Ising((2, 2)).energy(np.ones((2, 2))) == -8
    assert Ising((2, 2)).energy(np.array([[1, -1], [-1, 1]])) == 8
    assert Ising((3, 4, 5)).energy(np.ones((3, 4, 5))) == -180
    checkerboard = 1 - 2 * (np.indices((4, 4)).sum(axis=0) % 2)
    assert Ising((4, 4)).energy(checkerboard) == 32


def test_moving_the_antiperiodic_seam_is_a_gauge_change():
    """Flipping all spins of some rows moves the seam: the energies are those of the model with moved signs."""
    model = Ising((4, 5), boundary=("antiperiodic", "periodic"))
    moved = np.ones((2, 4, 5))
    moved[0, 1] = -1
    gauge = np.array([1, 1, -1, -1])[:, None]
    spins = random_spins(model, 20)
    assert np.array_equal(model.energy(spins * gauge), Ising((4, 5), moved).energy(spins))


def test_gauge_invariance_of_random_couplings():
    shape = (3, 4)
    coupling = couplings(shape)
    gauge = random_spins(Ising(shape), seed=8)
    transformed = np.stack([coupling[axis] * gauge * np.roll(gauge, -1, axis) for axis in range(2)])
    spins = random_spins(Ising(shape), 10)
    np.testing.assert_allclose(
        Ising(shape, transformed).energy(spins * gauge), Ising(shape, coupling).energy(spins), atol=1e-12
    )


def test_energy_keeps_leading_axes():
    model = Ising((4, 4))
    spins = random_spins(model, 2, 3)
    energy = model.energy(spins)
    assert energy.shape == (2, 3)
    assert energy.dtype == np.float64
    assert energy[1, 2] == model.energy(spins[1, 2])
    assert np.ndim(model.energy(spins[0, 0])) == 0
    assert model.energy(spins[:, :0]).shape == (2, 0)
    assert model.energy_change(spins).shape == spins.shape


def test_many_and_large_configurations_are_taken_in_blocks():
    model = Ising((512, 1024))
    spins = random_spins(model, 3)
    products = spins * np.roll(spins, 1, 1) + spins * np.roll(spins, 1, 2)
    assert np.array_equal(model.energy(spins), -products.sum(axis=(1, 2), dtype=np.int64))
    model = Ising((4, 4))
    spins = random_spins(model, 40_000)
    products = spins * np.roll(spins, 1, 1) + spins * np.roll(spins, 1, 2)
    assert np.array_equal(model.energy(spins), -products.sum(axis=(1, 2), dtype=np.int64))
    field = sum(np.roll(spins, shift, axis) for shift in (1, -1) for axis in (1, 2))
    assert np.array_equal(model.local_field(spins), field)


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.float32, np.float64, np.float16])
def test_dtypes_agree(dtype):
    model = Ising((4, 5), couplings((4, 5)), 0.2, ("antiperiodic", "free"))
    spins = random_spins(model, 4)
    assert np.array_equal(model.energy(spins.astype(dtype)), model.energy(spins))
    assert np.array_equal(model.energy_change(spins.astype(dtype)), model.energy_change(spins))
    assert model.energy(spins.tolist()).tolist() == model.energy(spins).tolist()


def test_strided_configurations_are_read_correctly():
    model = Ising((4, 5))
    spins = random_spins(model, 6)
    assert np.array_equal(model.energy(np.asfortranarray(spins)), model.energy(spins))
    assert np.array_equal(model.energy(spins[::2]), model.energy(spins)[::2])


@pytest.mark.parametrize(
    "model",
    [
        Ising((4, 5), 0.7, 0.3, ("antiperiodic", "free")),
        Ising((4, 5), couplings((4, 5)), 0.3),
        Ising((4, 6), neighborhood="triangular"),
    ],
    ids=repr,
)
def test_torch_agrees_with_numpy(model):
    torch = pytest.importorskip("torch")
    spins = random_spins(model, 2, 3)
    for dtype in (torch.int8, torch.int64, torch.float32, torch.bfloat16):
        tensor = torch.tensor(spins).to(dtype)
        energy = model.energy(tensor)
        assert energy.dtype == torch.float64
        assert energy.shape == (2, 3)
        np.testing.assert_allclose(energy.numpy(), model.energy(spins), rtol=0, atol=1e-12)
        np.testing.assert_allclose(model.energy_change(tensor).numpy(), model.energy_change(spins), atol=1e-12)
        np.testing.assert_allclose(model.local_field(tensor).numpy(), model.local_field(spins), atol=1e-12)
    assert model.energy(torch.tensor(spins[0, 0])).shape == ()
    soft = np.random.default_rng(4).uniform(-1, 1, size=(2, *model.shape))
    relaxed = model.relaxed_energy(torch.tensor(soft))
    np.testing.assert_allclose(relaxed.numpy(), model.relaxed_energy(soft), rtol=0, atol=1e-12)
    assert model.relaxed_energy(torch.tensor(soft, dtype=torch.float32)).dtype == torch.float32


def test_gradient_of_the_relaxed_energy_is_its_finite_difference():
    torch = pytest.importorskip("torch")
    model = Ising((3, 4), couplings((3, 4)), 0.3, ("antiperiodic", "free"))
    soft = np.random.default_rng(5).uniform(-1, 1, size=model.shape)
    tensor = torch.tensor(soft, requires_grad=True)
    model.relaxed_energy(tensor).backward()
    step = 1e-5 * np.eye(12).reshape(12, 3, 4)
    numerical = (model.relaxed_energy(soft + step) - model.relaxed_energy(soft - step)) / 2e-5
    np.testing.assert_allclose(tensor.grad.numpy().ravel(), numerical, rtol=0, atol=1e-9)


def test_gradient_at_spins_is_minus_the_local_field():
    torch = pytest.importorskip("torch")
    model = Ising((3, 4), 0.8, 0.3, ("antiperiodic", "periodic"))
    spins = random_spins(model)
    tensor = torch.tensor(spins.astype(float), requires_grad=True)
    model.relaxed_energy(tensor).backward()
    np.testing.assert_allclose(tensor.grad.numpy(), -model.local_field(spins), rtol=0, atol=1e-12)


def test_coupling_may_be_a_tensor():
    torch = pytest.importorskip("torch")
    coupling = couplings((3, 4))
    spins = random_spins(Ising((3, 4)), 3)
    tensor = torch.tensor(coupling, requires_grad=True)
    assert np.array_equal(Ising((3, 4), tensor).energy(spins), Ising((3, 4), coupling).energy(spins))
    assert Ising((3, 4), torch.tensor(0.5)).coupling == 0.5


def test_the_model_keeps_its_own_couplings():
    coupling = couplings((3, 4))
    model = Ising((3, 4), coupling)
    spins = random_spins(model)
    before = model.energy(spins)
    coupling *= 2
    assert model.energy(spins) == before
    with pytest.raises(ValueError, match="read-only"):
        model.coupling[0] = 0


def test_models_pickle_without_their_tables():
    model = Ising((64, 64), 0.5, 0.1, ("free", "antiperiodic"))
    spins = random_spins(model)
    energy = model.energy(spins)
    pickled = pickle.dumps(model)
    assert len(pickled) < 500
    assert pickle.loads(pickled).energy(spins) == energy
    glass = Ising((8, 8), couplings((8, 8)), boundary="free")
    assert np.array_equal(pickle.loads(pickle.dumps(glass)).bond_strengths, glass.bond_strengths)


@pytest.mark.parametrize("value", [0, 2, -3, 0.5, np.nan, np.inf, -128])
def test_refuses_values_that_are_no_spins(value):
    model = Ising((3, 4))
    for dtype in (np.float64, np.int8) if float(value).is_integer() else (np.float64,):
        spins = np.ones((2, 3, 4), dtype=dtype)
        spins[1, 2, 3] = value
        for method in (model.check, model.energy, model.energy_change, model.local_field):
            with pytest.raises(ValueError, match=rf"spin value {value}.*-1 and \+1"):
                method(spins)


def test_refuses_values_in_tensors():
    torch = pytest.importorskip("torch")
    spins = torch.ones(3, 4)
    spins[0, 0] = 0.9
    with pytest.raises(ValueError, match=r"spin value 0\.8999"):
        Ising((3, 4)).energy(spins)
    with pytest.raises(TypeError, match=r"torch\.bool"):
        Ising((3, 4)).energy(torch.ones(3, 4, dtype=torch.bool))


@pytest.mark.parametrize("shape", [(4, 3), (3,), (4,), (), (3, 4, 1), (3, 5)])
def test_refuses_configurations_of_another_shape(shape):
    model = Ising((3, 4))
    for method in (model.check, model.energy, model.energy_change, model.local_field, model.relaxed_energy):
        with pytest.raises(ValueError, match="shape"):
            method(np.ones(shape))


@pytest.mark.parametrize("dtype", [bool, complex, "U1", object])
def test_refuses_dtypes_without_signs(dtype):
    with pytest.raises(TypeError, match="dtype"):
        Ising((3, 4)).energy(np.ones((3, 4)).astype(dtype))
    with pytest.raises(TypeError, match="floating"):
        Ising((3, 4)).relaxed_energy(np.ones((3, 4), dtype=int))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"coupling": np.nan}, "coupling nan"),
        ({"coupling": np.inf}, "coupling inf"),
        ({"coupling": "strong"}, "coupling 'strong'"),
        ({"field": np.nan}, "field nan"),
        ({"field": None}, "field None"),
        ({"coupling": np.full((2, 4, 4), np.nan)}, "coupling nan"),
        ({"coupling": np.ones((4, 4))}, r"coupling of shape \(4, 4\).*\(2, 4, 4\)"),
        ({"coupling": np.ones((2, 4, 4)), "neighborhood": "moore"}, "'nearest' only"),
        ({"shape": (0, 4)}, "at least 2"),
        ({"boundary": "twisted"}, "boundary 'twisted'"),
    ],
)
def test_refuses_models_that_do_not_exist(arguments, message):
    with pytest.raises(ValueError, match=message):
        Ising(**{"shape": (4, 4), **arguments})


def test_coupling_per_axis_belongs_to_the_bonds_along_it():
    model = Ising((4, 6), (2.0, 0.5))
    axis = model.lattice.bonds[3]
    assert np.array_equal(model.bond_strengths, np.where(axis == 0, 2.0, 0.5))
    # Rows that alternate: bonds along axis 0 are broken, those within a row are not.
    rows = np.where(np.indices((4, 6))[0] % 2, 1, -1)
    assert model.energy(rows) == 24 * 2.0 - 24 * 0.5
    assert Ising((6, 4), (0.5, 2.0)).energy(rows.T) == model.energy(rows)
    assert Ising((5,), (0.3,)).energy(np.ones(5)) == -1.5


@pytest.mark.parametrize("boundary", ["periodic", "free", "antiperiodic"])
@pytest.mark.parametrize("shape", [(6,), (4, 5), (3, 4, 5)])
def test_further_neighbors_are_counted_by_hand(shape, boundary):
    """All pairs of sites at a squared distance of 1 and of 2 (4 on a chain), with the signs of the seams."""
    model = Ising(shape, {"next_nearest": -0.4, "nearest": 0.7}, boundary=boundary)
    assert model.lattice.neighborhood == "next_nearest"
    spins = random_spins(model, 4)
    expected = np.zeros(4)
    sites = list(np.ndindex(shape))
    for x, shift in product(sites, product((-2, -1, 0, 1, 2), repeat=len(shape))):
        strength = {1: 0.7, 4 if len(shape) == 1 else 2: -0.4}.get(sum(d * d for d in shift))
        if strength is None:
            continue
        crossings, y = np.divmod(np.add(x, shift), shape)
        if boundary == "free" and np.any(crossings):
            continue
        sign = (-1) ** int(np.abs(crossings).sum()) if boundary == "antiperiodic" else 1
        expected -= strength * sign * spins[:, *x] * spins[:, *y] / 2
    np.testing.assert_allclose(model.energy(spins), expected, rtol=0, atol=1e-12)


def test_shells_imply_the_smallest_neighborhood():
    for ndim, names, neighborhood in [
        (1, ["nearest"], "nearest"),
        (1, ["next_nearest"], "next_nearest"),
        (2, ["nearest"], "nearest"),
        (2, ["nearest", "next_nearest"], "next_nearest"),
        (2, ["third_nearest"], "moore2"),
        (2, ["fifth_nearest", "nearest"], "moore2"),
        (3, ["next_nearest"], "next_nearest"),
        (3, ["third_nearest", "nearest"], "moore"),
    ]:
        assert Ising((6,) * ndim, dict.fromkeys(names, 1.0)).lattice.neighborhood == neighborhood
    # Equal couplings of all shells are the uniform model.
    spins = random_spins(Ising((5, 6)), 3)
    shells = ("nearest", "next_nearest", "third_nearest", "fourth_nearest", "fifth_nearest")
    by_shell, uniform = Ising((5, 6), dict.fromkeys(shells, 0.3)), Ising((5, 6), 0.3, neighborhood="moore2")
    np.testing.assert_allclose(by_shell.energy(spins), uniform.energy(spins), rtol=0, atol=1e-12)


def test_models_with_couplings_of_every_form_pickle():
    for coupling in (0.5, (0.5, -1.0), {"next_nearest": 0.3, "nearest": 1.0}, couplings((4, 6))):
        model = Ising((4, 6), coupling, 0.2, ("free", "antiperiodic"))
        other = pickle.loads(pickle.dumps(model))
        spins = random_spins(model, 3)
        assert np.array_equal(other.energy(spins), model.energy(spins))
        assert repr(other) == repr(model)
    assert "coupling={'nearest': 1.0, 'next_nearest': 0.3}" in repr(Ising((4, 6), {"next_nearest": 0.3, "nearest": 1}))
    assert "coupling=(0.5, -1.0)" in repr(Ising((4, 6), np.array([0.5, -1.0])))


def test_a_mapping_of_couplings_is_copied_and_cannot_be_changed():
    given = {"nearest": 1.0}
    model = Ising((4, 6), given)
    given["nearest"] = 2.0
    assert model.coupling == {"nearest": 1.0}
    with pytest.raises(TypeError, match="item assignment"):
        model.coupling["nearest"] = 2.0


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"coupling": (1.0,)}, ValueError, r"coupling of shape \(1,\): allowed are a number, \(2,\) and \(2, 4, 6\)"),
        ({"coupling": (1.0, 1.0, 1.0)}, ValueError, r"coupling of shape \(3,\)"),
        ({"coupling": (1.0, np.nan)}, ValueError, "coupling nan"),
        ({"coupling": (1.0, "x")}, ValueError, "finite real numbers"),
        ({"coupling": (1.0, 0.5), "neighborhood": "next_nearest"}, ValueError, "one coupling per axis.*'nearest' only"),
        ({"coupling": (1.0, 0.5), "neighborhood": "triangular"}, ValueError, "one coupling per axis.*'nearest' only"),
        ({"coupling": {}}, ValueError, "names of shells are needed"),
        ({"coupling": {"nearest": np.inf}}, ValueError, "coupling of 'nearest', inf"),
        ({"coupling": {"nearest": (1.0, 1.0)}}, ValueError, "coupling of 'nearest'.*finite real number"),
        ({"coupling": {"second": 1.0}}, ValueError, "'second'.*allowed are 'nearest', 'next_nearest', 'third_nearest'"),
        ({"coupling": {1: 1.0}}, TypeError, "shell 1: shells are named"),
        ({"coupling": {"next_nearest": 1.0}, "neighborhood": "nearest"}, ValueError, "has 'nearest'$"),
        ({"coupling": {"next_nearest": 1.0}, "neighborhood": "honeycomb"}, ValueError, "has 'nearest'$"),
        ({"shape": (6, 6, 6), "coupling": {"fourth_nearest": 1.0}}, ValueError, "3 axes allowed are.*'third_nearest'$"),
        ({"shape": (6, 6, 6), "coupling": {"nearest": 1.0}, "neighborhood": "moore2"}, ValueError, "parts of shells"),
        ({"shape": (2, 6), "coupling": {"third_nearest": 1.0}}, ValueError, "its own neighbour"),
    ],
)
def test_refuses_couplings_of_another_form(arguments, error, message):
    with pytest.raises(error, match=message):
        Ising(**{"shape": (4, 6), **arguments})
