"""The XY Hamiltonian against its formula, for every boundary, neighbourhood, coupling and array kind."""

import pickle
from itertools import product

import numpy as np
import pytest

from spinlib.models import XY, Ising

CASES = [
    *((shape, boundary, "nearest") for shape in [(2,), (5,)] for boundary in ("periodic", "antiperiodic", "free")),
    *(((4, 3), boundary, "nearest") for boundary in product(("periodic", "antiperiodic", "free"), repeat=2)),
    ((2, 4), ("antiperiodic", "periodic"), "nearest"),
    ((2, 3, 4), ("free", "periodic", "antiperiodic"), "nearest"),
    ((3, 4), "antiperiodic", "moore"),
    ((5,), "periodic", "next_nearest"),
    ((4, 6), ("free", "periodic"), "triangular"),
    ((4, 6), "periodic", "honeycomb"),
]


def random_angles(model, *leading, seed=1):
    return np.random.default_rng(seed).uniform(-9.0, 9.0, size=(*leading, *model.shape))


def couplings(shape, seed=2):
    return np.random.default_rng(seed).normal(size=(len(shape), *shape))


MODELS = [
    *(XY(shape, -0.7, boundary, neighborhood) for shape, boundary, neighborhood in CASES),
    *(XY(shape, couplings(shape), boundary) for shape, boundary, name in CASES if name == "nearest"),
]


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_energy_is_the_sum_over_bonds(model):
    spins = random_angles(model, 5)
    i, j, _, _ = model.lattice.bonds
    rows = spins.reshape(5, -1)
    expected = -np.cos(rows[:, i] - rows[:, j]) @ model.bond_strengths
    np.testing.assert_allclose(model.energy(spins), expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_energy_change_is_energy_after_minus_before(model):
    spins, proposed = random_angles(model), random_angles(model, seed=3)
    n = model.n_sites
    after = np.repeat(spins[None], n, axis=0).reshape(n, n)
    after[np.arange(n), np.arange(n)] = proposed.ravel()
    expected = (model.energy(after.reshape(n, *model.shape)) - model.energy(spins)).reshape(model.shape)
    np.testing.assert_allclose(model.energy_change(spins, proposed), expected, rtol=0, atol=1e-13)
    assert not model.energy_change(spins, spins).any()


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_angles_0_and_pi_are_ising_spins(model):
    ising = Ising(model.shape, model.coupling, 0.0, model.lattice.boundary, model.lattice.neighborhood)
    signs = np.random.default_rng(4).choice([-1, 1], size=(6, *model.shape))
    angles = np.where(signs > 0, 0.0, np.pi)
    np.testing.assert_allclose(model.energy(angles), ising.energy(signs), rtol=0, atol=1e-13)
    np.testing.assert_allclose(model.energy_change(angles, angles + np.pi), ising.energy_change(signs), atol=1e-13)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_only_differences_of_angles_count(model):
    spins = random_angles(model, 4)
    np.testing.assert_allclose(model.energy(spins + 1.234), model.energy(spins), rtol=0, atol=1e-12)
    np.testing.assert_allclose(model.energy(-spins), model.energy(spins), rtol=0, atol=1e-12)


def test_known_energies():
    assert XY((4, 6)).energy(np.full((4, 6), 0.3)) == pytest.approx(-48, abs=1e-13)
    assert XY((2, 2)).energy(np.zeros((2, 2), dtype=int)) == -8
    assert XY((4, 6), boundary=("antiperiodic", "periodic")).energy(np.zeros((4, 6))) == -48 + 12
    assert XY((4, 6), boundary="free").energy(np.zeros((4, 6))) == -(18 + 20)
    # A twist of pi over an antiperiodic axis of length 4: every bond turns by a quarter of it.
    twisted = np.tile(np.arange(4) * np.pi / 4, (6, 1)).T
    antiperiodic = XY((4, 6), boundary=("antiperiodic", "periodic"))
    assert antiperiodic.energy(twisted) == pytest.approx(-24 - 24 * np.cos(np.pi / 4), abs=1e-13)


def test_shapes_and_blocks():
    model = XY((4, 4))
    spins = random_angles(model, 2, 3)
    energy = model.energy(spins)
    assert energy.shape == (2, 3)
    assert energy[1, 2] == model.energy(spins[1, 2])
    assert np.ndim(model.energy(spins[0, 0])) == 0
    assert model.energy(spins[:, :0]).shape == (2, 0)
    assert model.energy_change(spins, spins).shape == spins.shape
    many = np.tile(spins[0, 0], (40_000, 1, 1))
    assert np.all(model.energy(many) == energy[0, 0])


@pytest.mark.parametrize("model", [XY((4, 5), 0.7, ("antiperiodic", "free")), XY((4, 5), couplings((4, 5)))], ids=repr)
def test_torch_agrees_with_numpy(model):
    torch = pytest.importorskip("torch")
    spins, proposed = random_angles(model, 2, 3), random_angles(model, 2, 3, seed=3)
    energy = model.energy(torch.tensor(spins))
    assert energy.dtype == torch.float64
    np.testing.assert_allclose(energy.numpy(), model.energy(spins), rtol=0, atol=1e-13)
    change = model.energy_change(torch.tensor(spins), torch.tensor(proposed))
    np.testing.assert_allclose(change.numpy(), model.energy_change(spins, proposed), rtol=0, atol=1e-13)
    single = torch.tensor(spins, dtype=torch.float32)
    np.testing.assert_allclose(model.energy(single).numpy(), model.energy(spins), rtol=0, atol=1e-5)
    with pytest.raises(ValueError, match="angle inf"):
        model.check(torch.full(model.shape, torch.inf))


def test_models_pickle_without_their_tables():
    model = XY((64, 64), 0.5, ("free", "antiperiodic"))
    spins = random_angles(model)
    energy = model.energy(spins)
    pickled = pickle.dumps(model)
    assert len(pickled) < 500
    assert pickle.loads(pickled).energy(spins) == energy
    assert repr(pickle.loads(pickled)) == repr(model)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_refuses_angles_that_are_not_finite(value):
    model, spins = XY((3, 4)), np.zeros((2, 3, 4))
    spins[1, 2, 3] = value
    for method in (model.check, model.energy, lambda wrong: model.energy_change(np.zeros((2, 3, 4)), wrong)):
        with pytest.raises(ValueError, match=f"angle {value}"):
            method(spins)


def test_refuses_other_shapes_and_dtypes():
    model = XY((3, 4))
    for shape in [(4, 3), (3,), (3, 5)]:
        with pytest.raises(ValueError, match="shape"):
            model.energy(np.zeros(shape))
    with pytest.raises(ValueError, match=r"proposed angles of shape \(2, 3, 4\)"):
        model.energy_change(np.zeros((3, 4)), np.zeros((2, 3, 4)))
    for dtype in (bool, complex, "U1"):
        with pytest.raises(TypeError, match="dtype"):
            model.energy(np.zeros((3, 4)).astype(dtype))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"coupling": np.nan}, "coupling nan"),
        ({"coupling": np.ones((4, 4))}, r"coupling of shape \(4, 4\).*\(2, 4, 4\)"),
        ({"coupling": np.ones((2, 4, 4)), "neighborhood": "moore"}, "'nearest' only"),
        ({"shape": (1, 4)}, "at least 2"),
        ({"boundary": "twisted"}, "boundary 'twisted'"),
    ],
)
def test_refuses_models_that_do_not_exist(arguments, message):
    with pytest.raises(ValueError, match=message):
        XY(**{"shape": (4, 4), **arguments})
