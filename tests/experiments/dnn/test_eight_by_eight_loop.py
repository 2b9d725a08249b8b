import numpy as np

from experiments.dnn.eight_by_eight_loop import PEAK_GRID, operators, peak_of
from spinlib.exact import kaufman
from spinlib.exact.density_of_states import sample_energies
from spinlib.models import Ising


def test_the_peak_of_exact_samples_is_that_of_the_lattice():
    energies = sample_energies(2.4, (8, 8), 200_000, seed=1).reshape(100, -1)
    fine = np.linspace(2.2, 2.5, 3001)
    exact = fine[np.argmax(kaufman.specific_heat(fine, (8, 8)))]
    found, error = peak_of(energies, 2.4)
    assert abs(found - exact) < 5 * error
    assert error < 0.01


def test_energies_of_one_width_have_no_peak():
    """Their heat capacity falls with temperature, so that it is largest at the end of the grid."""
    energies = np.random.default_rng(0).normal(0.0, 0.1, (40, 300))
    assert PEAK_GRID[0] < 2.4 < PEAK_GRID[-1]
    assert np.isnan(peak_of(energies, 2.4)).all()


def test_the_first_operator_is_the_exact_energy(monkeypatch):
    def known(record):
        return lambda spins: np.full(len(spins), record)

    for name in ("recorded_value", "recorded_classifier"):
        monkeypatch.setitem(operators.__globals__, name, known)
    found = operators({"dnn/regression": -126.7, "dnn/classification": 4.0})
    spins = np.ones((3, 8, 8), np.int8)
    assert list(found) == ["exact", "classification", "regression", "rounded"]
    np.testing.assert_array_equal(found["exact"](spins), Ising((8, 8)).energy(spins))
    np.testing.assert_array_equal(found["classification"](spins), 4.0)
    np.testing.assert_array_equal(found["regression"](spins), -126.7)
    np.testing.assert_array_equal(found["rounded"](spins), -128.0)
