"""Trainings of classifiers."""

import numpy as np
import pytest
import torch

from spinlib.datasets import class_labels, stratified_split
from spinlib.datasets.stratified_split import split
from spinlib.evaluation import classification_scores
from spinlib.evaluation.classification_scores import scores
from spinlib.learning import classification
from spinlib.learning.classification import FineTuning, fit, trials
from spinlib.learning.supervised import predict


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
    ],
)
def test_bad_input_is_refused(ask, match):
    with pytest.raises(ValueError, match=match):
        ask()


def test_names_of_sets_and_scores_can_be_imported_from_here_too():
    for module in (class_labels, stratified_split, classification_scores):
        for name in {*module.__all__} - {"require_every_class"}:
            assert getattr(classification, name) is getattr(module, name)
