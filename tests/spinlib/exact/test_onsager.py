"""Onsager's solution by its own identities: derivatives, duality, series, and the Monte-Carlo-free limits."""

import mpmath
import numpy as np
import pytest
from scipy.special import ellipkm1

from spinlib.exact import kaufman, onsager

TC = onsager.critical_temperature()
ANISOTROPIC = (0.4, 1.7)
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


def test_isotropic_energy_is_onsagers_closed_form():
    """-coth 2K (1 + (2 / pi) k' K(k)), k' = 2 tanh^2 2K - 1 (Onsager 1944)."""
    beta = 1 / TEMPERATURES
    modulus = 2 * np.tanh(2 * beta) ** 2 - 1
    expected = -(1 + 2 / np.pi * modulus * ellipkm1(modulus**2)) / np.tanh(2 * beta)
    np.testing.assert_allclose(onsager.energy(TEMPERATURES), expected, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("couplings", [(1.0, 1.0), ANISOTROPIC, (1.7, 0.4), (0.01, 3.0)])
def test_derivatives_of_the_anisotropic_lattice(couplings):
    """d(beta f) / d beta = u, u' = c, and s' = c / T."""
    T = np.array([0.1, 0.25, 0.5, 1.0, 1.5, 1.9, 2.1, 3.0, 10.0, 100.0])
    h = 1e-4 * T

    def slope(values):
        return (8 * (values[2] - values[1]) - (values[3] - values[0])) / (12 * h)

    near = [T + k * h for k in (-2, -1, 1, 2)]
    energy, heat = onsager.energy(T, couplings), onsager.specific_heat(T, couplings)
    # d(f / T) / dT = -u / T^2
    np.testing.assert_allclose(slope([onsager.free_energy(t, couplings) / t for t in near]), -energy / T**2, rtol=1e-8)
    np.testing.assert_allclose(slope([onsager.energy(t, couplings) for t in near]), heat, rtol=1e-7, atol=1e-11)
    np.testing.assert_allclose(slope([onsager.entropy(t, couplings) for t in near]), heat / T, rtol=1e-7, atol=1e-10)


def test_anisotropic_critical_point():
    for couplings in (ANISOTROPIC, (1.0, 1e-3), (3.0, 2.9)):
        tc = onsager.critical_temperature(couplings)
        assert np.sinh(2 * couplings[0] / tc) * np.sinh(2 * couplings[1] / tc) == pytest.approx(1, abs=2e-14)
        assert onsager.critical_temperature(couplings[::-1]) == pytest.approx(tc, rel=1e-14)
        assert onsager.specific_heat(tc, couplings) == np.inf
        assert np.isfinite(onsager.specific_heat(tc * (1 + 1e-9), couplings))
        assert onsager.magnetization(tc * (1 - 1e-9), couplings) > 0.05
        assert onsager.magnetization(tc * (1 + 1e-9), couplings) == 0
    assert onsager.critical_temperature((2.5, 2.5)) == pytest.approx(2.5 * TC, rel=1e-15)


def test_anisotropic_duality():
    """ln z(K, K') - ln(sinh 2K sinh 2K') / 4 is the same at K*, K'*, sinh 2K sinh 2K'* = 1 = sinh 2K' sinh 2K*."""
    for t in (0.3, 0.8, 1.5, 4.0, 50.0):
        K, L = np.array(ANISOTROPIC) / t
        dual = np.arcsinh(1 / np.sinh(2 * L)) / 2, np.arcsinh(1 / np.sinh(2 * K)) / 2
        sides = [
            -onsager.free_energy(1.0, pair) - np.log(np.sinh(2 * pair[0]) * np.sinh(2 * pair[1])) / 4
            for pair in ((K, L), dual)
        ]
        assert sides[0] == pytest.approx(sides[1], abs=1e-12)


def test_couplings_are_a_unit_of_energy_and_axes_are_equivalent():
    T = np.array([0.5, 1.5, 4.0])
    for function in (onsager.free_energy, onsager.energy):
        np.testing.assert_allclose(function(T, (2.0, 2.0)), 2 * function(T / 2), rtol=1e-14)
        np.testing.assert_allclose(function(T, ANISOTROPIC), function(T, ANISOTROPIC[::-1]), rtol=1e-14)


def test_one_weak_coupling_leaves_chains():
    T = np.array([0.5, 1.0, 3.0, 30.0])
    np.testing.assert_allclose(onsager.energy(T, (1e-9, 1.0)), -np.tanh(1 / T), rtol=1e-7)
    np.testing.assert_allclose(onsager.free_energy(T, (1e-9, 1.0)), -T * np.log(2 * np.cosh(1 / T)), rtol=1e-7)
    np.testing.assert_allclose(onsager.specific_heat(T, (1e-9, 1.0)), (1 / T / np.cosh(1 / T)) ** 2, rtol=1e-6)
    np.testing.assert_allclose(onsager.correlation(T, 6, couplings=(1e-9, 1.0)), np.tanh(1 / T) ** 6, rtol=1e-6)


def test_large_anisotropic_torus_is_the_infinite_lattice():
    T = np.array([0.4, 0.9, 3.5, 8.0, 100.0])
    for torus, infinite in ((kaufman.energy, onsager.energy), (kaufman.specific_heat, onsager.specific_heat)):
        np.testing.assert_allclose(torus(T, (70, 110), couplings=ANISOTROPIC), infinite(T, ANISOTROPIC), atol=1e-9)


@pytest.mark.parametrize("couplings", [(1.0, 1.0), ANISOTROPIC])
def test_neighbors_have_the_correlation_of_the_energy(couplings):
    T = np.append(np.geomspace(0.1, 100, 12), onsager.critical_temperature(couplings))
    along_row = onsager.correlation(T, 1, couplings=couplings)
    along_column = onsager.correlation(T, 1, couplings=couplings[::-1])
    energy = -couplings[1] * along_row - couplings[0] * along_column
    np.testing.assert_allclose(energy, onsager.energy(T, couplings), rtol=1e-12, atol=1e-15)


def test_critical_diagonal_correlation_is_a_product():
    """(2 / pi)^r prod_(j < r) (1 - 1 / 4 j^2)^(j - r) (McCoy & Wu 1973, chapter XI)."""
    r = np.arange(31)
    expected = [(2 / np.pi) ** n * np.prod([(1 - 1 / (4 * j * j)) ** (j - n) for j in range(1, n)]) for n in r]
    np.testing.assert_allclose(onsager.correlation(TC, r, "diagonal"), expected, rtol=1e-12)
    anisotropic = onsager.correlation(onsager.critical_temperature(ANISOTROPIC), r, "diagonal", ANISOTROPIC)
    np.testing.assert_allclose(anisotropic, expected, rtol=1e-11)


@pytest.mark.parametrize("direction", ["row", "diagonal"])
@pytest.mark.parametrize("couplings", [(1.0, 1.0), ANISOTROPIC])
def test_correlations_decay_with_the_correlation_length(direction, couplings):
    """As exp(-r / xi) / r^(1/2) above T_c, and to m^2 as exp(-r / xi) / r^2 below (McCoy & Wu 1973, chapter XI)."""
    r, step = np.array([60, 61]), np.sqrt(2) if direction == "diagonal" else 1.0
    for t in (3.0, 5.0, 100.0):
        far = onsager.correlation(t, r, direction, couplings) * np.sqrt(r)
        assert np.log(far[0] / far[1]) == pytest.approx(
            step / onsager.correlation_length(t, direction, couplings), rel=2e-3
        )
    tc = onsager.critical_temperature(couplings)
    length = onsager.correlation_length(0.95 * tc, direction, couplings) / step
    r = int(8 * length) + np.array([0, 1])
    square = onsager.magnetization(0.95 * tc, couplings) ** 2
    near = (onsager.correlation(0.95 * tc, r, direction, couplings) - square) * r**2
    assert np.log(near[0] / near[1]) == pytest.approx(1 / length, rel=0.06)
    assert onsager.correlation(0.8 * tc, 80, direction, couplings) == pytest.approx(
        onsager.magnetization(0.8 * tc, couplings) ** 2, rel=1e-9
    )
    all_temperatures = onsager.correlation(np.geomspace(0.1, 100, 30)[:, None], np.arange(12), direction, couplings)
    assert (np.diff(all_temperatures, axis=0) <= 1e-14).all()
    assert (np.diff(all_temperatures, axis=1) <= 1e-14).all()
    assert (all_temperatures > 0).all()


@pytest.mark.parametrize("t", [0.8, 8.0, 25.0])
def test_correlations_are_those_of_a_wide_cylinder(t):
    """The transfer matrix of rings of 8 spins, infinitely many: <0| s V^r s' |0> / lambda_0^r."""
    across, along = ANISOTROPIC
    width = 8
    spins = 1.0 - 2 * (np.arange(2**width)[:, None] >> np.arange(width) & 1)
    ring = (spins * np.roll(spins, 1, axis=1)).sum(axis=1)
    # weights relative to those of the ground state
    weight = np.exp(across * (ring[:, None] + ring - 2 * width) / 2 / t + along * (spins @ spins.T - width) / t)
    values, vectors = np.linalg.eigh(weight)
    ground = vectors[:, -1]
    for r in (1, 2):
        power = (vectors * (values / values[-1]) ** r) @ vectors.T
        row, diagonal = ((ground * spins[:, 0]) @ power @ (spins[:, shift] * ground) for shift in (0, r))
        assert onsager.correlation(t, r, "row", ANISOTROPIC) == pytest.approx(row, rel=1e-5)
        assert onsager.correlation(t, r, "diagonal", ANISOTROPIC) == pytest.approx(diagonal, rel=1e-4)


def test_diagonal_correlation_length_is_dual_and_isotropic_at_the_critical_point():
    T = np.array([0.5, 1.0, 1.8, 2.2, 2.26])
    dual = 2 / np.arcsinh(1 / np.sinh(2 / T))
    lengths = onsager.correlation_length(T, "diagonal")
    np.testing.assert_allclose(onsager.correlation_length(dual, "diagonal"), 2 * lengths, rtol=1e-9)
    assert onsager.correlation_length(TC, "diagonal") == np.inf
    near = TC * (1 + np.array([-1e-6, 1e-6]))
    np.testing.assert_allclose(
        onsager.correlation_length(near, "diagonal"), onsager.correlation_length(near), rtol=1e-5
    )


def test_correlation_arguments():
    assert type(onsager.correlation(2.0, 3)) is float
    assert onsager.correlation(2.0, 0) == 1
    assert onsager.correlation(3.0, 0, "diagonal") == 1
    table = onsager.correlation([[1.0], [2.0], [3.0]], [0, 5, 2, 5])
    assert table.shape == (3, 4)
    assert table[1, 1] == pytest.approx(onsager.correlation(2.0, 5), rel=1e-12)
    assert (table[:, 1] == table[:, 3]).all()
    for wrong in (-1, [1, -2]):
        with pytest.raises(ValueError, match=r"r -.*: allowed are distances of at least 0"):
            onsager.correlation(2.0, wrong)
    with pytest.raises(TypeError, match=r"r .*: allowed are integers"):
        onsager.correlation(2.0, 1.5)
    for function in (onsager.correlation_length, lambda t, direction: onsager.correlation(t, 1, direction)):
        with pytest.raises(ValueError, match="direction 'column': allowed are 'row', 'diagonal'"):
            function(2.0, "column")


@pytest.mark.parametrize(
    "function",
    [
        onsager.energy,
        onsager.specific_heat,
        onsager.free_energy,
        onsager.entropy,
        onsager.magnetization,
        lambda t, couplings: onsager.correlation_length(t, couplings=couplings),
        lambda t, couplings: onsager.correlation(t, 1, couplings=couplings),
        lambda t, couplings: onsager.critical_temperature(couplings),
    ],
)
def test_bad_couplings(function):
    for couplings in (1.0, (1.0,), (1, 1, 1), (0, 1), (1, -1), (1, np.nan), (np.inf, 1), ()):
        with pytest.raises(ValueError, match=r"couplings .*: allowed are"):
            function(2.0, couplings)
    for couplings in (("1", 1), (1, None), (1, True)):
        with pytest.raises(TypeError, match=r"couplings .*: allowed are real numbers"):
            function(2.0, couplings)


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
            with pytest.raises(ValueError, match=r"T .*: allowed are positive, finite temperatures"):
                function(wrong)
        for wrong in ("2", None, 1j, True):
            with pytest.raises(TypeError, match="real number"):
                function(wrong)
