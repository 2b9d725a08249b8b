"""The planar Potts Hamiltonian against its formula, for every boundary and array kind; angles outside are refused."""

import pickle

import numpy as np
import pytest

from spinlib.models import PlanarPotts

MODELS = [
    *(PlanarPotts(shape, 0.7, boundary) for shape in [(2,), (5,)] for boundary in ("periodic", "free")),
    PlanarPotts((4, 3), -0.7, ("free", "periodic")),
    PlanarPotts((2, 3, 4), 1.3, ("free", "periodic", "periodic")),
    PlanarPotts((4, 6), neighborhood="triangular"),
]


def random_angles(model, *leading, seed=1):
    return np.random.default_rng(seed).uniform(0, np.pi, size=(*leading, *model.shape))


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_energy_is_the_sum_over_bonds(model):
    angles = random_angles(model, 5)
    i, j, _, _ = model.lattice.bonds
    rows = angles.reshape(5, -1)
    expected = model.coupling * np.cos(rows[:, i] - rows[:, j]).sum(axis=1)
    np.testing.assert_allclose(model.energy(angles), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_energy_change_is_energy_after_minus_before(model):
    angles, proposed = random_angles(model), random_angles(model, seed=2)
    after = np.repeat(angles.reshape(1, -1), model.n_sites, axis=0)
    np.fill_diagonal(after, proposed)
    expected = (model.energy(after.reshape(-1, *model.shape)) - model.energy(angles)).reshape(model.shape)
    np.testing.assert_allclose(model.energy_change(angles, proposed), expected, rtol=0, atol=1e-12)


def test_known_energies():
    model = PlanarPotts((4, 6))
    assert model.energy(np.full((4, 6), 1.3)) == pytest.approx(48)
    # the ends of the interval on a checkerboard: all but antiparallel
    end = np.nextafter(np.pi, 0)
    assert model.energy(end * (np.indices((4, 6)).sum(axis=0) % 2)) == pytest.approx(-48)
    assert PlanarPotts().shape == (8, 8)
    # integers are angles too: 0, 1, 2 and 3 are in the interval
    assert PlanarPotts((2,), boundary="free").energy(np.array([0, 3])) == pytest.approx(np.cos(3.0))


def test_array_kinds():
    torch = pytest.importorskip("torch")
    model = PlanarPotts((3, 4), 0.6, ("free", "periodic"))
    angles, proposed = random_angles(model, 2, 3), random_angles(model, 2, 3, seed=2)
    energy = model.energy(angles)
    assert energy.shape == (2, 3)
    assert np.ndim(model.energy(angles[0, 0])) == 0
    np.testing.assert_allclose(model.energy(angles.astype(np.float32)), energy, atol=1e-6)
    tensor = torch.tensor(angles)
    assert model.energy(tensor).dtype == torch.float64
    np.testing.assert_allclose(model.energy(tensor).numpy(), energy, rtol=0, atol=1e-13)
    change = model.energy_change(tensor, torch.tensor(proposed))
    np.testing.assert_allclose(change.numpy(), model.energy_change(angles, proposed), rtol=0, atol=1e-13)


def test_models_pickle_without_their_tables():
    model = PlanarPotts((64, 64), 0.5, ("free", "periodic"))
    angles = random_angles(model)
    energy = model.energy(angles)
    pickled = pickle.dumps(model)
    assert len(pickled) < 500
    assert pickle.loads(pickled).energy(angles) == energy
    assert repr(model) == (
        "PlanarPotts(shape=(64, 64), coupling=0.5, boundary=('free', 'periodic'), neighborhood='nearest')"
    )


@pytest.mark.parametrize("value", [np.pi, -1e-9, 4.0, np.nan, np.inf, -np.inf])
def test_refuses_angles_outside(value):
    model = PlanarPotts((3, 4))
    good = np.zeros((2, 3, 4))
    bad = good.copy()
    bad[1, 2, 3] = value
    for call in (
        lambda: model.check(bad),
        lambda: model.energy(bad),
        lambda: model.energy_change(bad, good),
        lambda: model.energy_change(good, bad),
    ):
        with pytest.raises(ValueError, match=r"angle .*: allowed is \[0, pi\)"):
            call()


def test_refuses_other_configurations():
    model = PlanarPotts((3, 4))
    for shape in ((4, 3), (4,), ()):
        with pytest.raises(ValueError, match="shape"):
            model.energy(np.zeros(shape))
    with pytest.raises(ValueError, match="shape"):
        model.energy_change(np.zeros((3, 4)), np.zeros((2, 3, 4)))
    with pytest.raises(TypeError, match="bool"):
        model.energy(np.zeros((3, 4), dtype=bool))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"coupling": np.nan}, "coupling nan"),
        ({"coupling": np.ones((2, 4, 4))}, "finite real number"),
        ({"boundary": "antiperiodic"}, "antiperiodic.*allowed are 'periodic' and 'free'"),
        ({"shape": (1, 4)}, "at least 2"),
        ({"neighborhood": "kagome"}, "neighborhood 'kagome'"),
    ],
)
def test_refuses_models_that_do_not_exist(arguments, message):
    with pytest.raises(ValueError, match=message):
        PlanarPotts(**{"shape": (4, 4), **arguments})
