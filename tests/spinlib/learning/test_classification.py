"""Classes of temperatures, sets, scores, and trainings of classifiers."""

import sys

import numpy as np
import pytest
import torch

from spinlib.learning.classification import FineTuning, Sets, classes_of, fit, scores, split, trials
from spinlib.learning.supervised import predict

EDGES = [0.0, 1.055, 2.119, 2.320, 4.0]
TABLE = [[220, 80, 90, 210], [100, 50, 60, 90], [150, 50, 70, 130]]


def test_bins_hold_their_lower_edge():
    assert classes_of(EDGES, EDGES).tolist() == [0, 1, 2, 3, 3]
    assert classes_of([[1.0, 1.1]], EDGES).shape == (1, 2)


@pytest.mark.parametrize("T", [-0.1, 4.1, np.nan])
def test_bins_have_to_cover_the_temperatures(T):
    with pytest.raises(ValueError, match=r"the bins cover 0.0 to 4.0 only"):
        classes_of([1.0, T], EDGES)


def test_sets_of_the_papers_table():
    labels = np.repeat(np.arange(4), np.sum(TABLE, axis=0))
    sets = split(np.random.default_rng(1).permutation(labels), TABLE, seed=2)
    mixed = np.random.default_rng(1).permutation(labels)
    assert [np.bincount(mixed[one]).tolist() for one in sets] == TABLE
    assert sorted(np.concatenate(sets)) == list(range(1300))
    again, other = split(mixed, TABLE, seed=2), split(mixed, TABLE, seed=3)
    assert all(np.array_equal(one, two) for one, two in zip(sets, again, strict=True))
    assert not np.array_equal(sets.training, other.training)


def test_overlapping_sets_are_refused():
    with pytest.raises(ValueError, match="example 3: it is in the training set and in the test set"):
        Sets(np.arange(4), np.arange(4, 6), np.array([3, 7])).require_disjoint()
    with pytest.raises(ValueError, match="example 1: it is in the validation set and in the validation set"):
        Sets(np.arange(1), np.array([1, 1]), np.array([2])).require_disjoint()


def test_scores_from_their_definition():
    rng = np.random.default_rng(4)
    labels, answers = rng.integers(0, 4, 500), rng.integers(0, 4, 500)
    answers[:250] = labels[:250]
    found = scores(labels, answers)
    hits = np.array([((labels == k) & (answers == k)).sum() for k in range(4)])
    told, true = np.bincount(answers, minlength=4), np.bincount(labels, minlength=4)
    f1 = 2 * hits / (told + true)
    np.testing.assert_allclose(found.f1, f1)
    assert found.macro_f1 == pytest.approx(f1.mean())
    np.testing.assert_allclose(found.recall, hits / true)
    assert found.accuracy == pytest.approx(hits.sum() / 500)
    assert np.array_equal(found.confusion.sum(axis=1), true)
    # An answer that is never given counts as 0, it is not left out.
    assert scores([0, 1, 2], [0, 1, 1]).macro_f1 == pytest.approx((1 + 2 / 3 + 0) / 3)


def examples(n=300, seed=1):
    """Three classes of spins of different means."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    return np.where(rng.random((n, 30)) < np.array([0.1, 0.5, 0.9])[labels, None], 1.0, -1.0).astype(np.float32), labels


def line(seed):
    network = torch.nn.Linear(30, 3)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(generator=torch.Generator().manual_seed(seed)).mul_(0.1)
    return network


COUNTS = [[50] * 3, [20] * 3, [30] * 3]


def test_a_classifier_learns_and_keeps_the_best_epoch():
    spins, labels = examples()
    sets = split(labels, COUNTS, seed=1)
    network = line(1)
    curves = fit(network, spins, labels, sets, FineTuning(epochs=40, rate=0.02, patience=None), seed=3)
    assert not network.training
    held_out = torch.tensor(predict(network, spins[sets.validation]))
    kept = torch.nn.functional.cross_entropy(held_out, torch.tensor(labels[sets.validation]))
    assert float(kept) == pytest.approx(min(curves.validation), rel=1e-5)
    assert scores(labels[sets.test], predict(network, spins[sets.test]).argmax(1)).macro_f1 > 0.9


def test_training_stops_when_the_validation_loss_rises():
    spins, labels = examples()
    sets = split(labels, COUNTS, seed=1)
    # The validation set has wrong labels, so that every step in the right direction raises its loss.
    labels[sets.validation] = (labels[sets.validation] + 1) % 3
    curves = fit(line(1), spins, labels, sets, FineTuning(epochs=50, rate=0.05, patience=3), seed=3)
    least = int(np.argmin(curves.validation))
    assert len(curves.validation) == least + 1 + 3


def test_the_defaults_are_the_papers():
    how = FineTuning()
    assert (how.epochs, how.rate, how.weight_decay) == (10, 2e-5, 5e-6)
    optimizer = how.optimizer().of([torch.nn.Parameter(torch.ones(1))])
    assert isinstance(optimizer, torch.optim.AdamW)
    assert optimizer.param_groups[0]["weight_decay"] == 5e-6
    assert [how.optimizer().rate_at(epoch, 10) for epoch in (0, 9)] == [2e-5, 2e-5]


def test_trials_follow_from_their_seeds():
    spins, labels = examples()
    sets, how = split(labels, COUNTS, seed=1), FineTuning(epochs=3, rate=0.02)
    one, two = trials(line, spins, labels, sets, how, [1, 2]), trials(line, spins, labels, sets, how, [2, 1])
    assert [each.macro_f1 for each in one] == [each.macro_f1 for each in reversed(two)]
    assert one[0].macro_f1 != one[1].macro_f1
    with pytest.raises(ValueError, match="1 sets and 2 seeds"):
        trials(line, spins, labels, [sets], how, [1, 2])


def test_an_interrupted_training_ends_as_the_whole_one(tmp_path):
    spins, labels = examples()
    sets, how = split(labels, COUNTS, seed=1), FineTuning(epochs=4, rate=0.02)
    whole, part = line(1), line(1)
    fit(whole, spins, labels, sets, how, seed=3)

    class Stop(Exception):
        pass

    calls = []

    def interrupt(seen, wanted, rng):
        calls.append(1)
        if len(calls) == 25:
            raise Stop
        return seen, wanted

    def same(seen, wanted, rng):
        return seen, wanted

    same.__qualname__ = interrupt.__qualname__
    with pytest.raises(Stop):
        fit(part, spins, labels, sets, how, seed=3, augment=interrupt, checkpoint=tmp_path / "part.npz")
    resumed = line(7)
    fit(resumed, spins, labels, sets, how, seed=3, augment=same, checkpoint=tmp_path / "part.npz")
    assert torch.equal(resumed.weight, whole.weight)


SPINS, LABELS = examples(30)
SETS = split(LABELS, [[4] * 3, [3] * 3, [3] * 3], 1)


@pytest.mark.parametrize(
    ("ask", "match"),
    [
        (
            lambda: split(LABELS, [[9] * 3, [1] * 3, [1] * 3], 1),
            "class 0: it has 10 examples.*need 11",
        ),
        (lambda: split(LABELS, [[4] * 3, [3] * 3], 1), "positive numbers for three sets"),
        (lambda: split(LABELS, [[4, 0, 4], [3] * 3, [3] * 3], 1), "positive numbers for three sets"),
        (lambda: scores([0, 2], [0, 2]), "class 1 has no example"),
        (lambda: scores([0, 1], [0, 1], 3), "class 2 has no example"),
        (lambda: scores([0, 1], [0]), "of one length"),
        (lambda: FineTuning(rate=0.0), "rate 0.0"),
        (lambda: FineTuning(batch=0), "batch 0"),
        (lambda: FineTuning(weight_decay=-1.0), "weight_decay -1.0"),
        (lambda: fit(line(1), SPINS, LABELS[:-1], SETS, FineTuning(), 1), "whole numbers"),
        (lambda: fit(line(1), SPINS, LABELS, SETS._replace(test=SETS.training), FineTuning(), 1), "it is in the"),
        (lambda: fit(line(1), SPINS, LABELS, SETS._replace(test=np.array([99])), FineTuning(), 1), "the test set has"),
        (
            lambda: fit(line(1), SPINS, LABELS, SETS._replace(validation=SETS.validation[:1]), FineTuning(), 1),
            "the validation set: class . has no example",
        ),
        (lambda: fit(torch.nn.Linear(30, 2), SPINS, LABELS, SETS, FineTuning(), 1), "the network has 2 outputs"),
        (lambda: classes_of([1.0], [2.0, 1.0]), "rising"),
    ],
)
def test_bad_input_is_refused(ask, match):
    with pytest.raises(ValueError, match=match):
        ask()


def test_without_scikit_learn_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(ModuleNotFoundError, match=r"needs scikit-learn: install spinlib with its extra \[ml\]"):
        scores([0, 1], [0, 1])
