"""How well classes were told: macro F1, accuracy, recall and the confusion matrix."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinlib.datasets.class_labels import require_every_class

__all__ = ["Scores", "scores"]


class Scores(NamedTuple):
    """How well classes were told.

    Attributes
    ----------
    macro_f1 : float
        The mean of F1 over the classes, whatever their sizes.
    accuracy : float
        The share of right answers.
    f1, recall : ndarray
        Of each class, float64 (n_classes,).
    confusion : ndarray
        int64 (n_classes, n_classes): true class, answer.

    Examples
    --------
    >>> from spinlib.evaluation.classification_scores import scores
    >>> scores([0, 0, 1, 1], [0, 1, 1, 1]).accuracy
    0.75
    """

    macro_f1: float
    accuracy: float
    f1: NDArray[np.float64]
    recall: NDArray[np.float64]
    confusion: NDArray[np.int64]


def scores(labels: ArrayLike, answers: ArrayLike, n_classes: int | None = None) -> Scores:
    """Macro F1, as scikit-learn computes it, and what belongs to it.

    Parameters
    ----------
    labels, answers : array_like
        True classes and those that were told, (n,).
    n_classes : int, optional
        By default one more than the largest true class.

    Returns
    -------
    Scores

    Raises
    ------
    ModuleNotFoundError
        Without scikit-learn.
    ValueError
        For arrays of different lengths, and where a class has no example.

    Examples
    --------
    >>> from spinlib.evaluation.classification_scores import scores
    >>> round(scores([0, 0, 1, 1], [0, 1, 1, 1]).macro_f1, 4)  # (2/3 + 4/5) / 2
    0.7333
    """
    try:
        from sklearn import metrics
    except ModuleNotFoundError as error:
        message = "macro F1 needs scikit-learn: install spinlib with its extra [ml], as in pip install '.[ml]'"
        raise ModuleNotFoundError(message, name=error.name) from None
    true, told = np.asarray(labels), np.asarray(answers)
    if true.ndim != 1 or true.shape != told.shape:
        raise ValueError(f"labels {true.shape} and answers {told.shape}: two of one length, (n,), are needed")
    classes = list(range(require_every_class(true, n_classes, "labels")))
    f1 = metrics.f1_score(true, told, labels=classes, average=None, zero_division=0.0)
    recall = metrics.recall_score(true, told, labels=classes, average=None, zero_division=0.0)
    confusion = metrics.confusion_matrix(true, told, labels=classes).astype(np.int64)
    return Scores(float(f1.mean()), float(np.mean(true == told)), np.asarray(f1), np.asarray(recall), confusion)
