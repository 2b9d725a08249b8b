"""Ising chains against enumeration, by derivatives, and their samples against the exact probabilities."""

import numpy as np
import pytest
from scipy import stats

from spinlib.exact import enumeration
from spinlib.exact import one_dimensional as chain
from spinlib.models import Ising

TEMPERATURES = np.array([0.05, 0.3, 1.0, 2.5, 20.0, 100.0])
BOUNDARIES = ("free", "periodic", "antiperiodic")


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("n", [2, 3, 6, 9])
@pytest.mark.parametrize("field", [0.0, 0.3, -1.2])
def test_equals_enumeration(n, boundary, field):
    model = Ising((n,), 1.0, field, boundary)
    exact = enumeration.thermodynamics(model, TEMPERATURES)
    arguments = (TEMPERATURES, n, boundary, field)
    np.testing.assert_allclose(
        chain.ising_log_partition(*arguments), enumeration.log_partition(model, TEMPERATURES), rtol=1e-13
    )
    np.testing.assert_allclose(chain.ising_energy(*arguments), exact.energy, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(chain.ising_specific_heat(*arguments), exact.specific_heat, rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(chain.ising_magnetization(*arguments), exact.magnetization, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_derivatives(boundary):
    """u' = c and m = T d ln Z / dB / n, for a chain that is too long to be enumerated."""
    T, n, field, h = np.array([0.2, 0.7, 1.5, 8.0, 100.0]), 57, 0.4, 1e-4
    up, down = (chain.ising_energy(T * (1 + s * h), n, boundary, field) for s in (1, -1))
    np.testing.assert_allclose(
        chain.ising_specific_heat(T, n, boundary, field), (up - down) / (2 * h * T), rtol=3e-7, atol=3e-11
    )
    up, down = (chain.ising_log_partition(T, n, boundary, field + s * h) for s in (1, -1))
    np.testing.assert_allclose(
        chain.ising_magnetization(T, n, boundary, field), T * (up - down) / (2 * h) / n, rtol=1e-6
    )


def test_closed_forms_without_field():
    T, n = np.geomspace(0.1, 100, 13), 23
    t = np.tanh(1 / T)
    expected = {
        "free": -(1 - 1 / n) * t,
        "periodic": -(t + t ** (n - 1)) / (1 + t**n),
    }
    for boundary, values in expected.items():
        np.testing.assert_allclose(chain.ising_energy(T, n, boundary), values, rtol=1e-12)
        assert (np.abs(chain.ising_magnetization(T, n, boundary)) < 1e-13).all()
    hot = t[T > 1]
    seam = -(hot - hot ** (n - 1)) / (1 - hot**n)
    np.testing.assert_allclose(chain.ising_energy(T[T > 1], n, "antiperiodic"), seam, rtol=1e-12)
    heat = (1 - 1 / n) / (T * np.cosh(1 / T)) ** 2
    np.testing.assert_allclose(chain.ising_specific_heat(T, n), heat, rtol=1e-10)
    np.testing.assert_allclose(chain.ising_log_partition(T, n), np.log(2) + (n - 1) * np.log(2 * np.cosh(1 / T)))


def test_long_rings_are_long_chains():
    T = np.array([0.5, 1.0, 3.0])
    for boundary in ("periodic", "antiperiodic"):
        np.testing.assert_allclose(
            chain.ising_energy(T, 10_000, boundary), chain.ising_energy(T, 10_000) * 10_000 / 9_999, rtol=1e-12
        )
        heats = [chain.ising_specific_heat(T, 10_000, name, 0.1) for name in ("free", boundary)]
        np.testing.assert_allclose(*heats, rtol=5e-3)


def test_correlation_is_that_of_the_middle_of_a_long_chain():
    """By powers of the transfer matrix; without field also that of the ends of a free chain."""
    n, r = 4000, np.arange(5)
    for t in (0.5, 1.0, 4.0):
        for field in (0.0, 0.2, -0.7):
            spins = np.array([1.0, -1.0])
            matrix = np.exp((np.multiply.outer(spins, spins) - 1 + field * (spins[:, None] + spins) / 2) / t)
            matrix /= np.linalg.eigvalsh(matrix)[-1]
            rest = [np.linalg.matrix_power(matrix, n - k) for k in r]
            step = [np.linalg.matrix_power(matrix, k) for k in r]
            expected = [
                np.einsum("a,ab,b,ba", spins, one, spins, other) / np.trace(one @ other)
                for one, other in zip(step, rest, strict=True)
            ]
            np.testing.assert_allclose(chain.ising_correlation(t, r, field), expected, rtol=1e-10)
    states = enumeration.states(Ising((6,), boundary="free"))
    probabilities = enumeration.boltzmann(Ising((6,), boundary="free"), TEMPERATURES)
    for k in range(6):
        ends = probabilities @ (states[:, 0] * states[:, k])
        np.testing.assert_allclose(chain.ising_correlation(TEMPERATURES, k), ends, rtol=1e-12, atol=1e-15)


def test_cold_and_hot_limits():
    for T in (1e-300, 1e-4, 1e-3, 0.01):
        assert chain.ising_energy(T, 5) == -0.8
        assert chain.ising_energy(T, 5, "periodic") == -1.0
        assert chain.ising_energy(T, 5, "antiperiodic") == pytest.approx(-0.6, abs=1e-12)
        # 20 states with three broken bonds above 10 with one: nothing is lost
        heat = 16 * 2 / 5 * np.exp(-4 / T - 2 * np.log(T))
        assert chain.ising_specific_heat(T, 5, "antiperiodic") == pytest.approx(heat, rel=1e-10)
        assert chain.ising_correlation(T, 100) == 1.0
        assert chain.ising_magnetization(T, 5, "periodic", 0.1) == 1.0
        assert chain.ising_correlation(T, 3, -0.5) == 1.0
    # one broken bond on a ring with a seam: n places, times two
    assert chain.ising_log_partition(0.01, 5, "antiperiodic") == pytest.approx(300 + np.log(10), rel=1e-14)
    assert chain.ising_energy(1e5, 4) == pytest.approx(-0.75e-5, rel=1e-9)
    assert chain.ising_magnetization(1e5, 4, "periodic", 2.0) == pytest.approx(2e-5, rel=1e-4)


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize(("T", "field"), [(0.4, 0.0), (1.0, 0.3), (3.0, -0.5), (100.0, 0.0)])
def test_samples_follow_the_exact_probabilities(boundary, T, field):
    model, n_samples = Ising((5,), 1.0, field, boundary), 20_000
    spins = chain.ising_sample(T, 5, n_samples, np.random.default_rng(7), boundary, field)
    assert spins.shape == (n_samples, 5)
    assert spins.dtype == np.int8
    model.check(spins)
    # the number of a state as `enumeration.states` counts them
    observed = np.bincount((spins == 1) @ 2 ** np.arange(5), minlength=32)
    expected = n_samples * enumeration.boltzmann(model, T)
    common = expected > 10
    observed = np.append(observed[common], observed[~common].sum())
    expected = np.append(expected[common], expected[~common].sum())
    assert stats.chisquare(observed[expected > 0], expected[expected > 0]).pvalue > 1e-4


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_samples_of_a_long_chain(boundary):
    T, n, n_samples, field = 0.8, 60, 5000, 0.1
    spins = chain.ising_sample(T, n, n_samples, np.random.default_rng(11), boundary, field).astype(float)
    energies = Ising((n,), 1.0, field, boundary).energy(spins) / n
    for series, mean in (
        (energies, chain.ising_energy(T, n, boundary, field)),
        (spins.mean(axis=1), chain.ising_magnetization(T, n, boundary, field)),
        (spins[:, 28] * spins[:, 31], chain.ising_correlation(T, 3, field)),
    ):
        assert abs(series.mean() - mean) < 4 * series.std() / np.sqrt(n_samples)


def test_samples_repeat():
    first, second = (chain.ising_sample(1.0, 9, 4, np.random.default_rng(3), "periodic") for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert chain.ising_sample(1.0, 9, 0, np.random.default_rng(3)).shape == (0, 9)
    frozen = chain.ising_sample(1e-3, 9, 50, np.random.default_rng(3))
    assert (np.abs(frozen.sum(axis=1)) == 9).all()


def test_numbers_and_arrays():
    assert type(chain.ising_energy(1, 6)) is float
    assert type(chain.ising_correlation(1.0, 0)) is float
    assert chain.ising_specific_heat(np.ones((2, 3)), 6, "periodic", 0.1).shape == (2, 3)
    table = chain.ising_correlation(TEMPERATURES[:, None], np.arange(6))
    assert table.shape == (6, 6)
    assert table[2, 3] == chain.ising_correlation(1.0, 3)
    assert (table[:, 0] == 1).all()


def test_bad_input():
    functions = (
        chain.ising_energy,
        chain.ising_specific_heat,
        chain.ising_magnetization,
        chain.ising_log_partition,
        lambda T, n, *rest: chain.ising_sample(T, n, 3, np.random.default_rng(1), *rest),
    )
    for function in functions:
        with pytest.raises(ValueError, match=r"T .*: allowed are positive, finite temperatures"):
            function(0.0, 6)
        with pytest.raises(ValueError, match="n 1: allowed are integers of at least 2"):
            function(1.0, 1)
        with pytest.raises(TypeError, match=r"n 6\.0: allowed are integers"):
            function(1.0, 6.0)
        with pytest.raises(ValueError, match="boundary 'open': allowed are 'free', 'periodic', 'antiperiodic'"):
            function(1.0, 6, "open")
        with pytest.raises(ValueError, match=r"field .*: allowed are finite numbers"):
            function(1.0, 6, "free", np.inf)
        with pytest.raises(TypeError, match=r"field .*: allowed are real numbers"):
            function(1.0, 6, "free", "strong")
    with pytest.raises(ValueError, match=r"T .*: allowed are positive, finite temperatures"):
        chain.ising_correlation(float("nan"), 1)
    with pytest.raises(ValueError, match="r -1: allowed are distances of at least 0"):
        chain.ising_correlation(1.0, [0, -1])
    with pytest.raises(TypeError, match=r"r .*: allowed are integers"):
        chain.ising_correlation(1.0, 0.5)
    with pytest.raises(TypeError, match=r"rng .*: allowed is a numpy\.random\.Generator"):
        chain.ising_sample(1.0, 6, 3, 1)
    with pytest.raises(ValueError, match=r"n_samples .*: allowed are integers of at least 0"):
        chain.ising_sample(1.0, 6, -1, np.random.default_rng(1))
    with pytest.raises(TypeError, match=r"T .*: allowed is one number"):
        chain.ising_sample([1.0, 2.0], 6, 1, np.random.default_rng(1))
