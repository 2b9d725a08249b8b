"""Onsager's solution by its own identities: derivatives, duality, series, and the Monte-Carlo-free limits."""

import mpmath
import numpy as np
import pytest

from spinlib.exact import onsager

TC = onsager.critical_temperature()
TEMPERATURES = np.array([0.3, 0.5, 1.0, 1.5, 2.0, 2.2, 2.26, 2.28, 2.5, 3.0, 5.0, 20.0, 100.0])


def test_critical_point():
    assert pytest.approx(1.0, abs=1e-15) == np.sinh(2 / TC)
    assert onsager.energy(TC) == pytest.approx(-np.sqrt(2), abs=1e-13)
    assert onsager.specific_heat(TC) == np.inf
    assert onsager.magnetization(TC) == pytest.approx(0.0, abs=0.02)  # (1 - 1 within rounding)^(1/8)
    catalan = float(mpmath.catalan)
    assert onsager.free_energy(TC) == pytest.approx(-TC * (np.log(2) / 2 + 2 * catalan / np.pi), abs=1e-13)


def test_energy_is_the_derivative_of_the_free_energy():
    beta, h = 1 / TEMPERATURES, 1e-4

    def beta_f(b):
        return b * onsager.free_energy(1 / b)

    step = h * beta
    slope = (8 * (beta_f(beta + step) - beta_f(beta - step)) - beta_f(beta + 2 * step) + beta_f(beta - 2 * step)) / (
        12 * step
    )
    np.testing.assert_allclose(onsager.energy(TEMPERATURES), slope, atol=1e-8, rtol=1e-9)


def test_specific_heat_is_the_derivative_of_the_energy():
    h = 1e-4 * TEMPERATURES
    u = onsager.energy
    slope = (8 * (u(TEMPERATURES + h) - u(TEMPERATURES - h)) - u(TEMPERATURES + 2 * h) + u(TEMPERATURES - 2 * h)) / (
        12 * h
    )
    np.testing.assert_allclose(onsager.specific_heat(TEMPERATURES), slope, atol=1e-9, rtol=3e-7)


def test_kramers_wannier_duality():
    """ln z(K) - ln sinh(2K) / 2 is the same at K and at K* with sinh 2K sinh 2K* = 1."""
    K = 1 / TEMPERATURES
    dual = np.arcsinh(1 / np.sinh(2 * K)) / 2
    left = -K * onsager.free_energy(1 / K) - np.log(np.sinh(2 * K)) / 2
    right = -dual * onsager.free_energy(1 / dual) - np.log(np.sinh(2 * dual)) / 2
    np.testing.assert_allclose(left, right, atol=1e-11)


def test_low_temperature_series():
    """ln z = 2 K + x^4 + 2 x^6 + 9/2 x^8 + 12 x^10 + ..., x = exp(-2 K) (Domb, Adv. Phys. 9, 149 (1960))."""
    T = np.array([0.2, 0.3, 0.4])
    x = np.exp(-2 / T)
    series = 2 / T + x**4 + 2 * x**6 + 4.5 * x**8 + 12 * x**10
    np.testing.assert_allclose(-onsager.free_energy(T) / T, series, rtol=1e-12)
    heat = (16 * 4 * x**4 + 2 * 36 * 4 * x**6 + 4.5 * 64 * 4 * x**8 + 12 * 400 * x**10) / T**2
    np.testing.assert_allclose(onsager.specific_heat(T), heat, rtol=2e-4, atol=0)


def test_high_temperature_limit():
    T = np.array([50.0, 100.0])
    np.testing.assert_allclose(onsager.energy(T), -2 / T - 10 / 3 / T**3, rtol=1e-5)
    np.testing.assert_allclose(onsager.specific_heat(T), 2 / T**2, rtol=4e-3)
    np.testing.assert_allclose(onsager.entropy(T), np.log(2) - 1 / T**2, atol=5 / T[0] ** 4)


def test_ground_state():
    assert onsager.energy(0.1) == -2.0
    assert onsager.free_energy(0.1) == pytest.approx(-2.0, abs=1e-14)
    assert onsager.magnetization(0.1) == 1.0
    assert 0 <= onsager.specific_heat(0.1) < 1e-20
    assert onsager.entropy(0.1) == pytest.approx(0.0, abs=1e-12)
    assert onsager.magnetization(1e-3) == 1.0


def test_magnetization_exponent_and_symmetric_side():
    near = TC * (1 - np.array([1e-4, 1e-6]))
    ratio = np.log(onsager.magnetization(near[0]) / onsager.magnetization(near[1])) / np.log(100)
    assert ratio == pytest.approx(1 / 8, abs=1e-4)
    assert onsager.magnetization(TC * 1.0001) == 0.0
    assert onsager.magnetization(2.0) == pytest.approx((1 - np.sinh(1.0) ** -4) ** (1 / 8))


def test_energies_rise_through_every_temperature():
    T = np.concatenate([np.linspace(0.1, 100, 4000), TC + np.linspace(-1e-9, 1e-9, 101)])
    T.sort()
    assert (np.diff(onsager.energy(T)) >= -1e-14).all()
    assert (onsager.specific_heat(T) >= 0).all()


def test_correlation_length_is_dual_and_decays_as_the_transfer_matrix_says():
    T = np.array([0.5, 1.0, 1.8, 2.2, 2.26])
    dual = 2 / np.arcsinh(1 / np.sinh(2 / T))
    assert onsager.correlation_length(dual) == pytest.approx(2 * onsager.correlation_length(T), rel=1e-9)
    assert onsager.correlation_length(TC) == np.inf
    # At high temperature a row is a chain: <s_0 s_r> = tanh(1/T)^r.
    assert onsager.correlation_length(1e4) == pytest.approx(-1 / np.log(np.tanh(1e-4)), rel=1e-4)


def test_numbers_and_arrays():
    assert type(onsager.energy(2)) is float
    for function in (
        onsager.energy,
        onsager.specific_heat,
        onsager.free_energy,
        onsager.entropy,
        onsager.magnetization,
        onsager.correlation_length,
    ):
        assert type(function(2.0)) is float
        grid = function([[1.0, 2.0], [3.0, 4.0]])
        assert grid.shape == (2, 2)
        assert grid[0, 1] == pytest.approx(function(2.0), rel=1e-12)
        for wrong in (0, -1.0, float("nan"), float("inf"), [1.0, -0.5]):
            with pytest.raises(ValueError, match="T must be positive and finite, got"):
                function(wrong)
        for wrong in ("2", None, 1j, True):
            with pytest.raises(TypeError, match="real number"):
                function(wrong)
