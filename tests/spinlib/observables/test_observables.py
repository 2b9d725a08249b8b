"""Observables against direct sums and against exact averages."""

import itertools

import numpy as np
import pytest

from spinlib import observables
from spinlib.exact import enumeration
from spinlib.models import XY, Ising, Potts


def random_spins(model, *leading, seed=1):
    if isinstance(model, XY):
        return np.random.default_rng(seed).uniform(-9.0, 9.0, size=(*leading, *model.shape))
    values = [-1, 1] if isinstance(model, Ising) else np.arange(model.q)
    return np.random.default_rng(seed).choice(np.array(values, dtype=np.int8), size=(*leading, *model.shape))


MODELS = [
    Ising((4, 6), 0.7, 0.2, ("antiperiodic", "periodic")),
    Ising((3, 4, 5), boundary="free"),
    Potts((4, 5), q=4),
    XY((4, 5), 0.7, ("antiperiodic", "free")),
]


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_energy_is_per_site(model):
    spins = random_spins(model, 2, 3)
    assert np.array_equal(observables.energy(model, spins), model.energy(spins) / model.n_sites)


def test_magnetization_of_ising_is_the_mean_spin():
    model = Ising((4, 6))
    spins = random_spins(model, 2, 3)
    np.testing.assert_allclose(
        observables.magnetization(model, spins), spins.mean(axis=(2, 3), dtype=float), rtol=0, atol=1e-15
    )
    assert observables.magnetization(model, -np.ones((4, 6))) == -1
    assert observables.magnetization(model, np.ones((4, 6), dtype=np.int8)) == 1


def test_magnetization_of_potts_is_the_share_of_the_majority():
    model = Potts((4, 5), q=4)
    assert observables.magnetization(model, np.full((4, 5), 3)) == 1
    assert observables.magnetization(model, np.arange(20).reshape(4, 5) % 4) == 0
    spins = random_spins(model, 50)
    most = [np.bincount(row).max() for row in spins.reshape(50, 20)]
    np.testing.assert_allclose(
        observables.magnetization(model, spins), (4 * np.array(most) / 20 - 1) / 3, rtol=0, atol=1e-15
    )


def test_magnetization_of_two_state_potts_is_that_of_ising_without_its_sign():
    spins = random_spins(Potts((4, 5), q=2), 50)
    np.testing.assert_allclose(
        observables.magnetization(Potts((4, 5), q=2), spins),
        np.abs(observables.magnetization(Ising((4, 5)), 2 * spins - 1)),
        rtol=0,
        atol=1e-15,
    )


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_tensors_give_tensors(model):
    torch = pytest.importorskip("torch")
    spins = random_spins(model, 2, 3)
    for dtype in (torch.float64,) if isinstance(model, XY) else (torch.int8, torch.float32):
        tensor = torch.tensor(spins).to(dtype)
        m = observables.magnetization(model, tensor)
        assert m.dtype == torch.float64
        np.testing.assert_allclose(m.numpy(), observables.magnetization(model, spins), rtol=0, atol=1e-14)
        e = observables.energy(model, tensor).numpy()
        np.testing.assert_allclose(e, observables.energy(model, spins), rtol=0, atol=1e-14)


def test_magnetization_of_planar_spins_is_the_length_of_their_mean():
    model = XY((4, 5))
    spins = random_spins(model, 2, 3)
    expected = np.abs(np.exp(1j * spins).mean(axis=(2, 3)))
    np.testing.assert_allclose(observables.magnetization(model, spins), expected, rtol=0, atol=1e-15)


def test_magnetization_refuses_what_the_model_refuses():
    with pytest.raises(ValueError, match="spin value 0"):
        observables.magnetization(Ising((4, 4)), np.zeros((4, 4)))
    with pytest.raises(ValueError, match="shape"):
        observables.magnetization(Potts((4, 4)), np.zeros((4, 5)))


def independent_draws(model, T, n, seed=3):
    """Per-site energies and magnetisations of n independent states, drawn from the exact distribution."""
    energies, magnetizations, probabilities = enumeration.energy_magnetization_distribution(model, T)
    drawn = np.random.default_rng(seed).choice(len(probabilities), size=n, p=probabilities)
    return energies[drawn] / model.n_sites, magnetizations[drawn] / model.n_sites


def test_fluctuations_tend_to_the_exact_averages():
    model, T, n = Ising((3, 3)), 2.5, 400_000
    exact = enumeration.thermodynamics(model, T)
    e, m = independent_draws(model, T, n)
    expected = {
        "heat capacity": exact.specific_heat,
        "chi": 9 * (exact.squared_magnetization - exact.abs_magnetization**2) / T,
        "chi from zero": 9 * exact.squared_magnetization / T,
        "binder": 1 - exact.fourth_magnetization / (3 * exact.squared_magnetization**2),
    }
    blocks = (e.reshape(100, -1), m.reshape(100, -1))
    measured = {
        "heat capacity": observables.heat_capacity(blocks[0], T, 9),
        "chi": observables.susceptibility(blocks[1], T, 9),
        "chi from zero": observables.susceptibility(blocks[1], T, 9, subtract="zero"),
        "binder": observables.binder_cumulant(blocks[1]),
    }
    for name, values in measured.items():
        error = values.std(ddof=1) / 10
        assert 0 < error < 0.02 * abs(expected[name]), name
        # Four quantities; blocks of 4,000 independent draws have a bias far below their error.
        assert abs(values.mean() - expected[name]) < 4 * error, name


def test_fluctuations_of_few_draws_by_hand():
    assert observables.heat_capacity([-2.0, -1.0], 0.5, 8) == 8 * 0.25 / 0.25
    assert observables.susceptibility([-1.0, 0.5], 0.5, 8) == 8 * 0.0625 / 0.5
    assert observables.susceptibility([-1.0, 0.5], 0.5, 8, subtract="zero") == 8 * 0.625 / 0.5
    assert observables.binder_cumulant([-1.0, 1.0, 1.0]) == pytest.approx(2 / 3)
    assert observables.binder_cumulant([2.0, 0.0]) == pytest.approx(1 / 3)


def test_fluctuations_average_over_the_axes_asked_for():
    e = np.random.default_rng(1).normal(size=(3, 4, 50))
    T = np.array([1.0, 2.0, 3.0])
    pooled = observables.heat_capacity(e, T, 10, axis=(1, 2))
    assert pooled.shape == (3,)
    assert pooled[1] == pytest.approx(10 * e[1].var() / 4)
    assert observables.heat_capacity(e, T[:, None], 10).shape == (3, 4)
    assert observables.susceptibility(e, T, 10, axis=(1, 2)).shape == (3,)
    assert observables.binder_cumulant(e, axis=(1, 2)).shape == (3,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: observables.heat_capacity([1.0, 2.0], 0.0, 4), "T .*: allowed are positive, finite temperatures"),
        (lambda: observables.heat_capacity([1.0, 2.0], np.nan, 4), "T .*: allowed are positive, finite temperatures"),
        (lambda: observables.heat_capacity([1.0, np.nan], 1.0, 4), "energies have to be finite, got nan"),
        (lambda: observables.heat_capacity([], 1.0, 4), "nothing to average"),
        (lambda: observables.heat_capacity([1.0], 1.0, 0), "n_sites 0"),
        (lambda: observables.susceptibility([1.0], -1.0, 4), "T .*: allowed are positive, finite temperatures"),
        (lambda: observables.susceptibility([1.0], 1.0, 4, subtract="median"), "subtract 'median'"),
        (lambda: observables.binder_cumulant([0.0, 0.0]), "all 0"),
        (lambda: observables.binder_cumulant([np.inf]), "m have to be finite"),
        (lambda: observables.correlation_function(Ising((4, 4)), np.ones((4, 4)), axis=2), "axis 2"),
        (lambda: observables.correlation_function(Ising((4, 4)), np.zeros((4, 4))), "spin value 0"),
        (lambda: observables.helicity_modulus([1.0], [0.0], 0.0, 4), "T .*: allowed are positive, finite temperatures"),
        (lambda: observables.helicity_modulus([1.0], [np.nan], 1.0, 4), "current have to be finite"),
        (lambda: observables.twist_response(XY((4, 4)), np.zeros((4, 4)), axis=2), "axis 2"),
        (lambda: observables.twist_response(XY((4, 4), neighborhood="moore"), np.zeros((4, 4))), "'nearest' only"),
        (lambda: observables.twist_response(XY((4, 4)), np.full((4, 4), np.inf)), "angle inf"),
        (lambda: observables.vorticity(XY((4,)), np.zeros(4)), "two axes"),
        (lambda: observables.vorticity(XY((4, 4), np.ones((2, 4, 4))), np.zeros((4, 4))), "one coupling"),
        (lambda: observables.overlap(Ising((4, 4)), np.ones((4, 4)), np.ones((2, 4, 4))), "have to be equal"),
        (lambda: observables.overlap(Ising((4, 4)), np.ones((4, 4)), np.zeros((4, 4))), "spin value 0"),
        (lambda: observables.overlap_distribution([0.3], 10), "overlap 0.3"),
        (lambda: observables.overlap_distribution([1.2], 10), "overlap 1.2"),
        (lambda: observables.overlap_distribution([], 10), "nothing to average"),
        (lambda: observables.hamming_distance(np.ones((1, 4))), "at least 2"),
        (lambda: observables.hamming_distance(np.ones(4)), "at least 2"),
    ],
)
def test_refuses_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def direct_correlation(model, spins, axis, r):
    """The mean over all pairs r apart along an axis, pair by pair."""
    length, boundary = model.shape[axis], model.lattice.boundary[axis]
    terms = []
    for site in itertools.product(*map(range, model.shape)):
        other, sign = list(site), 1
        other[axis] += r
        if other[axis] >= length:
            if boundary == "free":
                continue
            other[axis] -= length
            sign = -1 if boundary == "antiperiodic" else 1
        a, b = spins[site], spins[tuple(other)]
        if isinstance(model, XY):
            terms.append(sign * np.cos(a - b))
        elif isinstance(model, Ising):
            terms.append(sign * int(a) * int(b))
        else:
            terms.append((model.q * (a == b) - 1) / (model.q - 1))
    return np.mean(terms)


@pytest.mark.parametrize(
    "model",
    [
        Ising((7,), boundary="periodic"),
        Ising((4, 5), boundary=("free", "antiperiodic")),
        Ising((5, 6), boundary=("antiperiodic", "periodic")),
        Ising((2, 3, 4), boundary=("periodic", "free", "antiperiodic")),
        Potts((4, 5), q=3, boundary=("free", "periodic")),
        Potts((6,), q=5),
        XY((4, 5), boundary=("free", "antiperiodic")),
        XY((6,)),
    ],
    ids=repr,
)
def test_correlation_function_is_the_sum_over_pairs(model):
    spins = random_spins(model, 2, 3)
    for axis, length in enumerate(model.shape):
        correlation = observables.correlation_function(model, spins, axis)
        n = length if model.lattice.boundary[axis] == "free" else length // 2 + 1
        assert correlation.shape == (2, 3, n)
        expected = [direct_correlation(model, spins[1, 2], axis, r) for r in range(n)]
        np.testing.assert_allclose(correlation[1, 2], expected, rtol=0, atol=1e-12)


def test_correlation_of_neighbors_is_the_energy():
    model = Ising((16, 16))
    spins = random_spins(model, 10)
    neighbors = sum(observables.correlation_function(model, spins, axis)[:, 1] for axis in range(2))
    np.testing.assert_allclose(-neighbors, observables.energy(model, spins), rtol=0, atol=1e-12)


def test_correlation_of_equal_spins_is_one():
    assert np.allclose(observables.correlation_function(Ising((6, 4)), -np.ones((6, 4))), 1, rtol=0, atol=1e-12)
    assert np.allclose(observables.correlation_function(Potts((6, 4)), np.ones((6, 4))), 1, rtol=0, atol=1e-12)


def test_hamming_distance_is_the_mean_over_pairs():
    spins = random_spins(Potts((4, 5), q=3), 12)
    pairs = itertools.combinations(spins, 2)
    expected = np.mean([np.mean(a != b) for a, b in pairs])
    assert observables.hamming_distance(spins) == pytest.approx(expected, abs=1e-14)


def test_hamming_distance_of_known_sets():
    up = np.ones((4, 4), dtype=np.int8)
    assert observables.hamming_distance([up, up, up]) == 0
    assert observables.hamming_distance([up, -up]) == 1
    assert observables.hamming_distance([up, up, -up, -up]) == pytest.approx(4 / 6)


def test_overlap_is_the_mean_product():
    model = Ising((4, 5))
    first, second = random_spins(model, 2, 30), random_spins(model, 2, 30, seed=5)
    q = observables.overlap(model, first, second)
    np.testing.assert_allclose(q, (first * second).mean(axis=(2, 3)), rtol=0, atol=1e-15)
    assert np.all(observables.overlap(model, first, -first) == -1)
    values, density = observables.overlap_distribution(q, 20)
    assert len(values) == len(density) == 21
    assert density.sum() * 2 / 20 == pytest.approx(1)
    assert (values * density).sum() * 2 / 20 == pytest.approx(q.mean())
    planar = XY((4, 5))
    a, b = random_spins(planar, 7), random_spins(planar, 7, seed=5)
    np.testing.assert_allclose(observables.overlap(planar, a, b), np.cos(a - b).mean(axis=(1, 2)), rtol=0, atol=1e-14)
    with pytest.raises(TypeError, match="Potts"):
        observables.overlap(Potts((4, 4)), np.zeros((4, 4)), np.zeros((4, 4)))
