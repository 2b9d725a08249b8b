"""Macro F1 and what belongs to it."""

import sys

import numpy as np
import pytest

from spinlib.evaluation.classification_scores import scores


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


@pytest.mark.parametrize(
    ("labels", "answers", "n_classes", "match"),
    [
        ([0, 2], [0, 2], None, "class 1 has no example"),
        ([0, 1], [0, 1], 3, "class 2 has no example"),
        ([0, 1], [0], None, "of one length"),
    ],
)
def test_labels_that_do_not_fit_are_refused(labels, answers, n_classes, match):
    with pytest.raises(ValueError, match=match):
        scores(labels, answers, n_classes)


def test_without_scikit_learn_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(ModuleNotFoundError, match=r"needs scikit-learn: install spinlib with its extra \[ml\]"):
        scores([0, 1], [0, 1])
