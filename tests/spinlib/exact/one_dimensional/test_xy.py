"""XY chains against a numerical transfer matrix, by derivatives, and their samples against exact densities."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import ive

from spinlib.exact import one_dimensional as chain
from spinlib.models import XY


def transfer_matrix(T, n_angles=400):
    """Weights on a grid of angles, whose trapezoidal rule is exact to rounding at these temperatures."""
    angle = 2 * np.pi * np.arange(n_angles) / n_angles
    difference = np.cos(angle[:, None] - angle)
    weight = np.exp((difference - 1) / T) / n_angles
    return difference, weight


@pytest.mark.parametrize("n", [2, 3, 6])
@pytest.mark.parametrize("T", [0.05, 0.5, 2.0, 20.0])
def test_equals_the_transfer_matrix(n, T):
    cosine, weight = transfer_matrix(T)
    rest = np.linalg.matrix_power(weight, n - 1)
    ring = -(cosine * weight * rest).sum() / (weight * rest).sum()
    assert chain.xy_energy(T, n, "periodic") == pytest.approx(ring, rel=1e-11)
    bond = -(cosine * weight).sum() / weight.sum()
    assert chain.xy_energy(T, n) == pytest.approx((n - 1) / n * bond, rel=1e-12)
    correlation = (cosine * rest).sum() / rest.sum()
    assert chain.xy_correlation(T, n - 1) == pytest.approx(correlation, rel=1e-10)


@pytest.mark.parametrize("T", [0.001, 0.1, 1.0, 100.0])
def test_energies_are_ratios_of_bessel_functions(T):
    beta, orders = 1 / T, np.arange(-400, 401)
    bessel, ratio = ive(orders, beta), ive(1, beta) / ive(0, beta)
    assert chain.xy_energy(T, 7) == pytest.approx(-6 / 7 * ratio, rel=1e-12)
    # I_k' is the mean of its neighbours
    slope = (ive(orders - 1, beta) + ive(orders + 1, beta)) / 2
    expected = -(bessel**4 @ slope) / (bessel**5).sum()
    assert chain.xy_energy(T, 5, "periodic") == pytest.approx(expected, rel=1e-12)
    # (I_1 / I_0)' = 1 - T I_1 / I_0 - (I_1 / I_0)^2, which cancels at low temperature
    heat = 6 / 7 * beta**2 * (1 - T * ratio - ratio**2)
    assert chain.xy_specific_heat(T, 7) == pytest.approx(heat, rel=1e-9, abs=1e-15 * beta**2)


@pytest.mark.parametrize("boundary", ["free", "periodic"])
@pytest.mark.parametrize("n", [2, 5, 100])
def test_specific_heat_is_the_derivative_of_the_energy(n, boundary):
    T = np.array([0.01, 0.1, 0.5, 1.0, 3.0, 20.0, 100.0])
    h = 1e-3 * T
    u = [chain.xy_energy(T + k * h, n, boundary) for k in (-2, -1, 1, 2)]
    slope = (8 * (u[2] - u[1]) - (u[3] - u[0])) / (12 * h)
    np.testing.assert_allclose(chain.xy_specific_heat(T, n, boundary), slope, rtol=1e-8, atol=1e-11)


def test_long_rings_are_long_chains():
    T = np.array([0.5, 1.0, 3.0])
    for function in (chain.xy_energy, chain.xy_specific_heat):
        np.testing.assert_allclose(function(T, 10_000, "periodic"), function(T, 10_000) * 10_000 / 9_999, rtol=1e-9)


def test_cold_and_hot_limits():
    for T in (1e-8, 1e-4, 1e-3, 0.01):
        # spin waves: T/2 for each of n - 1 modes
        assert chain.xy_energy(T, 5) == pytest.approx(-0.8 + 0.8 * T / 2, abs=0.2 * T**2 + 1e-15)
        assert chain.xy_energy(T, 5, "periodic") == pytest.approx(-1 + 0.8 * T / 2, abs=0.2 * T**2 + 1e-15)
        for boundary in ("free", "periodic"):
            assert chain.xy_specific_heat(T, 5, boundary) == pytest.approx(0.4, abs=T + 1e-9)
        assert chain.xy_correlation(T, 100) == pytest.approx(np.exp(-50 * T), rel=100 * T**2 + 1e-13)
    assert chain.xy_energy(1e5, 4, "periodic") == pytest.approx(-0.5e-5, rel=1e-9)
    assert chain.xy_specific_heat(1e5, 4) == pytest.approx(0.375e-10, rel=1e-8)


def wrapped(angles):
    return (angles + np.pi) % (2 * np.pi) - np.pi


@pytest.mark.parametrize("T", [0.01, 0.5, 5.0])
@pytest.mark.parametrize("n", [2, 3, 8])
def test_samples_of_rings_follow_the_density_of_a_bond(T, n):
    """It is f(d) f_(n-1)(d), where f_m, the m-fold convolution of f, has the Fourier coefficients I_k(1/T)^m."""
    angles = chain.xy_sample(T, n, 4000, np.random.default_rng(13), "periodic")
    XY((n,)).check(angles)
    assert (angles >= -np.pi).all()
    assert (angles < np.pi).all()
    d, orders = np.linspace(-np.pi, np.pi, 4001), np.arange(1, 120)
    others = 1 + 2 * np.cos(np.multiply.outer(d, orders)) @ (ive(orders, 1 / T) / ive(0, 1 / T)) ** (n - 1)
    cumulated = np.cumsum(np.exp((np.cos(d) - 1) / T) * others)
    cumulated = (cumulated - cumulated[0] / 2) / cumulated[-1]
    # the first bond, the last but one, and the one that closes the ring; a ring of two has two equal ones
    for site in {0, n - 2, n - 1}:
        steps = wrapped(angles[:, (site + 1) % n] - angles[:, site])
        assert stats.kstest(steps, lambda x: np.interp(x, d, cumulated)).pvalue > 1e-4
    assert stats.kstest(angles[:, 0], stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 1e-4


@pytest.mark.parametrize("boundary", ["free", "periodic"])
@pytest.mark.parametrize("T", [0.05, 1.0, 100.0])
def test_energies_and_correlations_of_samples(T, boundary):
    n, n_samples = 40, 4000
    angles = chain.xy_sample(T, n, n_samples, np.random.default_rng(17), boundary)
    energies = XY((n,), boundary=boundary).energy(angles) / n
    error = energies.std() / np.sqrt(n_samples)
    assert abs(energies.mean() - chain.xy_energy(T, n, boundary)) < 4 * error
    assert energies.var() * n / T**2 == pytest.approx(chain.xy_specific_heat(T, n, boundary), rel=0.1)
    if boundary == "free":
        for r in (1, 4):
            series = np.cos(angles[:, 20] - angles[:, 20 + r])
            assert abs(series.mean() - chain.xy_correlation(T, r)) < 4 * series.std() / np.sqrt(n_samples)


def test_samples_repeat_and_freeze():
    for boundary in ("free", "periodic"):
        first, second = (chain.xy_sample(1.0, 9, 4, np.random.default_rng(3), boundary) for _ in range(2))
        np.testing.assert_array_equal(first, second)
        assert chain.xy_sample(1.0, 9, 0, np.random.default_rng(3), boundary).shape == (0, 9)
        frozen = chain.xy_sample(1e-6, 9, 20, np.random.default_rng(3), boundary)
        assert (np.abs(wrapped(frozen - frozen[:, :1])) < 0.02).all()


def test_numbers_and_arrays():
    assert type(chain.xy_energy(1, 6)) is float
    assert type(chain.xy_correlation(1.0, 0)) is float
    for function in (chain.xy_energy, chain.xy_specific_heat):
        grid = function([[0.1, 1.0, 2.0], [3.0, 4.0, 5.0]], 6, "periodic")
        assert grid.shape == (2, 3)
        assert grid[1, 2] == function(5.0, 6, "periodic")
    assert chain.xy_correlation(1.0, np.arange(6)).shape == (6,)


def test_bad_input():
    functions = (
        chain.xy_energy,
        chain.xy_specific_heat,
        lambda T, n, *rest: chain.xy_sample(T, n, 3, np.random.default_rng(1), *rest),
    )
    for function in functions:
        with pytest.raises(ValueError, match=r"T .*: allowed are positive, finite temperatures"):
            function(0.0, 6)
        with pytest.raises(ValueError, match="n 1: allowed are integers of at least 2"):
            function(1.0, 1)
        with pytest.raises(TypeError, match=r"n 6\.0: allowed are integers"):
            function(1.0, 6.0)
        with pytest.raises(ValueError, match="boundary 'antiperiodic': allowed are 'free', 'periodic'"):
            function(1.0, 6, "antiperiodic")
        with pytest.raises(ValueError, match="T 1e-11: allowed are temperatures of at least 1e-10"):
            function([1.0, 1e-11] if function is not functions[-1] else 1e-11, 6, "periodic")
    with pytest.raises(ValueError, match=r"T .*: allowed are positive, finite temperatures"):
        chain.xy_correlation(float("nan"), 1)
    with pytest.raises(ValueError, match="r -1: allowed are distances of at least 0"):
        chain.xy_correlation(1.0, [0, -1])
    with pytest.raises(TypeError, match=r"rng .*: allowed is a numpy"):
        chain.xy_sample(1.0, 6, 3, np.random)
