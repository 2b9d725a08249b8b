"""Reweighting against the exact heat capacity of a lattice whose energies are drawn from their exact distribution."""

import numpy as np
import pytest

from spinlib.exact import density_of_states
from spinlib.reweighting import heat_capacity_peak

SHAPE, GRID = (4, 4), np.linspace(2.11, 2.79, 35)


def drawn(T, n=400, seed=3):
    return density_of_states.sample_energies(T, SHAPE, 40 * n, seed).reshape(40, n)


@pytest.mark.parametrize("T0", [2.3, GRID[17], 2.6])
def test_peak_is_the_exact_one(T0):
    fine = np.linspace(2.2, 2.7, 5001)
    exact = fine[np.argmax(density_of_states.specific_heat(fine, SHAPE))]
    found = heat_capacity_peak(drawn(T0), T0, GRID)
    assert found.valid
    assert abs(found.value - exact) < 4 * found.error
    assert found.error < 0.03


def test_bad_input():
    energies = drawn(2.4)
    with pytest.raises(ValueError, match="rise in even steps"):
        heat_capacity_peak(energies, 2.4, [2.0, 2.4, 2.5])
    with pytest.raises(ValueError, match="within the grid"):
        heat_capacity_peak(energies, 3.4, GRID)
    with pytest.raises(ValueError, match="widen it"):
        heat_capacity_peak(energies, 2.66, [2.6, 2.65, 2.7])
