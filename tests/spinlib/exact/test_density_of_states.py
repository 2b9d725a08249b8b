"""Exact counts against enumeration and Kaufman's formula, by symmetries, and by the lowest states counted by hand."""

from itertools import product
from math import comb, log

import numpy as np
import pytest
from scipy import stats

from spinlib.exact import density_of_states, enumeration, kaufman, onsager
from spinlib.models import Ising

TC = onsager.critical_temperature()
NAMES = ("periodic", "antiperiodic")
BOUNDARIES = list(product(NAMES, NAMES))
SMALL = [(2, 2), (2, 3), (3, 2), (3, 3), (4, 3), (2, 6), (4, 4)]
TEMPERATURES = np.array([0.1, 0.3, 0.7, 1.0, 2.0, TC, 2.4, 5.0, 30.0, 100.0])
FUNCTIONS = (density_of_states.log_partition, density_of_states.energy, density_of_states.specific_heat)


def cells(shape, boundary):
    """Number of states of every (E, M), one state at a time."""
    model = Ising(shape, boundary=boundary)
    spins = enumeration.states(model)
    pairs = np.stack([model.energy(spins).astype(int), spins.sum(axis=(1, 2), dtype=int)], axis=1)
    keys, counts = np.unique(pairs, axis=0, return_counts=True)
    return {(int(e), int(m)): int(count) for (e, m), count in zip(keys, counts, strict=True)}


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("shape", SMALL)
def test_equals_enumeration(shape, boundary):
    expected = cells(shape, boundary)
    energies, magnetizations, counts = density_of_states.ising_torus_joint(shape, boundary)
    assert dict(zip(zip(energies, magnetizations, strict=True), counts, strict=True)) == expected
    assert list(zip(energies, magnetizations, strict=True)) == sorted(expected)

    energies, counts = density_of_states.ising_torus(shape, boundary)
    assert energies == sorted({e for e, _ in expected})
    assert counts == [sum(count for (e, _), count in expected.items() if e == energy) for energy in energies]


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("shape", [(8, 8), (7, 12), (16, 16), (3, 40)])
def test_agrees_with_kaufman(shape, boundary):
    for function, expected, tolerance in zip(
        FUNCTIONS, (kaufman.log_partition, kaufman.energy, kaufman.specific_heat), (1e-13, 1e-11, 1e-9), strict=True
    ):
        np.testing.assert_allclose(
            function(TEMPERATURES, shape, boundary), expected(TEMPERATURES, shape, boundary), rtol=tolerance
        )


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("shape", [(6, 8), (5, 6), (5, 7), (16, 16)])
def test_counts_are_symmetric(shape, boundary):
    """Turning every second spin turns E to -E, and swaps the boundary of an axis of odd length."""
    energies, counts = density_of_states.ising_torus(shape, boundary)
    assert sum(counts) == 2 ** (shape[0] * shape[1])
    assert all(type(number) is int for number in energies + counts)
    other = [NAMES[NAMES.index(name) ^ (side % 2)] for name, side in zip(boundary, shape, strict=True)]
    mirrored, mirrored_counts = density_of_states.ising_torus(shape, other)
    assert mirrored == [-energy for energy in reversed(energies)]
    assert mirrored_counts == counts[::-1]
    assert density_of_states.ising_torus(shape[::-1], boundary[::-1]) == (energies, counts)


@pytest.mark.parametrize("shape", [(8, 8), (7, 9), (12, 5)])
def test_lowest_states(shape):
    m, n = shape
    size = m * n
    energies, counts = density_of_states.ising_torus(shape)
    # all alike; one spin; two neighbours
    assert dict(zip(energies[:3], counts[:3], strict=True)) == {
        -2 * size: 2,
        8 - 2 * size: 2 * size,
        12 - 2 * size: 4 * size,
    }
    # One straight wall across the seam, at any of its m places
    energies, counts = density_of_states.ising_torus(shape, ("antiperiodic", "periodic"))
    assert (energies[0], counts[0]) == (-2 * size + 2 * n, 2 * m)
    # A wall that closes around both axes, in m + n steps
    energies, counts = density_of_states.ising_torus(shape, "antiperiodic")
    assert energies[0] == -2 * size + 2 * (m + n)
    assert counts[0] == round(np.exp(kaufman.log_partition(0.05, shape, "antiperiodic") + energies[0] / 0.05))


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_derivatives(boundary):
    """u' = c and s' = c / T."""
    T, shape = np.array([0.8, 1.7, TC, 2.6, 6.0]), (9, 10)
    h = 2e-4 * T

    def slope(function):
        values = [function(T + k * h, shape, boundary) for k in (-2, -1, 1, 2)]
        return (8 * (values[2] - values[1]) - (values[3] - values[0])) / (12 * h)

    heat = density_of_states.specific_heat(T, shape, boundary)
    np.testing.assert_allclose(slope(density_of_states.energy), heat, rtol=1e-8)
    np.testing.assert_allclose(slope(density_of_states.entropy), heat / T, rtol=1e-8)


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_limits_of_the_entropy(boundary):
    shape = (8, 6)
    _, counts = density_of_states.ising_torus(shape, boundary)
    low, high = density_of_states.entropy([1e-3, 1e6], shape, boundary)
    assert low == pytest.approx(log(counts[0]) / 48, rel=1e-13)
    assert high == pytest.approx(log(2), abs=1e-11)
    assert density_of_states.specific_heat(1e-300, shape, boundary) == 0.0


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_joint_counts_of_6_x_6(boundary):
    energies, magnetizations, counts = density_of_states.ising_torus_joint((6, 6), boundary)
    by_energy, by_magnetization = {}, {}
    for energy, magnetization, count in zip(energies, magnetizations, counts, strict=True):
        by_energy[energy] = by_energy.get(energy, 0) + count
        by_magnetization[magnetization] = by_magnetization.get(magnetization, 0) + count
    assert by_energy == dict(zip(*density_of_states.ising_torus((6, 6), boundary), strict=True))
    assert by_magnetization == {2 * up - 36: comb(36, up) for up in range(37)}
    mirrored = {(e, -m): count for e, m, count in zip(energies, magnetizations, counts, strict=True)}
    assert mirrored == dict(zip(zip(energies, magnetizations, strict=True), counts, strict=True))


def test_joint_counts_of_a_long_torus():
    """More rows than columns, either way round."""
    boundary = ("antiperiodic", "periodic")
    upright = density_of_states.ising_torus_joint((11, 3), boundary)
    assert upright == density_of_states.ising_torus_joint((3, 11), boundary[::-1])
    assert sum(upright[2]) == 2**33


def test_energy_distribution():
    T = np.array([[0.5, TC], [3.0, 50.0]])
    energies, probabilities = density_of_states.energy_distribution(T, (8, 10))
    levels, counts = density_of_states.ising_torus((8, 10))
    assert energies.dtype == np.int64
    assert energies.tolist() == levels
    assert probabilities.shape == (2, 2, len(levels))
    np.testing.assert_allclose(probabilities.sum(axis=-1), 1, rtol=1e-14)
    np.testing.assert_allclose(probabilities @ energies / 80, kaufman.energy(T, (8, 10)), rtol=1e-12)
    ratio = counts[4] / counts[2] * np.exp(-(levels[4] - levels[2]) / T)
    np.testing.assert_allclose(probabilities[..., 4] / probabilities[..., 2], ratio, rtol=1e-11)


def test_sampled_energies_follow_the_distribution():
    n_samples = 20_000
    drawn = density_of_states.sample_energies(2.4, (8, 8), n_samples, 5, ("periodic", "antiperiodic"))
    energies, probabilities = density_of_states.energy_distribution(2.4, (8, 8), ("periodic", "antiperiodic"))
    assert drawn.shape == (n_samples,)
    assert drawn.dtype == np.int64
    assert np.isin(drawn, energies).all()
    observed = (drawn[:, None] == energies).sum(axis=0)
    common = n_samples * probabilities > 10
    observed = np.append(observed[common], observed[~common].sum())
    expected = np.append(probabilities[common], probabilities[~common].sum()) * n_samples
    assert stats.chisquare(observed, expected).pvalue > 0.001
    again = density_of_states.sample_energies(2.4, (8, 8), n_samples, 5, ("periodic", "antiperiodic"))
    np.testing.assert_array_equal(drawn, again)


def test_numbers_and_arrays():
    for function in (*FUNCTIONS, density_of_states.entropy):
        assert type(function(2.0, (4, 4))) is float
        grid = function([[1.0, 2.0], [3.0, 4.0]], (4, 6), "antiperiodic")
        assert grid.shape == (2, 2)
        assert grid[0, 1] == function(2.0, (4, 6), ["antiperiodic", "antiperiodic"])


def test_bad_input():
    counters = (density_of_states.ising_torus, density_of_states.ising_torus_joint)
    averages = [lambda shape, *rest, f=f: f(2.0, shape, *rest) for f in (*FUNCTIONS, density_of_states.entropy)]
    for function in (*counters, *averages):
        for shape in ((1, 4), (4, 0), (4,), (4, 4, 4), (64, 65)):
            with pytest.raises(ValueError, match="shape"):
                function(shape)
        for shape in ((4.0, 4), 4):
            with pytest.raises(TypeError, match="shape"):
                function(shape)
        for boundary in ("free", ("periodic", "free"), ("periodic",), ""):
            with pytest.raises(ValueError, match="boundary"):
                function((4, 4), boundary)
    with pytest.raises(ValueError, match="at most 64 sites"):
        density_of_states.ising_torus_joint((5, 13))
    for T in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match=r"T .*: allowed are positive, finite temperatures"):
            density_of_states.energy(T, (4, 4))
    with pytest.raises(TypeError, match="one number"):
        density_of_states.sample_energies([1.0, 2.0], (4, 4), 3, 0)
