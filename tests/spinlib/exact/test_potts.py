"""The Potts critical point against duality, Ising, and the coexistence energies that are known for q > 4."""

import numpy as np
import pytest

from spinlib.exact import onsager, potts


def test_two_states_are_ising_at_half_the_coupling():
    """delta(s, s') = (1 + s s') / 2: T_c halves, and each of the two bonds per site adds -1/2."""
    assert potts.critical_temperature(2) == pytest.approx(onsager.critical_temperature() / 2, rel=1e-15)
    assert potts.critical_energy(2) == pytest.approx(onsager.energy(onsager.critical_temperature()) / 2 - 1, rel=1e-12)


def test_three_states():
    assert potts.critical_temperature(3) == pytest.approx(0.99497, abs=5e-6)
    assert potts.critical_energy(3) == -(1 + 1 / np.sqrt(3))


def test_critical_point_is_self_dual():
    """Duality: ln z(K) = ln z(K*) + ln(g^2 / q), g = exp(K) - 1, g g* = q; at K = K* its slope is the mean energy."""
    q = np.array([2.0, 2.5, 3, 4, 7, 10, 200])
    g = np.exp(1 / potts.critical_temperature(q)) - 1
    np.testing.assert_allclose(g**2, q, rtol=1e-13)
    # dK*/dK = -1 there, so that 2 d ln z / dK = d ln g^2 / dK = 2 exp(K) / g
    np.testing.assert_allclose(potts.critical_energy(q), -(g + 1) / g, rtol=1e-13)


def test_latent_heat():
    np.testing.assert_allclose(potts.latent_heat([5, 7, 10]), [0.05292, 0.35328, 0.69605], atol=6e-6)
    assert potts.latent_heat(4) == 0.0
    assert (potts.latent_heat([2.0, 3.0, 3.99, 4.0]) == 0).all()
    assert 0 < potts.latent_heat(4.001) < 1e-60  # the essential singularity exp(-pi^2 / (2 Theta))
    assert potts.latent_heat(1e8) == pytest.approx(2, rel=1e-3)


def test_latent_heat_equals_the_product_of_baxter():
    q = np.concatenate([[4.1, 4.5], np.arange(5, 1001), [1e4]])
    theta = np.arccosh(np.sqrt(q) / 2)
    product = np.prod(np.tanh(np.arange(1, 200)[:, None] * theta) ** 2, axis=0)
    expected = 2 * (1 + q**-0.5) * np.tanh(theta / 2) * product
    np.testing.assert_allclose(potts.latent_heat(q), expected, rtol=1e-11)


def test_every_number_of_states():
    """Up to q = 4 no latent heat, then ever more of it; the ordered phase never passes the ground state's -2."""
    q = np.arange(2, 1001)
    latent_heat, energy = potts.latent_heat(q), potts.critical_energy(q)
    assert (latent_heat[q <= 4] == 0).all()
    assert (np.diff(latent_heat[q >= 4]) > 0).all()
    assert (energy - latent_heat / 2 > -2).all()
    assert (energy + latent_heat / 2 < 0).all()
    assert (np.diff(potts.critical_temperature(q)) < 0).all()
    # q = 4: exp(1 / T_c) = 3
    assert potts.critical_temperature(4) == pytest.approx(1 / np.log(3), rel=1e-15)
    assert potts.critical_energy(4) == -1.5


def test_phases_of_many_states():
    """Large q: above the ground state one spin in q is turned, of weight q exp(-4/T) and energy 4; in the disordered
    phase a bond is satisfied with weight exp(1/T) / q, which is 1 / sqrt q at T_c."""
    q = np.array([1e4, 1e6, 1e8])
    ordered = potts.critical_energy(q) - potts.latent_heat(q) / 2
    disordered = potts.critical_energy(q) + potts.latent_heat(q) / 2
    np.testing.assert_allclose((ordered + 2) * q, 4, rtol=1.1 / np.sqrt(q[0]))
    np.testing.assert_allclose(disordered * np.sqrt(q), -2, rtol=2.1 / np.sqrt(q[0]))


@pytest.mark.parametrize("function", [potts.critical_temperature, potts.critical_energy, potts.latent_heat])
def test_numbers_arrays_and_bad_input(function):
    assert type(function(3)) is float
    assert function([[3, 5]]).shape == (1, 2)
    for q in (1, 0, -3, 1.999, float("nan"), float("inf"), [3, 1]):
        with pytest.raises(ValueError, match=r"q .*: allowed are finite numbers of at least 2"):
            function(q)
    for q in ("3", None, 3j, True):
        with pytest.raises(TypeError, match="real number"):
            function(q)
