import numpy as np
import pytest

from experiments.dnn.four_by_four_classifier import distinct, levels, model
from experiments.dnn.four_by_four_loop import averages, spin_mean
from experiments.dnn.random_training import random_examples
from spinlib.exact import enumeration
from spinlib.samplers import learned_energy


def test_distinct_configurations_are_counted_once():
    spins = np.ones((5, 4, 4), np.int8)
    spins[1, 0, 0] = spins[3, 0, 0] = -1
    assert distinct(spins) == 2


def test_the_levels_are_those_of_all_states():
    np.testing.assert_array_equal(levels, np.unique(learned_energy.table_of(model.energy, model.shape)))


def test_random_examples_are_as_many_as_asked_for():
    assert random_examples({"examples": 30}, 1).shape == (30, 4, 4)


def test_averages_of_the_exact_table_are_the_exact_ones():
    tables = (learned_energy.table_of(f, model.shape) for f in (model.energy, spin_mean))
    temperatures = [2.0, 3.0]
    found = averages(*tables, {"T": temperatures, "runs": 200, "burn_in": 300, "sweeps": 300}, 3)
    exact = [enumeration.boltzmann(model, t) @ enumeration.energies(model) / model.n_sites for t in temperatures]
    assert found["energy"] == pytest.approx(exact, abs=5 * found["energy_error"].max())
    assert (found["heat"] > 0).all()
