"""The triangular lattice: energy against the derivative of the free energy, limits, and the two known entropies."""

import numpy as np
import pytest
from scipy.integrate import dblquad

from spinlib.exact import triangular

TC = triangular.critical_temperature()
TEMPERATURES = np.array([0.3, 0.7, 1.5, 2.5, 3.5, 3.6, 3.7, 4.0, 6.0, 20.0, 100.0])


def test_critical_point():
    assert pytest.approx(3.640957, abs=1e-6) == TC
    assert triangular.energy(TC) == pytest.approx(-2.0, abs=1e-13)
    near = TC + np.array([-1e-9, 1e-9])
    np.testing.assert_allclose(triangular.energy(near), -2.0, atol=1e-7)
    slopes = [np.diff(triangular.energy(TC + np.array([-h, h])))[0] / (2 * h) for h in (1e-2, 1e-4, 1e-6)]
    # the specific heat grows by a constant for every factor of the distance from T_c
    assert slopes[2] - slopes[1] == pytest.approx(slopes[1] - slopes[0], rel=0.02)


@pytest.mark.parametrize("coupling", [1.0, -1.0, 0.5, -2.0])
def test_energy_is_the_derivative_of_the_free_energy(coupling):
    beta = 1 / TEMPERATURES
    step = 1e-4 * beta

    def beta_f(b):
        return b * triangular.free_energy(1 / b, coupling)

    slope = (8 * (beta_f(beta + step) - beta_f(beta - step)) - beta_f(beta + 2 * step) + beta_f(beta - 2 * step)) / (
        12 * step
    )
    np.testing.assert_allclose(triangular.energy(TEMPERATURES, coupling), slope, atol=1e-8)


@pytest.mark.parametrize("K", [0.1, 0.5, -0.4, -1.0])
def test_free_energy_is_the_double_integral(K):
    C, S = np.cosh(2 * K), np.sinh(2 * K)

    def integrand(a, b):
        return np.log(C**3 + S**3 - S * (np.cos(a) + np.cos(b) + np.cos(a + b)))

    integral = dblquad(integrand, 0, 2 * np.pi, 0, 2 * np.pi, epsabs=1e-8)[0]
    assert -triangular.free_energy(1.0, K) == pytest.approx(np.log(2) + integral / (8 * np.pi**2), abs=1e-8)


@pytest.mark.parametrize("coupling", [1.0, -1.0])
def test_high_temperature_series(coupling):
    """ln z = ln 2 + 3 ln cosh K + 2 v^3 + O(v^4), v = tanh K: the triangles are the shortest loops."""
    T = np.array([50.0, 100.0])
    v = np.tanh(coupling / T)
    expected = -coupling * (3 * v + 6 * v**2 + 12 * v**3)
    np.testing.assert_allclose(triangular.energy(T, coupling), expected, rtol=2e-4)
    assert triangular.energy(1e4, coupling) == pytest.approx(-3 / 1e4, rel=1e-3)


def test_ground_states_and_entropies():
    assert triangular.energy(0.1) == -3.0
    assert triangular.energy(1e-3) == -3.0
    assert triangular.free_energy(0.1) == pytest.approx(-3.0, abs=1e-14)
    assert triangular.energy(0.1, -1.0) == pytest.approx(-1.0, abs=1e-14)
    assert triangular.energy(1e-3, -1.0) == -1.0
    # Wannier 1950, with the 1973 erratum: the residual entropy of the antiferromagnet
    assert (triangular.energy(0.05, -1.0) - triangular.free_energy(0.05, -1.0)) / 0.05 == pytest.approx(
        0.3230659, abs=1e-7
    )
    for coupling in (1.0, -1.0):
        entropy = (triangular.energy(100.0, coupling) - triangular.free_energy(100.0, coupling)) / 100
        assert entropy == pytest.approx(np.log(2), abs=2e-4)


@pytest.mark.parametrize("coupling", [1.0, -1.0])
def test_energy_rises_with_temperature(coupling):
    assert (np.diff(triangular.energy(np.linspace(0.05, 100, 5000), coupling)) >= -1e-14).all()


def test_coupling_is_a_unit_of_energy():
    assert triangular.energy(3.0, 2.5) == pytest.approx(2.5 * triangular.energy(3.0 / 2.5), rel=1e-14)
    assert triangular.free_energy(3.0, -2.5) == pytest.approx(2.5 * triangular.free_energy(3.0 / 2.5, -1.0), rel=1e-12)


@pytest.mark.parametrize("function", [triangular.energy, triangular.free_energy])
def test_numbers_arrays_and_bad_input(function):
    assert type(function(2)) is float
    assert function([[1.0, 2.0]]).shape == (1, 2)
    for T in (0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match=r"T .*: allowed are positive, finite temperatures"):
            function(T)
    for coupling in (0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match=r"coupling .*: allowed are (finite numbers|numbers other than 0)"):
            function(1.0, coupling)
    for coupling in ("1", None, [1.0]):
        with pytest.raises(TypeError, match="coupling"):
            function(1.0, coupling)
