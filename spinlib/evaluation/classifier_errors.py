"""The errors of an energy classifier on all states of a small lattice (paper dnn, Figs. 2 to 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from spinlib.datasets.training_and_test import among
from spinlib.learning.energy_functions import classes
from spinlib.models import Ising
from spinlib.samplers.learned_energy import states_of, table_of


class Errors(NamedTuple):
    """The errors of a classifier.

    Attributes
    ----------
    accuracy : float
        Share of the states that are right, in per cent.
    wrong : numpy.ndarray
        Misclassified states of each class, (class,).
    distance : numpy.ndarray
        Number of states whose class is wrong by 0, 1, 2, ... classes, (class,).
    """

    accuracy: float
    wrong: np.ndarray
    distance: np.ndarray


def of_classes(true: np.ndarray, off: np.ndarray, n_classes: int) -> Errors:
    """The errors of configurations whose classes are known.

    Parameters
    ----------
    true : numpy.ndarray
        int (n,): the class of each, from 0.
    off : numpy.ndarray
        int (n,): the distance of the predicted class from the true one.
    n_classes : int
        How many classes there are.

    Returns
    -------
    Errors
        Of these configurations.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.evaluation import classifier_errors
    >>> classifier_errors.of_classes(np.array([0, 1, 1, 2]), np.array([0, 0, 2, 0]), 3).wrong.tolist()
    [0, 1, 0]
    """
    wrong = np.bincount(true[off > 0], minlength=n_classes)
    return Errors(100.0 * float(np.mean(off == 0)), wrong, np.bincount(off, minlength=n_classes))


def errors(function: Callable[[np.ndarray], Any], model: Ising, levels: ArrayLike) -> Errors:
    """Compare a function with the model's energy on all 2^N states, including those of the training.

    Parameters
    ----------
    function : callable
        Of spins (n, *shape): their energies (n,), each one of the levels.
    model : Ising
        Of at most 20 sites.
    levels : sequence of float
        The classes: total energies, rising.

    Returns
    -------
    Errors
        Of all states.

    Raises
    ------
    ValueError
        Where either gives an energy that is none of the levels, and for more than 20 sites.

    Examples
    --------
    >>> from spinlib.evaluation import classifier_errors
    >>> from spinlib.models import Ising
    >>> def ground_states_are_missed(spins):
    ...     energies = model.energy(spins)
    ...     energies[energies == -8.0] = 0.0
    ...     return energies
    >>> model = Ising((2, 2))
    >>> found = classifier_errors.errors(ground_states_are_missed, model, [-8.0, 0.0, 8.0])
    >>> float(found.accuracy), found.wrong.tolist(), found.distance.tolist()
    (87.5, [2, 0, 0], [14, 2, 0])
    """
    return _errors(function, model, levels, None)


def errors_of_unseen(function: Callable[[np.ndarray], Any], model: Ising, levels: ArrayLike, seen: Any) -> Errors:
    """`errors` on the states that are not among the training configurations.

    Parameters
    ----------
    function, model, levels
        As for `errors`.
    seen : array
        The training configurations, (m, *shape).

    Returns
    -------
    Errors
        Of the states that were not seen.

    Raises
    ------
    ValueError
        Where `errors` does, and where all states were seen.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.evaluation import classifier_errors
    >>> from spinlib.models import Ising
    >>> model = Ising((2, 2))
    >>> seen = np.ones((1, 2, 2))
    >>> found = classifier_errors.errors_of_unseen(model.energy, model, [-8.0, 0.0, 8.0], seen)
    >>> int(found.distance.sum())
    15
    """
    return _errors(function, model, levels, seen)


def least_unseen_accuracy(n_wrong: ArrayLike, n_states: int, n_seen: ArrayLike) -> np.ndarray:
    """A lower bound of the accuracy on unseen states: the accuracy if all misclassified states are unseen.

    It serves results whose training set is not available.

    Parameters
    ----------
    n_wrong : int or array of int
        Misclassified states, of all.
    n_states : int
        Of all.
    n_seen : int or array of int
        Different training configurations.

    Returns
    -------
    numpy.ndarray
        In per cent.

    Raises
    ------
    ValueError
        For numbers that are negative or exceed n_states, and where all states were seen.

    Examples
    --------
    >>> from spinlib.evaluation import classifier_errors
    >>> float(classifier_errors.least_unseen_accuracy(10, 1000, 500))
    98.0
    """
    wrong, unseen = np.asarray(n_wrong, np.float64), n_states - np.asarray(n_seen, np.float64)
    if np.any((wrong < 0) | (wrong > n_states) | (unseen <= 0) | (unseen > n_states)):
        raise ValueError(f"n_wrong {n_wrong!r} and n_seen {n_seen!r} of {n_states} states: not all may be seen")
    return 100.0 * np.maximum(0.0, 1.0 - wrong / unseen)


def _errors(function: Callable[[np.ndarray], Any], model: Ising, levels: ArrayLike, seen: Any) -> Errors:
    allowed = np.asarray(levels, np.float64)
    true = classes(table_of(model.energy, model.shape), allowed)
    off = np.abs(classes(table_of(function, model.shape), allowed) - true)
    if seen is not None:
        unseen = ~among(states_of(np.arange(len(true)), model.shape), seen)
        if not unseen.any():
            raise ValueError(f"seen: all {len(true)} states are among them, none is left to test")
        true, off = true[unseen], off[unseen]
    return of_classes(true, off, len(allowed))
