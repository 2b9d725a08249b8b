import numpy as np
import pytest
import torch

from spinlib.datasets import hash_split, targeted
from spinlib.datasets.training_and_test import TrainingAndTest
from spinlib.datasets.training_sets import random_spins
from spinlib.exact import density_of_states
from spinlib.learning import energy_functions, energy_networks
from spinlib.learning.supervised import Schedule, weights
from spinlib.models import Ising
from spinlib.networks.energy_cnn import EnergyCNN

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


def spins_of_sums(n_train=400, n_test=100):
    spins = random_spins((4, 4), 700, seed=2)
    return hash_split.split(spins, n_train, n_test, seed=1)


def sums(spins):
    return 100 + 7.0 * spins.sum(axis=(1, 2))


def test_a_kept_regression_says_what_the_trained_one_did():
    sets, schedule = spins_of_sums(), Schedule(3, "adam", 2e-3, batch=50)
    true = sums(sets.test)
    kept, off = energy_networks.train_and_test(EnergyCNN(4, 1, input_side=8), sets, sums, schedule, 1, shown=30)
    assert kept["median"] == np.median(np.abs(off))
    assert kept["mean"] == np.abs(off).mean()
    assert kept["spread"] == true.std()
    assert len(kept["losses"]) == 3
    np.testing.assert_array_equal(kept["true"], true[:30])
    np.testing.assert_allclose(kept["predicted"], (true + off)[:30], rtol=1e-6)
    arrays = {f"net.{name}": value for name, value in kept.items()}
    again = energy_networks.kept_value(EnergyCNN(4, 1, input_side=8), arrays, "net.")
    np.testing.assert_allclose(again(sets.test) - true, off, atol=1e-3)


def by_table(sets, answers):
    """A function of configurations that has no rule: a number for each of them, by its place in the sets."""
    table = dict(zip((row.tobytes() for row in np.concatenate([sets.train, sets.test])), answers, strict=True))
    return lambda spins: np.array([table[row.tobytes()] for row in spins])


class Memory(torch.nn.Module):
    """Linear in an indicator of every training configuration: it learns these by heart and knows nothing of others."""

    def __init__(self, known, n_outputs):
        super().__init__()
        self.known = torch.as_tensor(known.reshape(len(known), -1).copy()).float()
        self.answers = torch.nn.Linear(len(known), n_outputs)

    def forward(self, spins):
        rows = spins.reshape(len(spins), -1).float()
        return self.answers((rows @ self.known.T == rows.shape[1]).float())


def distinct_sets():
    spins = np.unique(random_spins((4, 4), 500, seed=5), axis=0)
    return TrainingAndTest(spins[::2][:200], spins[1::2][:200])


def test_a_regression_of_noise_is_perfect_in_training_and_worthless_in_the_test():
    sets = distinct_sets()
    value = by_table(sets, np.random.default_rng(1).normal(size=400))
    network = Memory(np.concatenate([sets.train, sets.test]), 1)
    schedule = Schedule(150, "adam", 0.1, "cosine", batch=50, bfloat16=False)
    kept, off = energy_networks.train_and_test(network, sets, value, schedule, 1)
    known = energy_networks.kept_value(network, kept)(sets.train) - value(sets.train)
    assert np.median(np.abs(known)) < 0.02
    assert np.median(np.abs(off)) > 0.4
    assert kept["median"] == np.median(np.abs(off))
    assert kept["losses"][-1] < 1e-3


def test_a_classifier_of_noise_is_perfect_in_training_and_guesses_in_the_test():
    sets, three = distinct_sets(), np.array([-1.0, 0.0, 4.0])
    value = by_table(sets, three[np.random.default_rng(2).integers(3, size=400)])
    network = Memory(np.concatenate([sets.train, sets.test]), 3)
    schedule = Schedule(60, "adam", 0.1, batch=50, bfloat16=False)
    kept, off = energy_networks.train_and_test_classes(network, sets, value, three, schedule, 1)
    assert np.array_equal(energy_networks.class_energy(network, three)(sets.train), value(sets.train))
    assert kept["accuracy"] == 100 * np.mean(off == 0)
    assert 20 < kept["accuracy"] < 47  # a guess is right once in three times
    assert kept["tested"].tolist() == [np.count_nonzero(value(sets.test) == level) for level in three]
    assert kept["wrong"].sum() == np.count_nonzero(off)
    assert kept["distance"].tolist() == np.bincount(off, minlength=3).tolist()
    assert set(weights(network, "weight.")) < set(kept)


def test_what_is_trained_on_and_what_is_asked(monkeypatch):
    """The training set alone reaches the training, in the form that `inputs` gives it; the test set is only asked."""
    sets, trained, asked = spins_of_sums(60, 20), [], []
    by_train, by_predict = energy_networks.train, energy_functions.predict

    def spy_on_train(network, spins, labels, *rest, **others):
        trained.append((np.array(spins), np.array(labels)))
        return by_train(network, spins, labels, *rest, **others)

    def spy_on_predict(network, spins):
        asked.append(np.array(spins))
        return by_predict(network, spins)

    monkeypatch.setattr(energy_networks, "train", spy_on_train)
    monkeypatch.setattr(energy_functions, "predict", spy_on_predict)
    schedule = Schedule(1, "adam")

    def doubled(spins):
        return 2.0 * spins

    energy_networks.train_and_test(EnergyCNN(4, 1, input_side=8), sets, sums, schedule, 1, inputs=doubled)
    values = sums(sets.train)
    assert np.array_equal(trained[0][0], 2.0 * sets.train)
    np.testing.assert_allclose(trained[0][1], (values - values.mean()) / values.std())
    levels = np.unique(sums(np.concatenate([sets.train, sets.test])))
    classifier = EnergyCNN(4, len(levels), input_side=8)
    energy_networks.train_and_test_classes(classifier, sets, sums, levels, schedule, 1, inputs=doubled)
    assert np.array_equal(trained[1][0], 2.0 * sets.train)
    assert np.array_equal(levels[trained[1][1]], values)
    assert len(trained) == 2
    assert [np.array_equal(spins, 2.0 * sets.test) for spins in asked] == [True, True]


def test_sets_that_nobody_compared_are_refused():
    pair = (random_spins((4, 4), 20, seed=1), random_spins((4, 4), 20, seed=1))
    with pytest.raises(TypeError, match="sets of type tuple: a TrainingAndTest is needed"):
        energy_networks.train_and_test(EnergyCNN(4, 1, input_side=8), pair, sums, SCHEDULE, 1)
    with pytest.raises(TypeError, match="sets of type tuple"):
        energy_networks.train_and_test_classes(EnergyCNN(4, 15, input_side=8), pair, sums, LEVELS, SCHEDULE, 1)


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
