"""How a classifier of energies does on all states of a small lattice (paper dnn, Figs. 2 to 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from spinlib.datasets.training_and_test import among
from spinlib.learning.energy_networks import classes
from spinlib.models import Ising
from spinlib.samplers.learned_energy import states_of, table_of


class Errors(NamedTuple):
    """accuracy: share of the states that are right, in per cent. wrong: misclassified states of each class, (class,).
    distance: how many states are 0, 1, 2, ... classes off, (class,)."""

    accuracy: float
    wrong: np.ndarray
    distance: np.ndarray


def errors(function: Callable[[np.ndarray], Any], model: Ising, levels: ArrayLike) -> Errors:
    """Compare `function`, energies of spins (n, *shape), with the model's on all 2^N states, those of training too.

    levels: the classes, rising. Raises ValueError where either gives an energy that is none of them, and for more than
    20 sites.
    """
    return _errors(function, model, levels, None)


def errors_of_unseen(function: Callable[[np.ndarray], Any], model: Ising, levels: ArrayLike, seen: Any) -> Errors:
    """`errors` on the states that are not among the training configurations `seen`, (m, *shape).

    Raises where `errors` does, and ValueError where all states were seen.
    """
    return _errors(function, model, levels, seen)


def least_unseen_accuracy(n_wrong: ArrayLike, n_states: int, n_seen: ArrayLike) -> np.ndarray:
    """The accuracy on unseen states, in per cent, if all wrong states are among them: no accuracy on them is lower.

    For results whose training set is not at hand. n_wrong: of all states. n_seen: different training configurations.
    ValueError for numbers that are negative or exceed n_states, and where all states were seen.
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
    wrong = np.bincount(true[off > 0], minlength=len(allowed))
    return Errors(100.0 * float(np.mean(off == 0)), wrong, np.bincount(off, minlength=len(allowed)))
