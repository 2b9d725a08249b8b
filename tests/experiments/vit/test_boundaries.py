"""Boundaries told apart: what classifiers read, exact probabilities, and energies of the sets."""

from itertools import product

import numpy as np
import pytest

from experiments.vit import answers, boundaries, exact_curves, systems


def ground(system, side=12):
    return systems.ground_states(systems.model_of(system, side), 200, 1)


@pytest.mark.parametrize(
    ("system", "signs"),
    [
        ("ferromagnet", (1, 1, 1)),
        ("skewed", (-1, 1, 1)),
        ("antiferromagnet", (-1, -1, -1)),
        ("antiperiodic", (-1, -1, 1)),
    ],
)
def test_ground_states_of_the_systems_differ_in_the_signs_of_three_numbers(system, signs):
    assert np.sign(boundaries.features(ground(system)).mean(axis=0)).tolist() == list(signs)


@pytest.mark.parametrize("T", [1.0, 2.5])
def test_probabilities_of_all_configurations_add_up_to_one_in_each_system(T, monkeypatch):
    def log_partition(curves, system, at):
        return np.array([exact_curves.exact(exact_curves.kind_of(system), one, 4)[0] for one in np.unique(at)])

    monkeypatch.setattr(exact_curves, "log_partition", log_partition)
    states = np.array(list(product((1, -1), repeat=16)), np.int8).reshape(-1, 4, 4)
    log_p = boundaries.log_probabilities(states, np.full(len(states), T), None)
    np.testing.assert_allclose(np.exp(log_p).sum(axis=1), 1.0, rtol=1e-8)


def test_sums_of_energies_in_equilibrium_are_normal(monkeypatch):
    monkeypatch.setattr(exact_curves, "energy_and_deviation", lambda curves, system, T: (3.0 * T, 1.0 + T))
    rng = np.random.default_rng(1)
    T = np.stack([systems.temperatures([40, 30, 20, 50], trial)[0] for trial in range(300)])
    found = {"one_all_T": T, "one_all_energies": 3.0 * T + (1.0 + T) * rng.normal(size=T.shape)}
    sums = answers.energy_sums(found, None, "one")
    assert sums.shape == (300, 4)
    assert abs((sums**2).sum() - sums.size) < 4 * np.sqrt(2 * sums.size)
    found["one_all_energies"] = found["one_all_energies"] + 1.0
    assert (answers.energy_sums(found, None, "one").mean(axis=0) > 1.0).all()
