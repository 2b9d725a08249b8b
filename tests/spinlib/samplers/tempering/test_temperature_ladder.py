import numpy as np
import pytest
from scipy import stats
from scipy.special import erfc

from spinlib.samplers.tempering import temperature_ladder
from spinlib.samplers.tempering.temperature_ladder import constant_acceptance, geometric


def test_geometric():
    ladder = geometric(0.5, 4.0, 4)
    np.testing.assert_allclose(ladder, [0.5, 1.0, 2.0, 4.0], rtol=1e-14)
    assert (ladder[0], ladder[-1]) == (0.5, 4.0)


def gaussian_energies(temperatures, heat_capacity, n_sites, n=20_000):
    """Energies per site of a system of constant heat capacity."""
    spread = np.sqrt(heat_capacity / n_sites) * temperatures
    return np.array([stats.norm.ppf((np.arange(n) + 0.5) / n) * s for s in spread])


@pytest.mark.parametrize("acceptance", [0.15, 0.3, 0.6])
def test_constant_heat_capacity_gives_a_geometric_ladder(acceptance):
    grid, n_sites, c = np.geomspace(0.5, 3.0, 8), 400, 0.7
    ladder = constant_acceptance(grid, gaussian_energies(grid, c, n_sites), n_sites, acceptance)
    np.testing.assert_allclose(ladder, geometric(0.5, 3.0, len(ladder)), rtol=1e-4)

    def expected(n):
        # The integral of s = sqrt(c N) T over 1 / T is sqrt(c N) times the logarithm of the ratio.
        return erfc(np.sqrt(c * n_sites) * np.log(6.0) / (n - 1) / 2)

    assert expected(len(ladder)) >= acceptance > expected(len(ladder) - 1)


def test_temperatures_crowd_where_the_energy_fluctuates():
    grid = np.linspace(1.0, 4.0, 31)
    peak = 0.2 + 3.0 * np.exp(-(((grid - 2.3) / 0.2) ** 2))
    energies = np.concatenate([gaussian_energies(grid[k : k + 1], peak[k], 256) for k in range(31)])
    ladder = constant_acceptance(grid, energies, 256)
    steps = np.diff(ladder) / ladder[1:]
    assert (ladder[0], ladder[-1]) == (1.0, 4.0)
    closest = np.argmin(steps)
    assert ladder[closest] < 2.3 < ladder[closest + 1]
    assert steps.max() > 2.0 * steps.min()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: geometric(2.0, 1.0, 3), "each above the one before"),
        (lambda: geometric(0.0, 1.0, 3), "temperature 0.0"),
        (lambda: geometric(1.0, 2.0, 1), "n 1"),
        (lambda: constant_acceptance([1.0, 2.0], np.ones((2, 5)), 4), "temperature 1.0 do not vary"),
        (lambda: constant_acceptance([1.0, 2.0], np.ones((3, 5)), 4), r"energies of shape \(3, 5\)"),
        (lambda: constant_acceptance([1.0, 2.0], np.eye(2), 4, 1.0), "acceptance 1.0"),
        (lambda: constant_acceptance([1.0, 2.0], np.eye(2), 0), "n_sites 0"),
        (lambda: constant_acceptance([1.0, 2.0], np.full((2, 2), np.nan), 4), "finite"),
        (lambda: temperature_ladder.checked_ladder(1.0), "at least two"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
