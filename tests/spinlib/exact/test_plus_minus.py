"""Between a row of +1 and one of -1: against enumeration, a chain of rows, and a simulation with fixed rows."""

import numpy as np
import pytest

from spinlib.exact import plus_minus


def enumerated(rows, columns, T):
    """ln Z, energy and specific heat per site, from all states of the free rows."""
    free = (rows - 2) * columns
    states = 1 - 2 * ((np.arange(2**free)[:, None] >> np.arange(free)) & 1)
    spins = np.ones((2**free, rows, columns))
    spins[:, -1], spins[:, 1:-1] = -1, states.reshape(2**free, rows - 2, columns)
    energies = -(spins[:, 1:] * spins[:, :-1]).sum((1, 2)) - (spins * np.roll(spins, 1, 2)).sum((1, 2))
    log_weights = -energies / T
    log_z = np.logaddexp.reduce(log_weights)
    p = np.exp(log_weights - log_z)
    mean = p @ energies
    return log_z, mean / (rows * columns), (p @ (energies - mean) ** 2) / T**2 / (rows * columns)


@pytest.mark.parametrize("T", [0.3, 1.0, 2.3, 10.0])
@pytest.mark.parametrize("shape", [(2, 2), (2, 3), (3, 2), (3, 3), (3, 4), (4, 3), (5, 3), (4, 4), (6, 2)])
def test_it_is_the_sum_over_all_states(shape, T):
    found = plus_minus.log_partition(T, shape), plus_minus.energy(T, shape), plus_minus.specific_heat(T, shape)
    np.testing.assert_allclose(found, enumerated(*shape, T), rtol=1e-11, atol=1e-11)


def test_at_infinite_temperature_the_bonds_within_the_fixed_rows_are_left():
    assert plus_minus.energy(1e6, (10, 7)) == pytest.approx(-2 * 7 / 70, abs=1e-5)
    assert plus_minus.log_partition(1e6, (10, 7)) == pytest.approx(8 * 7 * np.log(2), abs=1e-4)


def test_cold_rows_hold_one_interface():
    """At T = 0.1 the lowest states have one straight interface of energy 2 n, in any of m - 1 places."""
    rows, columns, T = 20, 10, 0.1
    bonds = rows * columns + (rows - 1) * columns
    expected = (bonds - 2 * columns) / T + np.log(rows - 1)
    assert plus_minus.log_partition(T, (rows, columns)) == pytest.approx(expected, abs=1e-6)
    assert plus_minus.energy(T, (rows, columns)) == pytest.approx(-(bonds - 2 * columns) / (rows * columns), abs=1e-6)


def test_energy_and_specific_heat_are_derivatives():
    shape, beta, h = (12, 9), 0.45, 1e-4
    log_z = [plus_minus.log_partition(1 / (beta + k * h), shape) for k in (-1, 0, 1)]
    assert plus_minus.energy(1 / beta, shape) == pytest.approx(-(log_z[2] - log_z[0]) / (2 * h) / 108, abs=1e-6)
    curvature = (log_z[2] - 2 * log_z[1] + log_z[0]) / h**2
    assert plus_minus.specific_heat(1 / beta, shape) == pytest.approx(beta**2 * curvature / 108, abs=1e-4)


def test_a_simulation_with_fixed_rows_has_its_energy():
    rows, columns, T = 8, 8, 2.2
    rng, spins = np.random.default_rng(1), np.ones((400, rows, columns))
    spins[:, rows // 2 :] = -1
    inner = np.zeros((rows, columns), bool)
    inner[1:-1] = True
    colors = [inner & ((np.add.outer(np.arange(rows), np.arange(columns)) % 2) == k) for k in (0, 1)]
    means = []
    for sweep in range(800):
        for color in colors:
            fields = np.roll(spins, 1, 2) + np.roll(spins, -1, 2) + np.roll(spins, 1, 1) + np.roll(spins, -1, 1)
            up = rng.random(spins.shape) < 1 / (1 + np.exp(-2 * fields / T))
            spins = np.where(color, 2.0 * up - 1, spins)
        if sweep >= 200:
            bonds = (spins[:, 1:] * spins[:, :-1]).sum((1, 2)) + (spins * np.roll(spins, 1, 2)).sum((1, 2))
            means.append(-bonds / (rows * columns))
    chains = np.mean(means, axis=0)
    error = chains.std(ddof=1) / np.sqrt(len(chains))
    assert abs(chains.mean() - plus_minus.energy(T, (rows, columns))) < 4 * error


def test_numbers_and_arrays_come_back_as_they_went_in():
    assert isinstance(plus_minus.energy(2.0, (4, 4)), float)
    assert plus_minus.energy([[2.0, 3.0]], (4, 4)).shape == (1, 2)


@pytest.mark.parametrize(
    ("T", "shape", "error", "match"),
    [
        (0.0, (4, 4), ValueError, "positive, finite"),
        (0.01, (4, 4), ValueError, "from 0.05 on"),
        (2.0, (1, 4), ValueError, "at least 2"),
        (2.0, (4,), ValueError, "two sides"),
        (2.0, (4, 4.5), TypeError, "integers"),
        ("warm", (4, 4), TypeError, "T"),
    ],
)
def test_bad_input_is_refused(T, shape, error, match):
    for function in (plus_minus.log_partition, plus_minus.energy, plus_minus.specific_heat):
        with pytest.raises(error, match=match):
            function(T, shape)
