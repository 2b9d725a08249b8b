"""The Potts Hamiltonian against its formula, against Ising, and for every boundary and array kind."""

import pickle

import numpy as np
import pytest

from spinlib.models import Ising, Potts

MODELS = [
    *(Potts(shape, 3, 0.7, boundary) for shape in [(2,), (5,)] for boundary in ("periodic", "free")),
    *(Potts((4, 3), 4, -0.7, (first, "free")) for first in ("periodic", "free")),
    Potts((2, 4), 3),
    Potts((2, 3, 4), 5, 1.3, ("free", "periodic", "periodic")),
    *(
        Potts(shape, 3, 1.1, boundary, neighborhood)
        for neighborhood in ("next_nearest", "moore", "moore2")
        for shape in [(5,), (3, 4), (3, 3, 3)]
        for boundary in ("periodic", "free")
    ),
    *(
        Potts((4, 6), 3, 1.1, boundary, neighborhood)
        for neighborhood in ("triangular", "honeycomb")
        for boundary in ("periodic", ("free", "periodic"), "free")
    ),
    *(
        Potts((4, 3), 3, coupling, ("periodic", "free"), field=field)
        for coupling in (1.1, -0.4)
        for field in (0.6, -0.9)
    ),
    Potts((3, 3, 3), 4, 0.8, "free", "next_nearest", 0.7),
]


def random_states(model, *leading, seed=1):
    return np.random.default_rng(seed).integers(0, model.q, size=(*leading, *model.shape), dtype=np.int8)


def one_hot(model, states):
    """(..., *shape) to (..., q, *shape)."""
    return np.moveaxis(np.eye(model.q)[states], -1, -1 - len(model.shape))


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_energy_is_the_sum_over_bonds(model):
    spins = random_states(model, 5)
    i, j, _, _ = model.lattice.bonds
    rows = spins.reshape(5, -1)
    expected = -model.coupling * np.count_nonzero(rows[:, i] == rows[:, j], axis=1)
    expected = expected - model.field * np.count_nonzero(rows == 0, axis=1)
    np.testing.assert_allclose(model.energy(spins), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_energy_change_is_energy_after_minus_before(model):
    spins, proposed = random_states(model), random_states(model, seed=2)
    n = model.n_sites
    after = np.repeat(spins[None], n, axis=0).reshape(n, n)
    after[np.arange(n), np.arange(n)] = proposed.ravel()
    expected = (model.energy(after.reshape(n, *model.shape)) - model.energy(spins)).reshape(model.shape)
    np.testing.assert_allclose(model.energy_change(spins, proposed), expected, rtol=0, atol=1e-12)
    assert not model.energy_change(spins, spins).any()


@pytest.mark.parametrize("boundary", ["periodic", ("free", "periodic")])
def test_two_states_are_ising_with_half_the_coupling(boundary):
    """-J delta(s, s') = -(J / 2) (1 + sigma sigma'), -B delta(s, 0) = -(B / 2) (1 + sigma): two constants."""
    potts = Potts((4, 5), 2, 1.4, boundary, field=0.6)
    ising = Ising((4, 5), 0.7, 0.3, boundary=boundary)
    spins = random_states(potts, 20)
    constant = -0.7 * len(potts.lattice.bonds[0]) - 0.3 * 20
    np.testing.assert_allclose(potts.energy(spins), ising.energy(1 - 2 * spins) + constant, rtol=0, atol=1e-12)


def test_known_energies():
    assert Potts((4, 6)).energy(np.zeros((4, 6))) == -48
    assert Potts((4, 6), boundary="free").energy(np.full((4, 6), 2)) == -(18 + 20)
    assert Potts((3, 3)).energy(np.indices((3, 3)).sum(axis=0) % 3) == 0
    assert Potts((2, 2)).energy(np.zeros((2, 2))) == -8
    assert Potts((3, 4, 5), coupling=-1).energy(np.zeros((3, 4, 5))) == 180
    assert Potts((4, 6), field=0.5).energy(np.zeros((4, 6))) == -48 - 12
    assert Potts((4, 6), field=-0.5).energy(np.ones((4, 6))) == -48


def test_renaming_the_states_changes_nothing():
    model = Potts((4, 5), q=4)
    spins = random_states(model, 10)
    assert np.array_equal(model.energy(np.array([2, 0, 3, 1])[spins]), model.energy(spins))


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_relaxed_energy_continues_the_energy(model):
    spins = random_states(model, 2, 3)
    weights = one_hot(model, spins)
    np.testing.assert_allclose(model.relaxed_energy(weights), model.energy(spins), rtol=0, atol=1e-12)
    assert model.relaxed_energy(weights[0, 0]) == pytest.approx(model.energy(spins[0, 0]), abs=1e-12)


def test_torch_agrees_with_numpy():
    torch = pytest.importorskip("torch")
    model = Potts((4, 5), 3, 0.7, ("free", "periodic"), field=-0.4)
    spins, proposed = random_states(model, 2, 3), random_states(model, 2, 3, seed=2)
    for dtype in (torch.int8, torch.int64, torch.float32):
        tensor, proposal = torch.tensor(spins).to(dtype), torch.tensor(proposed).to(dtype)
        energy = model.energy(tensor)
        assert energy.dtype == torch.float64
        assert np.array_equal(energy.numpy(), model.energy(spins))
        assert np.array_equal(model.energy_change(tensor, proposal).numpy(), model.energy_change(spins, proposed))
    weights = np.random.default_rng(3).dirichlet(np.ones(3), size=(4, 5)).transpose(2, 0, 1)
    np.testing.assert_allclose(
        model.relaxed_energy(torch.tensor(weights)).numpy(), model.relaxed_energy(weights), rtol=0, atol=1e-12
    )


def test_gradient_of_the_relaxed_energy_is_its_finite_difference():
    torch = pytest.importorskip("torch")
    model = Potts((3, 2), 3, 0.7, ("free", "periodic"), field=0.5)
    weights = np.random.default_rng(5).uniform(size=(3, 3, 2))
    tensor = torch.tensor(weights, requires_grad=True)
    model.relaxed_energy(tensor).backward()
    step = 1e-5 * np.eye(18).reshape(18, 3, 3, 2)
    numerical = (model.relaxed_energy(weights + step) - model.relaxed_energy(weights - step)) / 2e-5
    np.testing.assert_allclose(tensor.grad.numpy().ravel(), numerical, rtol=0, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.float32, np.float64])
def test_dtypes_agree(dtype):
    model = Potts((4, 5))
    spins, proposed = random_states(model, 4), random_states(model, 4, seed=2)
    assert np.array_equal(model.energy(spins.astype(dtype)), model.energy(spins))
    assert model.energy(spins.astype(dtype)).dtype == np.float64
    assert np.array_equal(
        model.energy_change(spins.astype(dtype), proposed.astype(dtype)), model.energy_change(spins, proposed)
    )


def test_many_configurations_are_taken_in_blocks():
    model = Potts((4, 4))
    spins = random_states(model, 40_000)
    like_pairs = [np.count_nonzero(spins == np.roll(spins, 1, axis), axis=(1, 2)) for axis in (1, 2)]
    assert np.array_equal(model.energy(spins), -np.add(*like_pairs))
    assert model.energy(spins[:0]).shape == (0,)


def test_models_pickle_without_their_tables():
    model = Potts((64, 64), 5, 0.5, ("free", "periodic"), field=0.3)
    spins = random_states(model)
    energy = model.energy(spins)
    pickled = pickle.dumps(model)
    assert len(pickled) < 500
    assert pickle.loads(pickled).energy(spins) == energy


@pytest.mark.parametrize("value", [-1, 3, 127, -128, 300, 0.5, np.nan, np.inf])
def test_refuses_values_that_are_no_states(value):
    model = Potts((3, 4), q=3)
    spins = np.zeros((2, 3, 4))
    spins[1, 2, 3] = value
    arrays = [spins]
    if float(value).is_integer():
        arrays.append(spins.astype(np.int64))
    for array in arrays:
        for call in (
            lambda a: model.check(a),
            lambda a: model.energy(a),
            lambda a: model.energy_change(a, np.zeros((2, 3, 4))),
            lambda a: model.energy_change(np.zeros((2, 3, 4)), a),
        ):
            with pytest.raises(ValueError, match=rf"spin value {value}.*0 to 2"):
                call(array)


def test_refuses_configurations_of_another_shape():
    model = Potts((3, 4))
    for shape in [(4, 3), (4,), ()]:
        with pytest.raises(ValueError, match="shape"):
            model.energy(np.zeros(shape))
        with pytest.raises(ValueError, match="shape"):
            model.relaxed_energy(np.zeros(shape))
    with pytest.raises(ValueError, match="proposed states of shape"):
        model.energy_change(np.zeros((3, 4)), np.zeros((2, 3, 4)))
    with pytest.raises(TypeError, match="bool"):
        model.energy(np.zeros((3, 4), dtype=bool))
    with pytest.raises(TypeError, match="floating"):
        model.relaxed_energy(np.zeros((3, 3, 4), dtype=int))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"q": 1}, ValueError, "q 1: allowed are 2 to 127"),
        ({"q": 0}, ValueError, "q 0"),
        ({"q": 128}, ValueError, "q 128"),
        ({"q": 2.5}, TypeError, "q 2.5: has to be an integer"),
        ({"coupling": np.nan}, ValueError, "coupling nan"),
        ({"coupling": np.ones((2, 4, 4))}, ValueError, "finite real number"),
        ({"field": np.inf}, ValueError, "field inf: has to be finite"),
        ({"field": np.ones((4, 4))}, ValueError, r"(?s)field.*finite real number"),
        ({"boundary": "antiperiodic"}, ValueError, "antiperiodic.*allowed are 'periodic' and 'free'"),
        ({"boundary": ("free", "antiperiodic")}, ValueError, "antiperiodic"),
        ({"shape": (1, 4)}, ValueError, "at least 2"),
        ({"neighborhood": "kagome"}, ValueError, "neighborhood 'kagome'"),
    ],
)
def test_refuses_models_that_do_not_exist(arguments, error, message):
    with pytest.raises(error, match=message):
        Potts(**{"shape": (4, 4), **arguments})
