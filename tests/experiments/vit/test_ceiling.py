"""Macro F1 of weighted answers, and ceiling and floor where they are known."""

from functools import partial
from itertools import combinations_with_replacement

import numpy as np
import pytest

from experiments.vit import ceiling, exact_curves, systems
from spinlib.evaluation.classification_scores import scores
from spinlib.exact import kaufman

SETTINGS = {"bootstraps": 100, "test_sets": 100}


def test_macro_f1_is_that_of_the_answers():
    rng = np.random.default_rng(1)
    labels, answers = rng.integers(0, 4, 300), rng.integers(0, 4, 300)
    found = scores(labels, answers)
    assert ceiling.macro_f1(found.confusion) == pytest.approx(found.macro_f1)
    assert ceiling.macro_f1(np.stack([found.confusion, np.eye(4)])).shape == (2,)


def test_the_ceiling_is_what_a_large_sample_of_exact_energies_reaches(monkeypatch):
    """Energies of a 4 x 4 torus from its density of states: the share of right answers is known by summation."""
    from spinlib.exact import density_of_states

    levels, counts = density_of_states.ising_torus((4, 4))
    levels, counts = np.array(levels, float), np.array(counts, float)
    log_z = partial(kaufman.log_partition, shape=(4, 4))
    monkeypatch.setattr(exact_curves, "log_partition", lambda curves, system, T: log_z(T))
    rng, wanted = np.random.default_rng(2), np.array(systems.COUNTS[2])
    label = np.repeat(np.arange(4), 5000)
    T = rng.uniform(np.array(systems.EDGES)[label] + 0.05 * (label == 0), np.array(systems.EDGES)[label + 1])
    p = counts * np.exp(-(levels + 32) / T[:, None])
    energies = levels[(rng.random((len(T), 1)) > np.cumsum(p, axis=1) / p.sum(axis=1, keepdims=True)).sum(axis=1)]
    found = ceiling.ceiling(ceiling.posteriors(energies, None, "ferromagnet"), label, SETTINGS, 3)
    answers = ceiling.posteriors(levels, None, "ferromagnet").argmax(axis=1)
    shares = (p / p.sum(axis=1, keepdims=True))[:, :, None] * np.eye(4)[answers]
    exact = np.array([shares[label == k].sum(axis=(0, 1))[k] / 5000 for k in range(4)]) @ wanted / wanted.sum()
    assert abs(found["accuracy"] - exact) < 4 * found["accuracy_error"] + 0.002  # of the lowest temperatures
    assert 0 < found["accuracy_error"] < 0.01
    assert found["spread"] > found["f1_error"]
    # Labels have more noise than the probabilities of the classes, and agree.
    assert found["f1_error"] < found["counted_f1_error"]
    assert abs(found["f1"] - found["counted_f1"]) < 4 * found["counted_f1_error"]


def test_the_best_cuts_are_those_of_all_cuts():
    rng = np.random.default_rng(4)
    energies = rng.integers(0, 9, 40).astype(float)
    posterior, weights = rng.dirichlet(np.ones(4), 40), rng.uniform(1, 2, 40)
    every = []
    for cuts in combinations_with_replacement(np.arange(10) - 0.5, 3):
        told = np.searchsorted(cuts, energies)
        mass = posterior * weights[:, None]
        every.append(ceiling.macro_f1(np.array([mass[told == k].sum(axis=0) for k in range(4)]).T))
    assert ceiling.best_cuts(energies, posterior, weights) == pytest.approx(max(every))


def test_errors_over_splits_are_those_of_means_over_one_set_of_configurations():
    """Right with probability 0.9, 400 of 1300 a split: the spread of the mean over 20 splits, from many such sets."""
    rng, n = np.random.default_rng(5), int(np.sum(systems.COUNTS))
    means, errors = [], []
    for _ in range(400):
        right = rng.random(n) < 0.9
        values = [right[rng.permutation(n)[:400]].mean() for _ in range(20)]
        means.append(np.mean(values))
        errors.append(ceiling.error_over_splits(values))
    # Half of the quantile of Student's t for 19 degrees of freedom is 1.0465.
    assert np.sqrt(np.mean(np.square(errors))) / 1.0465 == pytest.approx(np.std(means), rel=0.12)


def test_the_floor_tells_what_a_number_tells():
    rng, label = np.random.default_rng(1), np.repeat(np.arange(4), [470, 180, 220, 430])
    settings = {"share": 1.0, "splits": 2}
    clear = np.stack([label + 0.01 * rng.normal(size=1300), rng.normal(size=1300)], axis=1)
    found = ceiling.over_splits(clear, label, label, settings, 1)
    nothing = ceiling.over_splits(rng.normal(size=(1300, 2)), label, label, settings, 1)
    assert set(found) == {*ceiling.FEATURES, "rule"}
    assert min(values.min() for values in found.values()) > 0.99
    assert max(nothing[name].max() for name in ceiling.FEATURES) < 0.3
