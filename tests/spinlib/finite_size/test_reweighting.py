"""Reweighting against the exact heat capacity of a lattice whose energies are drawn from their exact distribution."""

import numpy as np
import pytest
import xarray as xr

from spinlib.exact import density_of_states
from spinlib.finite_size import heat_capacity_peak
from spinlib.finite_size.reweighting import missing_overlap, weights

SHAPE, GRID = (4, 4), np.linspace(2.11, 2.79, 35)


def drawn(T, n=400, seed=3):
    return density_of_states.sample_energies(T, SHAPE, 40 * n, seed).reshape(40, n)


@pytest.mark.parametrize("T0", [2.3, 2.44, 2.6])
def test_peak_is_the_exact_one(T0):
    fine = np.linspace(2.2, 2.7, 5001)
    exact = fine[np.argmax(density_of_states.specific_heat(fine, SHAPE))]
    found = heat_capacity_peak(drawn(T0), T0, GRID)
    assert found.valid
    assert abs(found.value - exact) < 4 * found.error
    assert found.error < 0.03


@pytest.mark.parametrize(
    "grid", [np.linspace(2.3, 2.7, 21), np.linspace(2.35, 2.65, 16)], ids=["at its end", "outside"]
)
def test_the_temperature_of_the_run_may_stand_at_the_end_of_the_grid_or_outside(grid):
    """What counts is that the run overlaps with the peak."""
    T0 = 2.3
    assert not grid[0] < T0 < grid[-1]
    exact = heat_capacity_peak(drawn(T0), T0, GRID)
    found = heat_capacity_peak(drawn(T0), T0, grid)
    assert found.valid
    assert abs(found.value - exact.value) < 0.2 * exact.error
    fine = np.linspace(2.2, 2.7, 5001)
    assert abs(found.value - fine[np.argmax(density_of_states.specific_heat(fine, SHAPE))]) < 4 * found.error


def test_bad_input():
    energies = drawn(2.4)
    with pytest.raises(ValueError, match="rise in even steps"):
        heat_capacity_peak(energies, 2.4, [2.0, 2.4, 2.5])
    for grid in ([2.0, 2.5], [2.5, 2.4, 2.3], [-0.5, 0.5, 1.5], [2.0, np.nan, 2.2], [[2.0, 2.1, 2.2]]):
        with pytest.raises(ValueError, match="rising grid of at least 3"):
            heat_capacity_peak(energies, 2.4, grid)
    with pytest.raises(ValueError, match="widen it"):
        heat_capacity_peak(energies, 2.66, [2.6, 2.65, 2.7])


@pytest.fixture(scope="module")
def far():
    """Independent energies of 16 x 16 from their exact distributions, and the exact peak."""
    shape, fine = (16, 16), np.linspace(2.2, 2.45, 1001)
    peak = fine[np.argmax(density_of_states.specific_heat(fine, shape))]

    def energies(T, n=500):
        return density_of_states.sample_energies(T, shape, 40 * n, 5).reshape(40, n)

    return energies, peak


def test_a_peak_far_from_the_run_is_not_valid(far):
    energies, peak = far
    for T0 in (2.7, 2.8, 3.0):
        found = heat_capacity_peak(energies(T0), T0, np.linspace(1.9, 3.3, 141))
        assert not found.valid
        assert np.isnan(found.error)
        assert f"from T = {T0:g} to" in found.reason
        assert abs(found.value - peak) > 0.02
    # Nor is it where the run's own temperature lies outside the grid.
    assert not heat_capacity_peak(energies(3.0), 3.0, np.linspace(1.9, 2.9, 101)).valid


@pytest.mark.parametrize("T0", [2.25, 2.3, 2.36, 2.42, 2.46])
def test_a_peak_within_reach_is_valid_and_right(far, T0):
    energies, peak = far
    # T0 is one of the temperatures of the grid: there all weights are 1.
    grid = np.sort(np.append(np.arange(T0 - 0.3, T0 - 0.005, 0.01), np.arange(T0, T0 + 0.3, 0.01)))
    assert T0 in grid
    found = heat_capacity_peak(energies(T0), T0, grid)
    assert found.valid
    assert 0 < found.error < 0.03
    assert abs(found.value - peak) < 4 * found.error


def test_the_run_of_the_issue_is_refused():
    """32 x 32 at T0 = 2.5: the exact peak is at 2.294, the one that reweighting finds was 2.359 +- 0.008."""
    energies = density_of_states.sample_energies(2.5, (32, 32), 20_000, 1).reshape(20, 1000)
    found = heat_capacity_peak(energies, 2.5, np.linspace(2.1, 2.7, 61))
    assert found.value - 2.2939 > 0.02
    assert not found.valid
    assert "% of the draws" in found.reason


def test_weights_give_exact_averages_and_do_not_overflow():
    T0, T, shape = 2.4, 2.3, (4, 4)
    energies = density_of_states.sample_energies(T0, shape, 100_000, 7)
    weight = weights(energies, T0, T)
    assert weight.mean() == pytest.approx(1)
    error = np.std(weight * (energies - (weight * energies).mean())) / np.sqrt(energies.size)
    assert abs((weight * energies).mean() / 16 - density_of_states.energy(T, shape)) < 4 * error / 16
    assert np.array_equal(weights(energies, T0, T0), np.ones(energies.size))
    # Of a million sites: exponents of tens of thousands.
    large = np.linspace(-2e6, 0, 1000)
    assert np.isfinite(weights(large, 2.4, 1.5)).all()
    assert "of the draws" in missing_overlap(large, 2.4, 1.5)


def test_overlap_is_asked_in_three_ways():
    normal = np.random.default_rng(1).normal(0.0, 20.0, 200_000)
    beta = 1 / 2.0
    for shift in (0.5, 1.0, 1.4, 1.7, 2.5):
        # exp(-d E) of Gaussian energies moves their mean by d sigma^2; the share is exp(-(d sigma)^2).
        T = 1 / (beta + shift / 20.0)
        assert (missing_overlap(normal, 2.0, T) == "") == (np.exp(-(shift**2)) > 0.1)
    assert "draws, fewer than 50" in missing_overlap(normal[:60], 2.0, 1 / (beta + 1 / 20.0))
    assert missing_overlap(normal[:10], 2.0, 2.0) == ""
    # A second phase, far off in energy, that a small share of the draws has seen.
    phases = np.where(np.arange(1000) % 50 == 0, -100.0, 0.0) + normal[:1000] / 20
    assert "standard deviations" in missing_overlap(phases, 2.0, 1 / (beta + 0.035))
    with pytest.raises(ValueError, match="finite"):
        weights([1.0, np.nan], 2.0, 2.1)
    with pytest.raises(ValueError, match="positive"):
        weights([1.0, 2.0], 2.0, -2.1)


def test_labelled_runs():
    labels = {"temperature": 2.44}
    plain = drawn(2.44)
    energies = xr.DataArray(plain.T, dims=("draw", "chain"), coords=labels)
    assert heat_capacity_peak(energies, 2.44, GRID) == heat_capacity_peak(plain, 2.44, GRID)
    with pytest.raises(ValueError, match=r"drawn at temperature 2\.44"):
        heat_capacity_peak(energies, 2.3, GRID)
    several = xr.concat([energies, energies.assign_coords(temperature=2.5)], "temperature")
    with pytest.raises(ValueError, match="one temperature"):
        heat_capacity_peak(several, 2.44, GRID)
