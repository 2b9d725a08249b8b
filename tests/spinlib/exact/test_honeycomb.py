"""The honeycomb lattice: its free energy's derivative, duality with the triangular lattice, and its limits."""

import numpy as np
import pytest
from scipy.integrate import dblquad

from spinlib.exact import honeycomb, triangular

TC = honeycomb.critical_temperature()
TEMPERATURES = np.array([0.2, 0.6, 1.0, 1.4, 1.5, 1.55, 2.0, 5.0, 30.0, 100.0])


def test_critical_point():
    assert pytest.approx(1.518651, abs=1e-6) == TC
    assert honeycomb.energy(TC) == pytest.approx(-2 / np.sqrt(3), abs=1e-13)
    assert pytest.approx(1.0, abs=1e-14) == np.sinh(2 / TC) * np.sinh(2 / triangular.critical_temperature())


def test_energy_is_the_derivative_of_the_free_energy():
    beta = 1 / TEMPERATURES
    step = 1e-4 * beta

    def beta_f(b):
        return b * honeycomb.free_energy(1 / b)

    slope = (8 * (beta_f(beta + step) - beta_f(beta - step)) - beta_f(beta + 2 * step) + beta_f(beta - 2 * step)) / (
        12 * step
    )
    np.testing.assert_allclose(honeycomb.energy(TEMPERATURES), slope, atol=1e-8)


@pytest.mark.parametrize("K", [0.05, 0.4, 0.7, 2.0])
def test_free_energy_is_the_double_integral(K):
    """ln z = (3/4) ln 2 + (1/16 pi^2) int int ln[C^3 + 1 - S^2 (cos a + cos b + cos(a + b))], Houtappel 1950."""
    C, S = np.cosh(2 * K), np.sinh(2 * K)

    def integrand(a, b):
        return np.log(C**3 + 1 - S**2 * (np.cos(a) + np.cos(b) + np.cos(a + b)))

    integral = dblquad(integrand, 0, 2 * np.pi, 0, 2 * np.pi, epsabs=1e-8)[0]
    expected = 0.75 * np.log(2) + integral / (16 * np.pi**2)
    assert -honeycomb.free_energy(1 / K) * K == pytest.approx(expected, abs=1e-8)


def test_star_triangle():
    """Three bonds K from a spin are, summed over it, R exp(K_t sum of pairs), for all eight states of their ends.

    With N sites, N / 2 of them summed over: N ln z = (N / 2) (ln R + ln z_t).
    """
    T = np.geomspace(0.1, 100, 25)
    K = 1 / T
    # the two kinds of end states: all three alike, or one unlike the others; exp(3K) is taken out
    alike, unlike = 1 + np.exp(-6 * K), np.exp(-2 * K) + np.exp(-4 * K)
    K_t = np.log(alike / unlike) / 4
    log_R = 3 * K + (np.log(alike) + 3 * np.log(unlike)) / 4
    log_z = (log_R - K_t * triangular.free_energy(1 / K_t)) / 2
    np.testing.assert_allclose(-honeycomb.free_energy(T) / T, log_z, rtol=1e-12)


def test_high_temperature_series():
    """ln z = ln 2 + (3/2) ln cosh K + v^6 / 2 + O(v^10), v = tanh K: half a hexagon per site is the shortest loop."""
    K = 1 / np.array([12.0, 20.0, 100.0])
    v = np.tanh(K)
    expected = -1.5 * v - 3 * v**5 * (1 - v**2)
    np.testing.assert_allclose(honeycomb.energy(1 / K), expected, rtol=1e-7)


def test_dual_to_the_triangular_lattice():
    """Kramers and Wannier, differentiated: energies per bond obey e = -coth 2K - e* / sinh 2K, sinh 2K sinh 2K* = 1.

    A site has 3/2 bonds here and 3 there.
    """
    K = 1 / TEMPERATURES[1:]
    dual = np.arcsinh(1 / np.sinh(2 * K)) / 2
    per_bond = honeycomb.energy(1 / K) / 1.5
    dual_per_bond = triangular.energy(1 / dual) / 3
    np.testing.assert_allclose(per_bond, -1 / np.tanh(2 * K) - dual_per_bond / np.sinh(2 * K), atol=1e-10)


def test_limits():
    assert honeycomb.energy(0.1) == pytest.approx(-1.5, abs=1e-12)
    assert honeycomb.energy(1e-3) == -1.5
    assert honeycomb.free_energy(0.05) == pytest.approx(-1.5, abs=1e-13)
    assert honeycomb.energy(1000.0) == pytest.approx(-1.5 / 1000, rel=1e-5)
    entropy = (honeycomb.energy(100.0) - honeycomb.free_energy(100.0)) / 100
    assert entropy == pytest.approx(np.log(2), abs=1e-4)
    assert (np.diff(honeycomb.energy(np.linspace(0.05, 100, 5000))) >= -1e-14).all()


@pytest.mark.parametrize("function", [honeycomb.energy, honeycomb.free_energy])
def test_numbers_arrays_and_bad_input(function):
    assert type(function(2)) is float
    assert function([[1.0, 2.0]]).shape == (1, 2)
    for T in (0, -1.0, float("nan")):
        with pytest.raises(ValueError, match=r"T .*: allowed are positive, finite temperatures"):
            function(T)
