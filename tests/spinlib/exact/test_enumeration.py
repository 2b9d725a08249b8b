"""Enumeration against transfer matrices, hand counts, thermodynamic identities and limits."""

import numpy as np
import pytest

from spinlib.exact import enumeration
from spinlib.models import CellularPotts, Ising, LongRangeIsing, Potts

MODELS = [
    Ising((3, 3), 0.8, 0.3, ("antiperiodic", "free")),
    Ising((2, 4), np.random.default_rng(1).normal(size=(2, 2, 4))),
    Ising((2, 2, 3), boundary=("free", "periodic", "antiperiodic")),
    Ising((2, 6), -1.0, boundary=("free", "periodic"), neighborhood="triangular"),
    LongRangeIsing((2, 4), "screened_coulomb", screening=0.5, cutoff=12.0),
    LongRangeIsing((3, 3), "sinusoidal", -1.5, cutoff=8.0),
    Potts((2, 3), q=3, coupling=0.9),
    Potts((3, 2), q=4, boundary="free"),
]
T = np.array([0.4, 1.0, 2.3, 9.0])


def log_trace_of_transfer_matrices(model, t, values, pair_energy):
    """ln Z of a chain with site values, bonds of weight +-1 and the field of an Ising model."""
    field = getattr(model, "field", 0.0)
    first, second = np.meshgrid(values, values, indexing="ij")
    site = np.diag(np.exp(field * np.asarray(values) / t))
    plain = np.exp(-pair_energy(first, second) / t) @ site
    n, boundary = model.n_sites, model.lattice.boundary[0]
    product = np.linalg.matrix_power(plain, n - 1)
    if boundary == "free":
        return np.log((site @ product).sum())
    seam = np.exp((1 if boundary == "antiperiodic" else -1) * pair_energy(first, second) / t) @ site
    return np.log(np.trace(product @ seam))


def test_states_are_all_states():
    model = Ising((2, 3))
    states = enumeration.states(model)
    assert states.shape == (64, 2, 3)
    assert states.dtype == np.int8
    assert len({state.tobytes() for state in states}) == 64
    assert np.array_equal(states[0b001_010].ravel(), [-1, 1, -1, 1, -1, -1])
    potts = enumeration.states(Potts((2, 2), q=3))
    assert len({state.tobytes() for state in potts}) == 81
    assert np.array_equal(potts[5].ravel(), [2, 1, 0, 0])


def test_two_by_two_by_hand():
    """Double bonds: two states of energy -8, two of +8 and twelve of 0."""
    t = 2.0
    z = 2 * np.exp(8 / t) + 12 + 2 * np.exp(-8 / t)
    exact = enumeration.thermodynamics(Ising((2, 2)), t)
    assert enumeration.log_partition(Ising((2, 2)), t) == pytest.approx(np.log(z), rel=1e-14)
    energy = (-16 * np.exp(8 / t) + 16 * np.exp(-8 / t)) / z
    squared = (2 * 64 * np.exp(8 / t) + 2 * 64 * np.exp(-8 / t)) / z
    assert exact.energy == pytest.approx(energy / 4, rel=1e-14)
    assert exact.specific_heat == pytest.approx((squared - energy**2) / t**2 / 4, rel=1e-13)
    # Eight states of |m| = 1/2 and four of m = 0 have energy 0.
    assert exact.abs_magnetization == pytest.approx((2 * np.exp(8 / t) + 8 / 2) / z, rel=1e-14)
    assert exact.squared_magnetization == pytest.approx((2 * np.exp(8 / t) + 8 / 4) / z, rel=1e-14)
    assert exact.fourth_magnetization == pytest.approx((2 * np.exp(8 / t) + 8 / 16) / z, rel=1e-14)
    assert exact.magnetization == pytest.approx(0, abs=1e-15)
    assert exact.free_energy == pytest.approx(-t * np.log(z) / 4, rel=1e-14)


def test_four_by_four_energy_counts():
    levels, counts = np.unique(enumeration.energies(Ising((4, 4))), return_counts=True)
    assert np.array_equal(levels[:8], [-32, -24, -20, -16, -12, -8, -4, 0])
    assert np.array_equal(counts[:8], [2, 32, 64, 424, 1728, 6688, 13568, 20524])
    assert np.array_equal(counts, counts[::-1])


@pytest.mark.parametrize("boundary", ["periodic", "antiperiodic", "free"])
@pytest.mark.parametrize("n", [2, 7])
def test_ising_chain_against_its_transfer_matrix(boundary, n):
    model = Ising((n,), 0.8, 0.3, boundary)
    expected = [log_trace_of_transfer_matrices(model, t, [-1, 1], lambda a, b: -0.8 * a * b) for t in T]
    np.testing.assert_allclose(enumeration.log_partition(model, T), expected, rtol=1e-12)


@pytest.mark.parametrize("boundary", ["periodic", "free"])
def test_potts_chain_against_its_transfer_matrix(boundary):
    model = Potts((6,), 4, 0.8, boundary)
    expected = [log_trace_of_transfer_matrices(model, t, range(4), lambda a, b: -0.8 * (a == b)) for t in T]
    np.testing.assert_allclose(enumeration.log_partition(model, T), expected, rtol=1e-12)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_specific_heat_is_the_derivative_of_the_energy(model):
    h = 1e-4
    slope = (enumeration.thermodynamics(model, T + h).energy - enumeration.thermodynamics(model, T - h).energy) / (
        2 * h
    )
    np.testing.assert_allclose(enumeration.thermodynamics(model, T).specific_heat, slope, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_energy_is_the_derivative_of_the_partition_function(model):
    beta, h = 1 / T, 1e-5
    above, below = (enumeration.log_partition(model, 1 / (beta + s * h)) for s in (1, -1))
    slope = (above - below) / (2 * h)
    exact = enumeration.thermodynamics(model, T)
    np.testing.assert_allclose(exact.energy, -slope / model.n_sites, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(exact.free_energy, -T * enumeration.log_partition(model, T) / model.n_sites, rtol=1e-12)
    np.testing.assert_allclose(exact.entropy, (exact.energy - exact.free_energy) / T, rtol=1e-12)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_limits_of_high_and_low_temperature(model):
    hot, cold = enumeration.thermodynamics(model, 1e7), enumeration.thermodynamics(model, 0.01)
    states, energies = enumeration.states(model), enumeration.energies(model)
    values = len(np.unique(states))
    assert hot.entropy == pytest.approx(np.log(values), abs=1e-9)
    assert hot.energy == pytest.approx(energies.mean() / model.n_sites, abs=1e-5)
    ground_states = np.count_nonzero(energies < energies.min() + 1e-6)
    assert cold.energy == pytest.approx(energies.min() / model.n_sites, abs=1e-9)
    assert cold.entropy == pytest.approx(np.log(ground_states) / model.n_sites, abs=1e-6)
    assert cold.specific_heat == pytest.approx(0, abs=1e-6)


def test_magnetization_is_the_derivative_of_the_free_energy_in_the_field():
    h, t = 1e-5, 2.5
    up, down = (enumeration.thermodynamics(Ising((3, 3), field=0.2 + s * h), t).free_energy for s in (1, -1))
    assert enumeration.thermodynamics(Ising((3, 3), field=0.2), t).magnetization == pytest.approx(
        -(up - down) / (2 * h), rel=1e-7
    )


def test_two_potts_states_are_ising_with_half_the_coupling():
    potts = enumeration.thermodynamics(Potts((3, 3), 2, 1.4), T)
    ising = enumeration.thermodynamics(Ising((3, 3), 0.7), T)
    # A constant of -J / 2 on each of the two bonds per site.
    np.testing.assert_allclose(potts.energy, ising.energy - 1.4, rtol=1e-12)
    np.testing.assert_allclose(potts.specific_heat, ising.specific_heat, rtol=1e-9)
    np.testing.assert_allclose(potts.magnetization, ising.abs_magnetization, rtol=1e-12)
    np.testing.assert_allclose(potts.fourth_magnetization, ising.fourth_magnetization, rtol=1e-12)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_boltzmann_and_the_cells_are_one_distribution(model):
    probabilities = enumeration.boltzmann(model, T)
    assert probabilities.shape == (4, len(enumeration.states(model)))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-13)
    energies, magnetizations, cells = enumeration.energy_magnetization_distribution(model, T)
    np.testing.assert_allclose(cells.sum(axis=1), 1, rtol=1e-13)
    order = np.lexsort((magnetizations, np.round(energies, 9)))
    assert np.array_equal(order, np.arange(len(order)))
    assert len(set(zip(energies, magnetizations, strict=True))) == len(energies)
    rows = enumeration.states(model).reshape(-1, model.n_sites).astype(int)
    majorities = [np.bincount(row - row.min()).max() for row in rows]
    of_state = rows.sum(axis=1) if not isinstance(model, Potts) else np.array(majorities)
    for m in np.unique(magnetizations):
        np.testing.assert_allclose(
            cells[:, magnetizations == m].sum(axis=1), probabilities[:, of_state == m].sum(axis=1), rtol=1e-9
        )
    np.testing.assert_allclose(cells @ energies, probabilities @ enumeration.energies(model), rtol=1e-9)
    one = enumeration.boltzmann(model, 2.3)
    assert np.array_equal(one, probabilities[2])
    ratio = np.exp(-(enumeration.energies(model)[1] - enumeration.energies(model)[0]) / 2.3)
    assert one[1] / one[0] == pytest.approx(ratio, rel=1e-12)


def test_cold_probabilities_stay_finite():
    assert enumeration.boltzmann(Ising((4, 4)), 1e-3)[0] == 0.5
    assert enumeration.log_partition(Ising((4, 4)), 1e-3) == pytest.approx(32_000 + np.log(2))


def test_cellular_potts_is_enumerated_too():
    model = CellularPotts((2, 3), [0, 1, 2], [[0, 2, 3], [2, 1, 4], [3, 4, 1]], target_area=2.0, neighborhood="nearest")
    states = enumeration.states(model)
    assert states.shape == (3**6, 2, 3)
    assert np.array_equal(np.unique(states), [0, 1, 2])
    expected = np.log(np.exp(-np.asarray(model.energy(states)) / 2.0).sum())
    assert enumeration.log_partition(model, 2.0) == pytest.approx(expected, rel=1e-12)
    with pytest.raises(TypeError, match="Ising, LongRangeIsing or Potts"):
        enumeration.thermodynamics(model, 2.0)


def test_a_long_range_model_of_nearest_neighbors_is_ising():
    """A cutoff of one spacing: -1/e for J."""
    long_range = enumeration.thermodynamics(LongRangeIsing((3, 4), cutoff=1.0), T)
    nearest = enumeration.thermodynamics(Ising((3, 4), -np.exp(-1.0)), T)
    np.testing.assert_allclose(long_range, nearest, rtol=1e-9, atol=1e-13)


def test_twenty_spins_are_enumerated():
    model = Ising((4, 5), 0.5)
    assert enumeration.n_states(model) == 2**20
    hot = enumeration.thermodynamics(model, [3.0, 1e9])
    assert hot.squared_magnetization[1] == pytest.approx(1 / 20, rel=1e-6)
    assert hot.energy[0] < 0


@pytest.mark.parametrize("model", [Ising((3, 7)), Potts((2, 7), q=3), Ising((256, 256))], ids=repr)
def test_refuses_too_many_states(model):
    with pytest.raises(ValueError, match=r"at most 2\^20"):
        enumeration.states(model)
    with pytest.raises(ValueError, match=r"at most 2\^20"):
        enumeration.thermodynamics(model, 1.0)


def test_refuses_what_is_no_model_or_temperature():
    with pytest.raises(TypeError, match="has to be an Ising, LongRangeIsing, Potts or CellularPotts"):
        enumeration.states("ising")
    for function in (
        enumeration.log_partition,
        enumeration.boltzmann,
        enumeration.thermodynamics,
        enumeration.energy_magnetization_distribution,
    ):
        for bad in (0.0, -1.0, np.nan, [1.0, np.inf]):
            with pytest.raises(ValueError, match=r"T .*: allowed are positive, finite temperatures"):
                function(Ising((2, 2)), bad)


def test_numbers_in_floats_out_and_arrays_in_arrays_out():
    model = Ising((2, 2))
    assert type(enumeration.log_partition(model, 2)) is float
    assert all(type(value) is float for value in enumeration.thermodynamics(model, 2.0))
    assert all(value.shape == (2, 2) for value in enumeration.thermodynamics(model, T.reshape(2, 2)))
    assert enumeration.log_partition(model, T.reshape(2, 2)).shape == (2, 2)
    assert enumeration.boltzmann(model, T.reshape(2, 2)).shape == (2, 2, 16)
