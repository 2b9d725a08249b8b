"""Chains against direct enumeration (Ising) and against a numerical transfer matrix (XY)."""

from itertools import product

import numpy as np
import pytest

from spinlib.exact import one_dimensional as chain

TEMPERATURES = np.array([0.05, 0.3, 1.0, 2.5, 20.0])


@pytest.mark.parametrize("boundary", ["free", "periodic", "antiperiodic"])
@pytest.mark.parametrize("n", [2, 3, 6, 9])
def test_ising_equals_enumeration(n, boundary):
    spins = np.array(list(product((1, -1), repeat=n)))
    bonds = -spins * np.roll(spins, -1, axis=1)
    bonds[:, -1] *= {"free": 0, "periodic": 1, "antiperiodic": -1}[boundary]
    energy = bonds.sum(axis=1)
    weights = np.exp(-(energy - energy.min()) / TEMPERATURES[:, None])
    expected = (weights * energy).sum(axis=1) / weights.sum(axis=1) / n
    np.testing.assert_allclose(chain.ising_energy(TEMPERATURES, n, boundary), expected, rtol=1e-12, atol=1e-15)
    if boundary == "free":
        for r in range(n):
            correlation = (weights * spins[:, 0] * spins[:, r]).sum(axis=1) / weights.sum(axis=1)
            np.testing.assert_allclose(chain.ising_correlation(TEMPERATURES, r), correlation, rtol=1e-12, atol=1e-16)


def transfer_matrix(T, n_angles=400):
    """XY weights on a grid of angles, whose trapezoidal rule is exact to rounding at these temperatures."""
    angle = 2 * np.pi * np.arange(n_angles) / n_angles
    difference = np.cos(angle[:, None] - angle)
    weight = np.exp((difference - 1) / T) / n_angles
    return difference, weight


@pytest.mark.parametrize("n", [2, 3, 6])
@pytest.mark.parametrize("T", [0.05, 0.5, 2.0, 20.0])
def test_xy_equals_the_transfer_matrix(n, T):
    cosine, weight = transfer_matrix(T)
    rest = np.linalg.matrix_power(weight, n - 1)
    ring = -(cosine * weight * rest).sum() / (weight * rest).sum()
    assert chain.xy_energy(T, n, "periodic") == pytest.approx(ring, rel=1e-11)
    bond = -(cosine * weight).sum() / weight.sum()
    assert chain.xy_energy(T, n) == pytest.approx((n - 1) / n * bond, rel=1e-12)
    correlation = (cosine * rest).sum() / rest.sum()
    assert chain.xy_correlation(T, n - 1) == pytest.approx(correlation, rel=1e-10)


def test_long_rings_are_long_chains():
    T = np.array([0.5, 1.0, 3.0])
    for energy, boundaries in (
        (chain.ising_energy, ("periodic", "antiperiodic")),
        (chain.xy_energy, ("periodic",)),
    ):
        for boundary in boundaries:
            np.testing.assert_allclose(energy(T, 10_000, boundary), energy(T, 10_000) * 10_000 / 9_999, rtol=1e-12)


def test_cold_and_hot_limits_do_not_overflow():
    for T in (1e-4, 1e-3, 0.01):
        assert chain.ising_energy(T, 5) == -0.8
        assert chain.ising_energy(T, 5, "periodic") == -1.0
        assert chain.ising_energy(T, 5, "antiperiodic") == pytest.approx(-0.6, abs=1e-12)
        # spin waves: T/2 for each of n - 1 modes
        assert chain.xy_energy(T, 5) == pytest.approx(-0.8 + 0.8 * T / 2, abs=0.2 * T**2)
        assert chain.xy_energy(T, 5, "periodic") == pytest.approx(-1 + 0.8 * T / 2, abs=0.2 * T**2)
        assert chain.ising_correlation(T, 100) == 1.0
        assert chain.xy_correlation(T, 100) == pytest.approx(np.exp(-50 * T), rel=100 * T**2)
    assert chain.ising_energy(1e5, 4) == pytest.approx(-0.75e-5, rel=1e-9)
    assert chain.xy_energy(1e5, 4, "periodic") == pytest.approx(-0.5e-5, rel=1e-9)


def test_numbers_and_arrays():
    assert type(chain.ising_energy(1, 6)) is float
    assert type(chain.xy_correlation(1.0, 0)) is float
    assert chain.xy_energy(np.ones((2, 3)), 6, "periodic").shape == (2, 3)
    r = np.arange(6)
    table = chain.ising_correlation(TEMPERATURES[:, None], r)
    assert table.shape == (5, 6)
    assert table[2, 3] == chain.ising_correlation(1.0, 3)
    assert (table[:, 0] == 1).all()
    assert chain.xy_correlation(1.0, r).shape == (6,)


def test_bad_input():
    for energy in (chain.ising_energy, chain.xy_energy):
        with pytest.raises(ValueError, match="T must be positive"):
            energy(0.0, 6)
        with pytest.raises(ValueError, match="n must be at least 2, got 1"):
            energy(1.0, 1)
        with pytest.raises(TypeError, match="n must be an integer"):
            energy(1.0, 6.0)
        with pytest.raises(ValueError, match="got 'open'"):
            energy(1.0, 6, "open")
    with pytest.raises(ValueError, match="boundary must be one of free, periodic, got 'antiperiodic'"):
        chain.xy_energy(1.0, 6, "antiperiodic")
    for correlation in (chain.ising_correlation, chain.xy_correlation):
        with pytest.raises(ValueError, match="T must be positive"):
            correlation(float("nan"), 1)
        with pytest.raises(ValueError, match="negative, got -1"):
            correlation(1.0, [0, -1])
        with pytest.raises(TypeError, match="r must be an integer"):
            correlation(1.0, 0.5)
