"""Estimates of a temperature: against their definitions, and against all energies of a small torus."""

from functools import partial

import numpy as np
import pytest

from spinlib.exact import density_of_states, kaufman
from spinlib.exact.temperature_estimates import error_bound, estimates

LOG_Z = partial(kaufman.log_partition, shape=(4, 4))
ENDS = (0.5, 4.0)


def probabilities(T):
    """Levels (level,) of a 4 x 4 torus and their probabilities (temperature, level)."""
    levels, counts = (np.array(one, float) for one in density_of_states.ising_torus((4, 4)))
    weights = counts * np.exp(-(levels - levels[0]) / np.asarray(T)[:, None])
    return levels, weights / weights.sum(axis=1, keepdims=True)


def test_at_the_likeliest_temperature_the_mean_energy_is_the_energy():
    energies = np.array([-28.0, -16.0, -8.0])
    found = estimates(energies, (0.5, 20.0), LOG_Z, n_nodes=20_001)
    np.testing.assert_allclose(16 * kaufman.energy(found.likeliest, (4, 4)), energies, atol=1e-3)


def test_the_posterior_is_that_of_all_temperatures():
    T = np.linspace(*ENDS, 2001)
    levels, p = probabilities(T)
    found = estimates(levels, ENDS, LOG_Z, n_nodes=4001)
    for k in (0, 2, 7):
        mass = np.trapezoid(p[:, k], T)
        mean = np.trapezoid(p[:, k] * T, T) / mass
        assert found.mean[k] == pytest.approx(mean, rel=1e-5)
        assert found.deviation[k] ** 2 == pytest.approx(np.trapezoid(p[:, k] * (T - mean) ** 2, T) / mass, rel=1e-5)


def test_no_estimate_has_a_smaller_mean_squared_error_than_the_posterior_mean():
    """Summed over all energies, with temperatures equally probable; and it is what the deviation says."""
    T = np.linspace(*ENDS, 2001)
    levels, p = probabilities(T)
    found = estimates(levels, ENDS, LOG_Z)

    def risk(estimate):
        return np.trapezoid((p * (estimate - T[:, None]) ** 2).sum(axis=1), T) / (ENDS[1] - ENDS[0])

    least = risk(found.mean)
    assert least == pytest.approx(np.trapezoid(p @ found.deviation**2, T) / (ENDS[1] - ENDS[0]), rel=1e-5)
    assert least < risk(found.likeliest)
    for k in range(len(levels)):
        assert least <= risk(found.mean + 0.05 * (np.arange(len(levels)) == k))


def test_the_bound_is_one_over_the_root_of_the_fisher_information():
    """The variance of the derivative of ln P(E) by T, from two temperatures that lie close together."""
    T, step = 2.4, 1e-4
    _, p = probabilities([T - step, T, T + step])
    slope = (np.log(p[2]) - np.log(p[0])) / (2 * step)
    bound = error_bound(T, 16, kaufman.specific_heat(T, (4, 4)))
    assert 1 / np.sqrt(p[1] @ slope**2) == pytest.approx(float(bound), rel=1e-5)


def test_the_ground_state_has_the_lowest_temperature():
    assert estimates(-32.0, ENDS, LOG_Z).likeliest == 0.5
    assert estimates(np.zeros((2, 3)), ENDS, LOG_Z).mean.shape == (2, 3)


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"energies": [np.inf]}, "finite numbers"),
        ({"ends": (2.0, 1.0)}, "rising temperatures"),
        ({"ends": (0.0, 1.0)}, "rising temperatures"),
        ({"n_nodes": 2}, "n_nodes"),
    ],
)
def test_bad_input_is_refused(changed, match):
    with pytest.raises(ValueError, match=match):
        estimates(**({"energies": [0.0], "ends": ENDS, "log_partition": LOG_Z} | changed))


@pytest.mark.parametrize(("T", "n", "heat"), [(0.0, 4, 1.0), (1.0, 0, 1.0), (1.0, 4, 0.0)])
def test_a_bound_needs_positive_numbers(T, n, heat):
    with pytest.raises(ValueError, match=r"T 0|n_sites|specific_heat"):
        error_bound(T, n, heat)
