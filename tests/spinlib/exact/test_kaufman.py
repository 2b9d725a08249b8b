"""Kaufman's torus against direct enumeration, against Onsager's infinite lattice, and by its own identities."""

from itertools import product

import numpy as np
import pytest

from spinlib.exact import enumeration, kaufman, onsager
from spinlib.models import Ising

TC = onsager.critical_temperature()
NAMES = ("periodic", "antiperiodic")
BOUNDARIES = list(product(NAMES, NAMES))
TEMPERATURES = np.array([0.2, 0.45, 0.7, 1.0, 2.0, TC, 2.4, 5.0, 30.0, 100.0, 300.0])


def enumerate_torus(shape, boundary):
    """All total energies and how many states have each, bond by bond."""
    n_sites = shape[0] * shape[1]
    bits = np.arange(2**n_sites)[:, None] >> np.arange(n_sites) & 1
    spins = (1 - 2 * bits).astype(np.int8).reshape(-1, *shape)
    energy = np.zeros(len(spins), int)
    for axis in (0, 1):
        neighbor = np.roll(spins, -1, axis=axis + 1)
        if boundary[axis] == "antiperiodic":
            last = (slice(None),) * (axis + 1) + (-1,)
            neighbor[last] *= -1
        energy -= (spins * neighbor).sum(axis=(1, 2), dtype=int)
    return np.unique(energy, return_counts=True)


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("shape", [(2, 2), (2, 3), (3, 2), (3, 3), (4, 3), (2, 6), (4, 4)])
def test_equals_enumeration(shape, boundary):
    energies, counts = enumerate_torus(shape, boundary)
    ground, n_sites = energies.min(), shape[0] * shape[1]
    excited = (energies - ground).astype(float)
    weights = counts * np.exp(-excited / TEMPERATURES[:, None])
    z = weights.sum(axis=1)
    mean = (weights * excited).sum(axis=1) / z
    variance = (weights * (excited - mean[:, None]) ** 2).sum(axis=1) / z
    arguments = (TEMPERATURES, shape, boundary)
    np.testing.assert_allclose(kaufman.log_partition(*arguments), np.log(z) - ground / TEMPERATURES, rtol=1e-13)
    np.testing.assert_allclose(kaufman.energy(*arguments), (mean + ground) / n_sites, rtol=1e-11, atol=1e-99)
    np.testing.assert_allclose(
        kaufman.specific_heat(*arguments), variance / TEMPERATURES**2 / n_sites, rtol=1e-9, atol=1e-99
    )


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("shape", [(2, 3), (3, 2), (4, 3), (3, 4), (2, 6)])
@pytest.mark.parametrize("couplings", [(0.3, 1.6), (1.6, 0.3)])
def test_anisotropic_torus_equals_enumeration(shape, boundary, couplings):
    """couplings[i] is that of the bonds along axis i, as in the model."""
    T = np.array([0.25, 0.7, 1.0, 2.0, 5.0, 30.0, 100.0])
    model = Ising(shape, np.stack([np.full(shape, J) for J in couplings]), boundary=boundary)
    exact = enumeration.thermodynamics(model, T)
    arguments = (T, shape, boundary, couplings)
    np.testing.assert_allclose(kaufman.log_partition(*arguments), enumeration.log_partition(model, T), rtol=1e-12)
    np.testing.assert_allclose(kaufman.energy(*arguments), exact.energy, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(kaufman.specific_heat(*arguments), exact.specific_heat, rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_anisotropic_axes_are_equivalent_and_couplings_a_unit(boundary):
    T = np.array([0.2, 0.9, 2.0])
    swapped = kaufman.log_partition(T, (11, 7), boundary[::-1], (0.4, 1.3))
    np.testing.assert_allclose(kaufman.log_partition(T, (7, 11), boundary, (1.3, 0.4)), swapped, rtol=1e-13)
    doubled = kaufman.energy(2 * T, (7, 11), boundary, (2.0, 2.0))
    np.testing.assert_allclose(doubled, 2 * kaufman.energy(T, (7, 11), boundary), rtol=1e-12)


def test_anisotropic_floats_agree_with_many_digits(monkeypatch):
    couplings, shape = (0.2, 1.1), (24, 40)
    T = np.array([0.55, 0.9, onsager.critical_temperature(couplings), 3.0, 40.0])
    functions = (kaufman.log_partition, kaufman.energy, kaufman.specific_heat)
    floats = [function(T, shape, couplings=couplings) for function in functions]
    monkeypatch.setattr(kaufman, "FLOAT_RANGE", (np.inf, np.inf))
    digits = [function(T, shape, couplings=couplings) for function in functions]
    for values, expected, tolerance in zip(floats, digits, (1e-13, 1e-11, 1e-9), strict=True):
        np.testing.assert_allclose(values, expected, rtol=tolerance)


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_energy_and_specific_heat_are_derivatives(boundary):
    shape = (9, 14)
    T = np.array([0.8, 1.7, TC, 2.6, 6.0])
    h = 2e-4
    beta = 1 / T

    def slope(function, x, step):
        return (8 * (function(x + step) - function(x - step)) - function(x + 2 * step) + function(x - 2 * step)) / (
            12 * step
        )

    u = -slope(lambda b: kaufman.log_partition(1 / b, shape, boundary), beta, h * beta) / 126
    np.testing.assert_allclose(kaufman.energy(T, shape, boundary), u, rtol=1e-8)
    c = slope(lambda t: kaufman.energy(t, shape, boundary), T, h * T)
    np.testing.assert_allclose(kaufman.specific_heat(T, shape, boundary), c, rtol=1e-7)


@pytest.mark.parametrize("shape", [(64, 64), (5, 40), (256, 256)])
def test_floats_agree_with_many_digits(shape, monkeypatch):
    T = np.array([0.5, 0.9, 2.2, TC, TC * (1 + 1e-12), 2.3, 4.0, 200.0])
    floats = [f(T, shape) for f in (kaufman.log_partition, kaufman.energy, kaufman.specific_heat)]
    monkeypatch.setattr(kaufman, "FLOAT_RANGE", (np.inf, np.inf))
    digits = [f(T, shape) for f in (kaufman.log_partition, kaufman.energy, kaufman.specific_heat)]
    np.testing.assert_allclose(floats[0], digits[0], rtol=1e-13)
    np.testing.assert_allclose(floats[1], digits[1], rtol=1e-11)
    np.testing.assert_allclose(floats[2], digits[2], rtol=1e-9)


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_large_torus_is_onsagers_away_from_the_critical_point(boundary):
    T = np.array([3.0, 5.0, 100.0])
    shape = (96, 128)
    np.testing.assert_allclose(kaufman.energy(T, shape, boundary), onsager.energy(T), atol=1e-11)
    np.testing.assert_allclose(kaufman.specific_heat(T, shape, boundary), onsager.specific_heat(T), atol=1e-9)
    if boundary == ("periodic", "periodic"):
        low = np.array([0.3, 1.0, 1.8])
        np.testing.assert_allclose(kaufman.energy(low, shape), onsager.energy(low), atol=1e-11)
        # two ordered states
        free = -onsager.free_energy(low) / low * 96 * 128 + np.log(2)
        np.testing.assert_allclose(kaufman.log_partition(low, shape), free, rtol=1e-12)


def test_antiperiodic_seam_costs_the_surface_tension():
    """-T ln(Z_ap / Z_pp) per length of wall tends to 2 + T ln tanh(1/T) (Onsager 1944)."""
    T, height = 1.2, 240
    difference = kaufman.log_partition(T, (60, height), ("antiperiodic", "periodic"))
    difference -= kaufman.log_partition(T, (60, height))
    # The wall may stand anywhere: a correction of order ln(L) / L
    assert -T * difference / height == pytest.approx(2 + T * np.log(np.tanh(1 / T)), abs=1.5 * T * np.log(60) / height)


def test_lowest_states_of_the_antiperiodic_torus():
    """T -> 0: one straight wall of 2 m positions; both seams: staircases of m + n steps, 2 binomial(m + n, n)..."""
    m, n, T = 6, 9, 0.05
    single = kaufman.log_partition(T, (m, n), ("antiperiodic", "periodic"))
    assert single == pytest.approx((2 * m * n - 2 * n) / T + np.log(2 * m), abs=1e-12)
    assert kaufman.energy(T, (m, n), ("antiperiodic", "periodic")) == pytest.approx(-2 + 2 / m, abs=1e-12)
    assert kaufman.energy(T, (m, n), "antiperiodic") == pytest.approx(-2 + 2 * (m + n) / (m * n), abs=1e-12)


@pytest.mark.parametrize("T", [0.2, 0.6, 2.0])
def test_axes_are_equivalent(T):
    for boundary in BOUNDARIES:
        swapped = kaufman.log_partition(T, (30, 17), boundary[::-1])
        assert kaufman.log_partition(T, (17, 30), boundary) == pytest.approx(swapped, rel=1e-13)
        assert kaufman.energy(T, (17, 30), boundary) == pytest.approx(
            kaufman.energy(T, (30, 17), boundary[::-1]), rel=1e-13
        )


def test_deep_cancellation():
    """30 x 30, both axes antiperiodic, T = 0.6: Z is about 10^-80 of its terms; energies rise from the lowest state."""
    T = np.array([0.2, 0.3, 0.45, 0.6, 0.75])
    u = kaufman.energy(T, (30, 30), "antiperiodic")
    assert u[0] == pytest.approx(-2 + 4 / 30, abs=1e-6)
    assert (np.diff(u) > 0).all()
    assert (kaufman.specific_heat(T, (30, 30), "antiperiodic") > 0).all()


def test_known_values():
    assert kaufman.energy(1.0, (64, 64)) == pytest.approx(-1.99716, abs=5e-6)
    T = np.arange(2.2, 2.5, 1e-4)
    for side, peak_at, peak in ((64, 2.2817, 2.2524), (10, 2.345, 1.309), (8, 2.362, None), (4, 2.439, None)):
        heat = kaufman.specific_heat(T, (side, side))
        assert T[heat.argmax()] == pytest.approx(peak_at, abs=6e-4)
        if peak:
            assert heat.max() == pytest.approx(peak, abs=6e-4)
    # Ferdinand & Fisher, Phys. Rev. 185, 832 (1969): energy at T_c is -sqrt 2 - 0.6223 / L on the square torus
    assert (kaufman.energy(TC, (200, 200)) + np.sqrt(2)) * 200 == pytest.approx(-0.6223, abs=1e-3)


def test_numbers_arrays_and_names():
    assert type(kaufman.energy(2.0, (4, 4))) is float
    assert type(kaufman.log_partition(2.0, (4, 4), "antiperiodic")) is float
    T = np.array([[0.3, 1.0], [2.0, 3.0]])
    for boundary in ("periodic", "antiperiodic"):
        grid = kaufman.specific_heat(T, (4, 6), boundary)
        assert grid.shape == (2, 2)
        assert grid[1, 0] == pytest.approx(kaufman.specific_heat(2.0, (4, 6), (boundary, boundary)), rel=1e-14)


@pytest.mark.parametrize("function", [kaufman.log_partition, kaufman.energy, kaufman.specific_heat])
def test_bad_input(function):
    for T in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match=r"T .*: allowed are positive, finite temperatures"):
            function(T, (4, 4))
    with pytest.raises(ValueError, match=r"T .*: allowed are temperatures of at least"):
        function([1.0, 0.001], (4, 4))
    for shape in ((1, 4), (4, 0), (4, -4), (4,), (4, 4, 4), 4):
        with pytest.raises(ValueError, match="shape"):
            function(2.0, shape)
    with pytest.raises(TypeError, match="integers"):
        function(2.0, (4.0, 4))
    for boundary in ("free", ("periodic", "free"), ("periodic",), "", None, 3):
        with pytest.raises(ValueError, match="boundary"):
            function(2.0, (4, 4), boundary)
    for couplings in ((1.0, 0.0), (-1.0, 1.0), (1.0,), 1.0, (1.0, np.inf)):
        with pytest.raises(ValueError, match=r"couplings .*: allowed are"):
            function(2.0, (4, 4), couplings=couplings)
    with pytest.raises(ValueError, match=r"T 0\.04: allowed are temperatures of at least 0\.05"):
        function(0.04, (4, 4), couplings=(5.0, 1.0))
