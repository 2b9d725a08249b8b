import numpy as np
import pytest
import torch

from spinlib.exact import density_of_states
from spinlib.learning import energy_networks
from spinlib.learning.supervised import Schedule, weights
from spinlib.models import Ising
from spinlib.networks.energy_cnn import EnergyCNN
from spinlib.samplers import targeted

MODEL = Ising((4, 4))
LEVELS = np.array(density_of_states.ising_torus((4, 4))[0], np.float64)
SPINS = targeted.draw(MODEL, LEVELS, 40, seed=1).reshape(-1, 4, 4)
ENERGIES = MODEL.energy(SPINS)
SCHEDULE = Schedule(25, "adam", 2e-3, "cosine", batch=60)


def test_a_classifier_and_a_regression_learn_the_energy():
    found = energy_networks.classes(ENERGIES, LEVELS)
    assert np.array_equal(LEVELS[found], ENERGIES)
    classifier = EnergyCNN(4, len(LEVELS), input_side=8)
    losses = energy_networks.fit(classifier, SPINS, found, SCHEDULE, seed=2)
    assert losses[-1] < 0.3 * losses[0]
    answers = energy_networks.class_energy(classifier, LEVELS)(SPINS)
    assert set(answers) <= set(LEVELS)
    assert np.median(np.abs(answers - ENERGIES)) <= 4.0

    scaled = energy_networks.scaling(ENERGIES)
    regression = EnergyCNN(4, 1, input_side=8)
    energy_networks.fit(regression, SPINS, (ENERGIES - scaled.mean) / scaled.scale, SCHEDULE, seed=3)
    value = energy_networks.regressed_value(regression, scaled)
    assert np.median(np.abs(value(SPINS) - ENERGIES)) < 4.0
    snapped = energy_networks.nearest_level(value, LEVELS)(SPINS)
    distance = np.abs(LEVELS - value(SPINS)[:, None])
    assert np.array_equal(np.abs(snapped - value(SPINS)), distance.min(axis=1))


def test_the_seed_decides_and_torchs_generator_does_not():
    networks = [EnergyCNN(4, 1, input_side=8) for _ in range(3)]
    for network, seed, other in zip(networks, (1, 1, 2), (5, 6, 5), strict=True):
        torch.manual_seed(other)
        energy_networks.fit(network, SPINS[:60], ENERGIES[:60] / 32, Schedule(1, "adam"), seed)
    first, same, different = (weights(network)["decision.1.weight"] for network in networks)
    assert np.array_equal(first, same)
    assert not np.array_equal(first, different)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="energy 28 is none of the 15 levels"):
        energy_networks.classes([0.0, 28.0], LEVELS)
    with pytest.raises(ValueError, match="energy 40 is none"):
        energy_networks.classes([40.0], LEVELS)
    with pytest.raises(ValueError, match="nothing to learn"):
        energy_networks.scaling([1.0, 1.0])


def test_a_kept_regression_says_what_the_trained_one_did():
    spins = np.random.default_rng(2).choice(np.array([-1, 1], np.int8), (500, 4, 4))
    values = 100 + 7.0 * spins.sum(axis=(1, 2))
    train, test = ((spins[part], values[part]) for part in (slice(400), slice(400, None)))
    schedule = Schedule(3, "adam", 2e-3, batch=50)
    kept, off = energy_networks.train_and_test(EnergyCNN(4, 1, input_side=8), train, test, schedule, 1, shown=30)
    assert kept["median"] == np.median(np.abs(off))
    assert kept["mean"] == np.abs(off).mean()
    assert kept["spread"] == test[1].std()
    assert len(kept["losses"]) == 3
    np.testing.assert_array_equal(kept["true"], test[1][:30])
    np.testing.assert_allclose(kept["predicted"], (test[1] + off)[:30], rtol=1e-6)
    arrays = {f"net.{name}": value for name, value in kept.items()}
    again = energy_networks.kept_value(EnergyCNN(4, 1, input_side=8), arrays, "net.")
    np.testing.assert_allclose(again(test[0]) - test[1], off, atol=1e-3)


def test_fitted_values_come_back_in_their_own_units():
    spins = np.random.default_rng(1).choice(np.array([-1, 1], np.int8), (400, 4, 4))
    values = 100 + 7.0 * spins.sum(axis=(1, 2))
    network = EnergyCNN(4, 1, input_side=8)
    scaled, losses = energy_networks.fit_values(network, spins, values, Schedule(30, "adam", 2e-3, batch=50), 1)
    assert scaled == energy_networks.scaling(values)
    assert losses[-1] < losses[0]
    found = energy_networks.regressed_value(network, scaled)(spins)
    assert np.abs(found - values).mean() < 0.25 * values.std()
    with pytest.raises(ValueError, match="nothing to learn"):
        energy_networks.fit_values(network, spins, np.ones(400), Schedule(1, "adam", 2e-3), 1)
