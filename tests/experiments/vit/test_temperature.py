"""Errors of temperatures: their root mean square with its error, and the sets of the networks."""

import numpy as np
import pytest

from experiments.vit import temperature, temperature_networks
from spinlib.exact import kaufman


def test_the_root_mean_square_has_the_error_of_its_spread():
    rng = np.random.default_rng(1)
    found = np.array([temperature.root_mean_square(rng.normal(0.0, 0.3, (16, 8))) for _ in range(400)])
    assert found[:, 0].mean() == pytest.approx(0.3, abs=0.005)
    assert found[:, 0].std() == pytest.approx(found[:, 1].mean(), rel=0.15)


def test_energies_are_those_of_whole_lattices():
    how = {"sweeps": 2, "burn_in": 50}
    energies = temperature.total_energies([2.0, 3.0], 8, 50, how, 1, 20)
    assert energies.shape == (2, 20, 50)
    assert (energies % 4 == 0).all()
    exact = 64 * kaufman.energy(np.array([2.0, 3.0]), (8, 8))
    means = energies.mean(axis=2)
    assert (np.abs(means.mean(axis=1) - exact) < 4 * means.std(axis=1, ddof=1) / np.sqrt(20)).all()


def test_the_mean_energy_tells_the_temperature():
    energy = 8 * 8 * kaufman.energy(2.3, (8, 8))
    assert temperature.estimated(np.array([energy]), 8).likeliest[0] == pytest.approx(2.3, abs=1e-4)


def test_errors_are_sorted_by_temperature():
    off = np.array([1.0, -1.0, 2.0, 2.0, 3.0, 4.0])
    fixed, drawn = temperature_networks.root_mean_square(off, 2, 2)
    assert fixed.tolist() == [1.0, 2.0]
    assert drawn == pytest.approx(np.sqrt(12.5))


def test_the_test_set_begins_with_the_fixed_temperatures():
    settings = {"T": [1.0, 3.0], "each": 2, "training": 5, "test": 3, "sweeps": 5}
    (spins, T), (asked, true) = temperature_networks.configurations(settings, 8, 1)
    assert spins.shape == (5, 8, 8)
    assert asked.shape == (7, 8, 8)
    assert true[:4].tolist() == [1.0, 1.0, 3.0, 3.0]
    assert not set(T) & set(true)
