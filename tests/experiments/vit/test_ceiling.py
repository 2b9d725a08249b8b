"""Macro F1 of weighted answers, and ceiling and floor where they are known."""

from functools import partial

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
    from spinlib.exact.bayes import bin_posterior

    levels, counts = density_of_states.ising_torus((4, 4))
    levels, counts = np.array(levels, float), np.array(counts, float)
    log_z = partial(kaufman.log_partition, shape=(4, 4))
    monkeypatch.setattr(exact_curves, "log_partition", lambda curves, system, T: log_z(T))
    rng, wanted = np.random.default_rng(2), np.array(systems.COUNTS[2])
    label = np.repeat(np.arange(4), 5000)
    T = rng.uniform(np.array(systems.EDGES)[label] + 0.05 * (label == 0), np.array(systems.EDGES)[label + 1])
    p = counts * np.exp(-(levels + 32) / T[:, None])
    energies = levels[(rng.random((len(T), 1)) > np.cumsum(p, axis=1) / p.sum(axis=1, keepdims=True)).sum(axis=1)]
    found = ceiling.ceiling(energies, label, None, "ferromagnet", SETTINGS, 3)
    answers = bin_posterior(levels, systems.EDGES, log_z, wanted / wanted.sum(), n_nodes=200).argmax(axis=1)
    shares = (p / p.sum(axis=1, keepdims=True))[:, :, None] * np.eye(4)[answers]
    exact = np.array([shares[label == k].sum(axis=(0, 1))[k] / 5000 for k in range(4)]) @ wanted / wanted.sum()
    assert abs(found["accuracy"] - exact) < 4 * found["accuracy_error"]
    assert 0 < found["accuracy_error"] < 0.01
    assert found["spread"] > found["f1_error"]


def test_the_floor_tells_what_a_number_tells():
    rng, label = np.random.default_rng(1), np.repeat(np.arange(4), [470, 180, 220, 430])
    clear = ceiling.floor(label[:, None] + 0.01 * rng.normal(size=(1300, 1)), label, 1.0, 2, 1)
    nothing = ceiling.floor(rng.normal(size=(1300, 1)), label, 1.0, 2, 1)
    assert clear["f1"] > 0.99
    assert nothing["f1"] < 0.3
