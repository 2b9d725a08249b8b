"""The Monte Carlo data of paper fid, and the fits of the chapter."""

import numpy as np
import pytest

from experiments.fid import power_law, protocol
from experiments.vae import random_flips
from spinlib.exact import enumeration, kaufman
from spinlib.models import Ising
from spinlib.samplers.random import streams

SETTINGS = {"burn_in": 200, "configurations": 400, "sweeps_between": 10, "random_site_runs": 8}


def test_data_sets_of_any_order_of_sites_have_the_exact_energy_and_magnetisation():
    model, T = Ising((4, 4)), 2.6
    exact = enumeration.thermodynamics(model, T)
    draws = protocol.data_sets(4, T, "random", SETTINGS, seed=3)
    for energy, m in (
        (draws.energy.values, draws.magnetization.values),
        protocol.random_site_series(4, T, SETTINGS, seed=3),
    ):
        found = protocol.asked(energy, m, 4, T)
        for name, expected in (("energy", exact.energy), ("order", exact.abs_magnetization)):
            runs = found[name]
            assert abs(runs.mean() - expected) < 4 * runs.std(ddof=1) / np.sqrt(len(runs)), name


def test_what_is_asked_of_a_known_series():
    energy, m = np.array([[-2.0, -1.0] * 8] * 4), np.array([[0.5, -0.25] * 8] * 4)
    found = protocol.asked(energy, m, 2, 2.0)
    assert found["heat"][0] == 4 * 0.25 / 4
    assert found["order"][0] == 0.375
    assert found["abs_of_mean"][0] == 0.125
    assert found["one_sided"][0] == 0.5
    assert found["tau_energy"].shape == (protocol.GROUPS,)


def test_random_site_series_are_every_tenth_sweep_of_one_chain():
    every = protocol.random_site_series(4, 2.3, SETTINGS | {"sweeps_between": 1, "configurations": 40}, seed=1)
    tenth = protocol.random_site_series(4, 2.3, SETTINGS | {"configurations": 4}, seed=1)
    np.testing.assert_array_equal(every[0][:, 9::10], tenth[0])


def test_the_exponent_of_a_power_law_is_found_on_any_range():
    r = np.arange(1, 33)
    g = np.array([0.7 * r**-0.25, 0.5 * r**-0.4])
    for first, last in ((1, 16), (2, 8)):
        np.testing.assert_allclose(power_law.exponents(g, first, last), [0.25, 0.4])


def test_an_exponential_has_no_exponent_that_any_range_agrees_on():
    g = np.exp(-np.arange(1, 33) / 10.0)
    assert power_law.exponents(g, 1, 16) > 1.5 * power_law.exponents(g, 1, 4)


def test_what_is_not_positive_has_no_exponent_and_other_ranges_are_refused():
    assert np.isnan(power_law.exponents(np.array([0.5, 0.2, -0.1]), 1, 3))
    with pytest.raises(ValueError, match="r = 1 to 9"):
        power_law.exponents(np.ones(8), 1, 9)


def test_the_correlation_length_diverges_as_a_quarter_of_the_inverse_distance_and_vanishes_at_high_temperature():
    """xi = 1 / (4 (K_c - K)) near the transition, and tanh K per step where correlations are weak."""
    for distance in (1e-3, 1e-4):
        K = 1 / protocol.CRITICAL - distance
        assert 4 * distance * power_law.correlation_length(1 / K) == pytest.approx(1, abs=2 * distance)
    assert power_law.correlation_length(1e4) == pytest.approx(-1 / np.log(np.tanh(1e-4)), rel=1e-4)
    with pytest.raises(ValueError, match="above the critical one"):
        power_law.correlation_length(2.2)


def test_the_paper_s_deviations_of_the_energy_are_exact_ones():
    """0.002 and 0.005 at T = 1.0 and 1.2 on 64 x 64: so its data have no stripes there."""
    deviations = [T * np.sqrt(kaufman.specific_heat(T, (64, 64)) / 64**2) for T in (1.0, 1.2)]
    np.testing.assert_allclose(deviations, [0.002, 0.005], atol=0.0005)


def test_stripes_form_and_dissolve_colour_by_colour_and_stay_for_longer_where_sites_are_drawn_at_random():
    def share(m):
        return (np.abs(m) < protocol.STRIPED).mean()

    def after(burn_in):
        settings = {"burn_in": burn_in, "configurations": 1, "sweeps_between": 1}
        return share(protocol.data_sets(64, 1.2, "random", settings, seed=3).magnetization.values)

    spins = np.random.default_rng(1).choice(np.array([-1, 1], np.int8), size=(64, 64, 64))
    random_flips.sweep(Ising((64, 64)), spins, 1.2, streams(1, "stripes", 0, 64), 3000)
    assert after(1000) > 0.1
    assert after(10_000) < 0.05
    assert share(spins.mean(axis=(1, 2))) > after(3000) + 0.1
