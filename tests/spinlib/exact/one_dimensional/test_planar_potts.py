"""Planar Potts chains against direct integrals over all angles, and their samples against the exact densities."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import dblquad

from spinlib.exact import one_dimensional as chain
from spinlib.models import PlanarPotts

TEMPERATURES = np.array([0.1, 0.5, 1.0, 5.0, 100.0])


def all_angles(n, n_nodes=24):
    """Angles (state, n) and weights (state,) of the product rule over n spins."""
    nodes, weights = np.polynomial.legendre.leggauss(n_nodes)
    grids = np.meshgrid(*[np.pi / 2 * (1 + nodes)] * n, indexing="ij")
    product = np.prod(np.meshgrid(*[np.pi / 2 * weights] * n, indexing="ij"), axis=0)
    return np.stack([grid.ravel() for grid in grids], axis=1), product.ravel()


@pytest.mark.parametrize("boundary", ["free", "periodic"])
@pytest.mark.parametrize("n", [2, 3, 4])
def test_equals_the_integral_over_all_angles(n, boundary):
    angles, measure = all_angles(n)
    energies = PlanarPotts((n,), boundary=boundary).energy(angles)
    for T in (0.3, 1.0, 5.0, 100.0):
        weights = measure * np.exp(-(energies - energies.min()) / T)
        weights /= weights.sum()
        mean = weights @ energies
        assert chain.planar_potts_energy(T, n, boundary) == pytest.approx(mean / n, rel=1e-9, abs=1e-12)
        heat = weights @ (energies - mean) ** 2 / T**2 / n
        assert chain.planar_potts_specific_heat(T, n, boundary) == pytest.approx(heat, rel=1e-8)


def test_two_spins_by_adaptive_quadrature():
    T = 0.7
    z, energy = (
        dblquad(lambda b, a, p=p: np.cos(a - b) ** p * np.exp(-np.cos(a - b) / T), 0, np.pi, 0, np.pi, epsabs=1e-12)[0]
        for p in (0, 1)
    )
    assert chain.planar_potts_energy(T, 2) == pytest.approx(energy / z / 2, rel=1e-9)


@pytest.mark.parametrize("boundary", ["free", "periodic"])
@pytest.mark.parametrize("n", [5, 6, 40])
def test_specific_heat_is_the_derivative_of_the_energy(n, boundary):
    T = np.array([0.02, 0.1, 0.5, 1.0, 3.0, 20.0, 100.0])
    h = 1e-3 * T
    u = [chain.planar_potts_energy(T + k * h, n, boundary) for k in (-2, -1, 1, 2)]
    slope = (8 * (u[2] - u[1]) - (u[3] - u[0])) / (12 * h)
    np.testing.assert_allclose(chain.planar_potts_specific_heat(T, n, boundary), slope, rtol=1e-7, atol=1e-10)


def test_limits():
    # hot: the mean cosine of two independent angles, (2 / pi)^2
    assert chain.planar_potts_energy(1e6, 5, "periodic") == pytest.approx(4 / np.pi**2, abs=1e-6)
    # cold: neighbours at opposite ends; an odd ring has one pair of bonds whose cosines add up to 0
    assert chain.planar_potts_energy(0.01, 6) == pytest.approx(-5 / 6, abs=0.01)
    assert chain.planar_potts_energy(0.01, 6, "periodic") == pytest.approx(-1, abs=0.01)
    assert chain.planar_potts_energy(0.01, 7, "periodic") == pytest.approx(-5 / 7, abs=0.01)
    # two ends, each held to its place by a linear force of the spins on the other side: exp(-(x + y)^2 / 2 T)
    assert chain.planar_potts_specific_heat(0.01, 2) == pytest.approx(0.5, abs=0.01)
    assert chain.planar_potts_correlation(0.01, [0, 1, 2, 7]) == pytest.approx([1, -1, 1, -1], abs=0.03)
    long = chain.planar_potts_energy(0.8, 3000, "periodic")
    assert chain.planar_potts_energy(0.8, 3000) == pytest.approx(long, abs=1e-3)


def test_correlation_of_the_infinite_chain():
    T = TEMPERATURES
    np.testing.assert_allclose(chain.planar_potts_correlation(T, 0), 1, rtol=1e-12)
    # a bond's energy
    np.testing.assert_allclose(
        chain.planar_potts_correlation(T[1:], 1), chain.planar_potts_energy(T[1:], 2000, "periodic"), rtol=1e-9
    )
    # far apart: independent angles; hot, all are
    far = chain.planar_potts_correlation(1.0, [60, 61])
    assert far[0] == pytest.approx(far[1], rel=1e-10)
    np.testing.assert_allclose(chain.planar_potts_correlation(1e8, [1, 2, 9]), 4 / np.pi**2, rtol=1e-7)


@pytest.mark.parametrize("boundary", ["free", "periodic"])
@pytest.mark.parametrize("T", [0.15, 1.0, 100.0])
def test_samples_of_three_spins_follow_the_exact_density(T, boundary):
    """Frequencies of the 4^3 boxes of a quarter of the interval per angle."""
    n_samples = 20_000
    angles = chain.planar_potts_sample(T, 3, n_samples, np.random.default_rng(19), boundary)
    model = PlanarPotts((3,), boundary=boundary)
    model.check(angles)
    box = (angles * 4 / np.pi).astype(int) @ [16, 4, 1]
    # Gauss and Legendre's rule of 6 nodes within each quarter
    nodes, weights = np.polynomial.legendre.leggauss(6)
    grid = (np.arange(4)[:, None] + (1 + nodes) / 2).ravel() * np.pi / 4
    states = np.stack(np.meshgrid(grid, grid, grid, indexing="ij"), axis=-1)
    measure = np.prod(np.meshgrid(*[np.tile(weights, 4)] * 3, indexing="ij"), axis=0)
    density = measure * np.exp(-(model.energy(states) + 3) / T)
    expected = density.reshape(4, 6, 4, 6, 4, 6).sum(axis=(1, 3, 5)).ravel()
    expected *= n_samples / expected.sum()
    observed = np.bincount(box, minlength=64)
    common = expected > 10
    observed = np.append(observed[common], observed[~common].sum())
    expected = np.append(expected[common], expected[~common].sum())
    assert stats.chisquare(observed[expected > 0], expected[expected > 0]).pvalue > 1e-4


@pytest.mark.parametrize("boundary", ["free", "periodic"])
@pytest.mark.parametrize(("T", "n"), [(0.01, 7), (0.1, 6), (0.7, 25), (100.0, 4)])
def test_energies_and_correlations_of_samples(T, n, boundary):
    n_samples = 3000
    angles = chain.planar_potts_sample(T, n, n_samples, np.random.default_rng(23), boundary)
    energies = PlanarPotts((n,), boundary=boundary).energy(angles) / n
    error = energies.std() / np.sqrt(n_samples)
    assert abs(energies.mean() - chain.planar_potts_energy(T, n, boundary)) < 4 * error
    assert energies.var() * n / T**2 == pytest.approx(chain.planar_potts_specific_heat(T, n, boundary), rel=0.15)
    if n == 25:
        series = np.cos(angles[:, 11] - angles[:, 13])
        error = series.std() / np.sqrt(n_samples)
        assert abs(series.mean() - chain.planar_potts_correlation(T, 2)) < 4 * error


def test_samples_are_drawn_by_inversion_to_rounding():
    """The cumulated density at the drawn angle is the uniform number that it was drawn from."""
    T, n_samples = 0.3, 200
    angles = chain.planar_potts_sample(T, 2, n_samples, np.random.default_rng(29))
    uniform = np.random.default_rng(29).random((2, n_samples))
    nodes, weights = np.polynomial.legendre.leggauss(60)
    for first, second, number in zip(*angles.T, uniform[1], strict=True):

        def integral(end, first=first):
            return end / 2 * weights @ np.exp(-np.cos(first - end / 2 * (1 + nodes)) / T)

        assert integral(second) / integral(np.pi) == pytest.approx(number, abs=1e-12)


def test_samples_repeat():
    first, second = (chain.planar_potts_sample(1.0, 9, 4, np.random.default_rng(3), "periodic") for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert chain.planar_potts_sample(1.0, 9, 0, np.random.default_rng(3)).shape == (0, 9)


def test_numbers_and_arrays():
    assert type(chain.planar_potts_energy(1, 6)) is float
    assert type(chain.planar_potts_correlation(1.0, 0)) is float
    grid = chain.planar_potts_specific_heat([[1.0, 2.0], [3.0, 4.0]], 6, "periodic")
    assert grid.shape == (2, 2)
    assert grid[1, 0] == chain.planar_potts_specific_heat(3.0, 6, "periodic")
    assert chain.planar_potts_correlation([[1.0], [2.0]], [0, 1, 2]).shape == (2, 3)


def test_bad_input():
    functions = (
        chain.planar_potts_energy,
        chain.planar_potts_specific_heat,
        lambda T, n, *rest: chain.planar_potts_sample(T, n, 3, np.random.default_rng(1), *rest),
    )
    for function in functions:
        with pytest.raises(ValueError, match=r"T .*: allowed are positive, finite temperatures"):
            function(0.0, 6)
        with pytest.raises(ValueError, match=r"T 0\.009: allowed are temperatures of at least 0\.01"):
            function(0.009, 6)
        with pytest.raises(ValueError, match="n 1: allowed are integers of at least 2"):
            function(1.0, 1)
        with pytest.raises(TypeError, match=r"n 6\.0: allowed are integers"):
            function(1.0, 6.0)
        with pytest.raises(ValueError, match="boundary 'antiperiodic': allowed are 'free', 'periodic'"):
            function(1.0, 6, "antiperiodic")
    with pytest.raises(ValueError, match=r"T .*: allowed are temperatures of at least"):
        chain.planar_potts_correlation([1.0, 0.001], 1)
    with pytest.raises(ValueError, match="r -1: allowed are distances of at least 0"):
        chain.planar_potts_correlation(1.0, -1)
    with pytest.raises(TypeError, match=r"rng .*: allowed is a numpy"):
        chain.planar_potts_sample(1.0, 6, 3, 0)
