import numpy as np

from experiments.dnn.evaluation_speed import rate, truncations
from experiments.dnn.long_range_loop import CHECKERBOARD, annealing, thermal_spins
from experiments.dnn.long_range_model import COULOMB, model_of
from experiments.dnn.long_range_training import EDGES, errors_by_energy

SETTINGS = {"screening": 1.0, "cutoff": 3, "longest_cutoff": 3, "test": 50}


def test_errors_are_medians_of_the_examples_in_each_bin_of_the_energy():
    true = np.random.default_rng(0).normal(5.0, 2.0, 20_000)
    standard = (true - true.mean()) / true.std()
    found = errors_by_energy(np.where(standard > 0.0, 3.0, -1.0), true)
    middle = (np.array(EDGES)[:-1] + np.array(EDGES)[1:]) / 2
    clear = np.isfinite(found) & (np.abs(middle) > np.diff(EDGES).max())
    np.testing.assert_array_equal(found[clear], np.where(middle[clear] > 0.0, 3.0, 1.0))
    assert np.isnan(errors_by_energy(np.ones(5), np.arange(5.0))).all()


def test_a_sum_that_is_cut_off_nowhere_is_exact():
    cutoffs, neighbors, off = truncations(model_of(COULOMB, SETTINGS), SETTINGS, 3)
    assert neighbors[0] == 4
    assert (np.diff(neighbors) > 0).all()
    assert cutoffs[-1] >= 3.0
    assert off[-1] == 0.0
    assert off[0] == off.max() > 0.0


def test_a_rate_counts_configurations():
    calls = []
    per_second = rate(lambda spins: calls.append(len(spins)), np.zeros((7, 2)), 0.01)
    assert set(calls) == {7}
    assert 0 < per_second <= sum(calls) / 0.01


def test_annealing_finds_nothing_below_the_checkerboard():
    model = model_of(COULOMB, SETTINGS)
    found = annealing(model, {"annealed": 30, "steps": 60, "sweeps_per_step": 3}, 5)
    assert found["checkerboard"] == model.energy(CHECKERBOARD)
    assert found["lowest"] >= found["checkerboard"] - 1e-9
    assert 0 < found["ordered"] <= 30


def test_thermal_spins_are_ordered_when_cold_and_not_when_hot():
    model = model_of(COULOMB, SETTINGS)
    cold, hot = thermal_spins(model, {"T": [0.2, 16.0], "burn_in": 30}, 40, 1, "thermal")
    order = [np.abs((spins * CHECKERBOARD).mean(axis=(1, 2))).mean() for spins in (cold, hot)]
    assert order[0] > 0.9
    assert order[1] < 0.3
