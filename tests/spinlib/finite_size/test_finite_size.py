"""Reweighting against systems that can be enumerated: independent draws at one temperature, exact curves around it."""

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

from spinlib.finite_size import CriticalRun, binder_crossing, critical_run, susceptibility_peak
from spinlib.models import Ising

CHAINS, DRAWS, T0 = 16, 20_000, 2.3


@pytest.fixture(scope="module")
def systems():
    """Side -> (energies, order parameters) of all states of a small torus."""
    tables = {}
    for side in (3, 4):
        states = (2 * ((np.arange(2 ** (side**2))[:, None] >> np.arange(side**2)) & 1) - 1).astype(np.int8)
        tables[side] = Ising((side, side)).energy(states.reshape(-1, side, side)), states.mean(axis=1)
    return tables


def probabilities(energies, temperature):
    weights = np.exp(-(energies - energies.min()) / temperature)
    return weights / weights.sum()


def drawn(table, side, seed):
    energies, order = table
    picks = np.random.default_rng(seed).choice(energies.size, (CHAINS, DRAWS), p=probabilities(energies, T0))
    return CriticalRun(energies[picks], order[picks], T0, side**2)


def exact_cumulant(table, temperature):
    energies, order = table
    p = probabilities(energies, temperature)
    return 1 - p @ order**4 / (3 * (p @ order**2) ** 2)


def test_crossing_of_the_cumulants_is_the_exact_one(systems):
    temperature, value = binder_crossing(
        drawn(systems[3], 3, seed=1), drawn(systems[4], 4, seed=2), np.linspace(1.7, 2.9, 9)
    )
    exact = brentq(lambda t: exact_cumulant(systems[3], t) - exact_cumulant(systems[4], t), 1.7, 2.9)
    assert temperature.valid
    assert 0 < temperature.error < 0.05
    assert abs(temperature.value - exact) < 4 * temperature.error
    assert abs(value.value - exact_cumulant(systems[4], exact)) < 4 * value.error


def test_peak_of_the_susceptibility_is_the_exact_one(systems):
    energies, order = systems[4]

    def minus_chi(temperature):
        p = probabilities(energies, temperature)
        return -(p @ order**2 - (p @ abs(order)) ** 2) / temperature

    exact = minimize_scalar(minus_chi, bounds=(1.8, 3.4), method="bounded").x
    peak = susceptibility_peak(drawn(systems[4], 4, seed=3), np.linspace(exact - 0.5, exact + 0.5, 9))
    assert peak.valid
    assert 0 < peak.error < 0.02
    assert abs(peak.value - exact) < 4 * peak.error


def test_a_window_without_crossing_or_peak_is_refused(systems):
    small, large = drawn(systems[3], 3, seed=4), drawn(systems[4], 4, seed=5)
    with pytest.raises(ValueError, match="cross 0 times"):
        binder_crossing(small, large, np.linspace(4.0, 5.0, 5))
    with pytest.raises(ValueError, match="no maximum"):
        susceptibility_peak(large, np.linspace(5.0, 6.0, 5))


@pytest.mark.parametrize(
    "grid", [[2.0, 2.1, 2.2], [2.0, 1.9, 2.1, 2.2], [-1.0, 1.0, 2.0, 3.0], [1.0, np.nan, 2.0, 3.0]]
)
def test_bad_grids_are_refused(systems, grid):
    with pytest.raises(ValueError, match="rising grid"):
        susceptibility_peak(drawn(systems[3], 3, seed=6), grid)


def test_critical_run_holds_total_energies_of_every_chain(systems):
    model, temperature = Ising((4, 4)), 2.5
    run = critical_run(model, temperature, 4000, n_chains=3, burn_in=20, seed=1)
    energies, order = systems[4]
    p = probabilities(energies, temperature)
    assert run.energies.shape == run.magnetization.shape == (3, 4000)
    assert (run.temperature, run.n_sites) == (temperature, 16)
    assert abs(run.energies.mean() - p @ energies) < 4 * np.sqrt(p @ energies**2 - (p @ energies) ** 2) / np.sqrt(3000)
    assert abs(np.abs(run.magnetization).mean() - p @ abs(order)) < 4 * np.sqrt(p @ order**2) / np.sqrt(3000)


def at(table, side, temperature, seed, shape=(CHAINS, 2000)):
    energies, order = table
    picks = np.random.default_rng(seed).choice(energies.size, shape, p=probabilities(energies, temperature))
    return CriticalRun(energies[picks], order[picks], temperature, side**2)


def test_results_far_from_the_run_are_not_valid(systems):
    """Runs deep in the ordered and in the disordered phase."""
    run = at(systems[4], 4, 1.5, seed=8)
    peak = susceptibility_peak(run, np.linspace(1.4, 3.6, 12))
    assert not peak.valid
    assert np.isnan(peak.error)
    assert "16 sites: from T = 1.5 to" in peak.reason
    hot = at(systems[4], 4, 4.0, seed=11)
    for estimate in binder_crossing(at(systems[3], 3, 2.3, seed=9), hot, np.linspace(1.7, 2.9, 9)):
        assert not estimate.valid
        assert "16 sites: from T = 4" in estimate.reason


def test_the_temperature_of_the_run_may_be_one_of_the_grid(systems):
    run = drawn(systems[4], 4, seed=10)
    with_it = susceptibility_peak(run, np.sort(np.append(np.linspace(1.9, 2.9, 11), T0 + 1e-3)))
    shifted = susceptibility_peak(run, np.unique(np.append(np.linspace(1.9, 2.9, 11), T0)))
    assert T0 in np.unique(np.append(np.linspace(1.9, 2.9, 11), T0))
    assert with_it.valid
    assert shifted.valid
    assert with_it.value == pytest.approx(shifted.value, abs=0.1 * shifted.error)


def test_runs_of_other_shapes_are_refused(systems):
    small, large = drawn(systems[3], 3, seed=1), drawn(systems[4], 4, seed=2)
    with pytest.raises(ValueError, match="have to be equal"):
        binder_crossing(small._replace(magnetization=small.magnetization[:, 1:]), large, np.linspace(1.7, 2.9, 9))
    with pytest.raises(ValueError, match="have to be equal"):
        binder_crossing(at(systems[3], 3, T0, seed=3), large, np.linspace(1.7, 2.9, 9))
