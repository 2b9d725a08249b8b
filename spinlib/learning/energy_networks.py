"""Networks that learn an energy from a seed, and replace it afterwards (paper dnn, Secs. II, IV).

A classifier gives one of the rising energy `levels`. A regression is trained on values scaled by the mean and standard
deviation of the training set (our choice: the paper does not say how values were scaled).

`train_and_test` and `train_and_test_classes` take configurations that are known to be disjoint. `fit` and `fit_values`
train without a test. The caller chooses what to evaluate, for instance the accuracy over all states of a small lattice,
seen or not (`spinlib.evaluation.classifier_errors`).
"""

from __future__ import annotations

from os import PathLike
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn

from spinlib.datasets.training_and_test import TrainingAndTest
from spinlib.evaluation.classifier_errors import of_classes
from spinlib.learning.energy_functions import (
    Function,
    Scaling,
    class_energy,
    classes,
    kept_value,
    nearest_level,
    regressed_value,
    scaling,
)
from spinlib.learning.supervised import Schedule, train
from spinlib.networks.initialization import initialize
from spinlib.networks.weights import weights
from spinlib.samplers.random import torch_generator

__all__ = [
    "Function",
    "Scaling",
    "class_energy",
    "classes",
    "fit",
    "fit_values",
    "kept_value",
    "nearest_level",
    "regressed_value",
    "scaling",
    "train_and_test",
    "train_and_test_classes",
]


def fit(
    network: nn.Module,
    spins: Any,
    labels: Any,
    schedule: Schedule,
    seed: int,
    *,
    checkpoint: str | PathLike[str] | None = None,
    progress: bool = False,
) -> np.ndarray:
    """Initialise a network from a seed and train it in place.

    Parameters
    ----------
    network : torch.nn.Module
        With layers that `spinlib.networks.initialization.initialize` knows.
    spins, labels : array
        As for `spinlib.learning.supervised.train`.
    schedule : Schedule
        How.
    seed : int
        Seed of the initial weights and of the order of the examples.
    checkpoint, progress
        As for `spinlib.learning.supervised.train`.

    Returns
    -------
    numpy.ndarray
        The loss of every epoch, float64 (epoch,).

    Examples
    --------
    >>> from spinlib.datasets.training_sets import random_spins
    >>> from spinlib.learning import energy_networks
    >>> from spinlib.learning.supervised import Schedule
    >>> from spinlib.networks.local_energy import LocalEnergy
    >>> spins = random_spins((4, 4), 100, seed=1)
    >>> energy_networks.fit(LocalEnergy(), spins, spins.sum(axis=(1, 2)) * 1.0, Schedule(3, "adam"), seed=2).shape
    (3,)
    """
    rng = torch_generator(seed, "fit", 0, 0)
    device = next(network.parameters()).device
    # On the CPU, so that the weights do not depend on the device.
    initialize(network.cpu(), rng).to(device)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return train(network, spins, labels, schedule, rng, checkpoint=checkpoint, progress=progress)


def fit_values(
    network: nn.Module,
    spins: Any,
    values: ArrayLike,
    schedule: Schedule,
    seed: int,
    *,
    checkpoint: str | PathLike[str] | None = None,
    progress: bool = False,
) -> tuple[Scaling, np.ndarray]:
    """`fit` of a regression to values that are scaled to mean 0 and standard deviation 1.

    Parameters
    ----------
    network, spins, schedule, seed, checkpoint, progress
        As for `fit`; the network has one output.
    values : array
        (n,).

    Returns
    -------
    Scaling
        How the values were scaled, for `regressed_value`.
    numpy.ndarray
        The loss of every epoch, float64 (epoch,).

    Raises
    ------
    ValueError
        Where all values are equal, and where `fit` does.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.datasets.training_sets import random_spins
    >>> from spinlib.learning import energy_networks
    >>> from spinlib.learning.supervised import Schedule
    >>> from spinlib.models import Ising
    >>> from spinlib.networks.local_energy import LocalEnergy
    >>> model, network, spins = Ising((4, 4)), LocalEnergy(), random_spins((4, 4), 500, seed=1)
    >>> scaled, losses = energy_networks.fit_values(
    ...     network, spins, model.energy(spins), Schedule(60, "adam", 0.01, "cosine", batch=50), seed=2
    ... )
    >>> energy = energy_networks.regressed_value(network, scaled)
    >>> bool(np.abs(energy(spins) - model.energy(spins)).mean() < 1.0)
    True
    """
    scaled = scaling(values)
    labels = (np.asarray(values, np.float64) - scaled.mean) / scaled.scale
    return scaled, fit(network, spins, labels, schedule, seed, checkpoint=checkpoint, progress=progress)


def train_and_test(
    network: nn.Module,
    sets: TrainingAndTest,
    value: Function,
    schedule: Schedule,
    seed: int,
    *,
    inputs: Function | None = None,
    shown: int = 2000,
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Train a regression on one set and test it on the other.

    Parameters
    ----------
    network : torch.nn.Module
        With one output.
    sets : TrainingAndTest
        Configurations that are known to be disjoint.
    value : callable
        Of configurations (n, *shape): the values that the network learns, (n,).
    schedule, seed
        As for `fit`.
    inputs : callable, optional
        What the network sees of configurations; None: the configurations.
    shown : int
        How many true and predicted values are kept.

    Returns
    -------
    dict
        The content of a record: `median` and `mean` absolute error, `spread` (standard deviation of the test values),
        `losses`, the first `true` and `predicted` values, and `scaling` and weights, which `kept_value` needs.
    numpy.ndarray
        Predicted - true on the test set, float64 (n,).

    Raises
    ------
    TypeError
        For `sets` of another kind.
    ValueError
        Where `fit_values` does.

    Examples
    --------
    >>> from spinlib.datasets.hash_split import split
    >>> from spinlib.datasets.training_sets import random_spins
    >>> from spinlib.learning import energy_networks
    >>> from spinlib.learning.supervised import Schedule
    >>> from spinlib.models import Ising
    >>> from spinlib.networks.local_energy import LocalEnergy
    >>> model, sets = Ising((4, 4)), split(random_spins((4, 4), 800, seed=1), 500, 100, seed=2)
    >>> schedule = Schedule(60, "adam", 0.01, "cosine", batch=50)
    >>> kept, off = energy_networks.train_and_test(LocalEnergy(), sets, model.energy, schedule, seed=3)
    >>> off.shape, bool(kept["mean"] < 0.2 * kept["spread"])
    ((100,), True)
    """
    seen = _inputs(sets, inputs)
    scaled, losses = fit_values(network, seen(sets.train), value(sets.train), schedule, seed)
    true = np.asarray(value(sets.test), np.float64)
    off = regressed_value(network, scaled)(seen(sets.test)) - true
    kept = {
        "median": np.median(np.abs(off)),
        "mean": np.abs(off).mean(),
        "spread": true.std(),
        "losses": losses,
        "true": true[:shown],
        "predicted": (true + off)[:shown].astype(np.float32),
        "scaling": np.array(scaled),
    }
    return kept | weights(network, "weight."), off


def train_and_test_classes(
    network: nn.Module,
    sets: TrainingAndTest,
    energy: Function,
    levels: ArrayLike,
    schedule: Schedule,
    seed: int,
    *,
    inputs: Function | None = None,
) -> tuple[dict[str, Any], np.ndarray]:
    """Train a classifier on one set and test it on the other.

    Parameters
    ----------
    network : torch.nn.Module
        With one output for each level.
    sets : TrainingAndTest
        Configurations that are known to be disjoint.
    energy : callable
        Of configurations (n, *shape): one of the levels each, (n,).
    levels : sequence of float
        The classes, rising.
    schedule, seed
        As for `fit`.
    inputs : callable, optional
        What the network sees of configurations; None: the configurations.

    Returns
    -------
    dict
        The content of a record: `accuracy` (per cent), by true class how many were `tested` and are `wrong`, `distance`
        (how many are 0, 1, 2, ... classes off), and the weights.
    numpy.ndarray
        How many classes each test configuration is off, int64 (n,), never negative.

    Raises
    ------
    TypeError
        For `sets` of another kind.
    ValueError
        Where `fit` and `classes` do.

    Examples
    --------
    >>> from spinlib.datasets.hash_split import split
    >>> from spinlib.datasets.training_sets import random_spins
    >>> from spinlib.learning import energy_networks
    >>> from spinlib.learning.supervised import Schedule
    >>> from spinlib.networks.energy_cnn import EnergyCNN
    >>> sets = split(random_spins((2, 2), 800, seed=1), 200, 50, seed=2)
    >>> kept, off = energy_networks.train_and_test_classes(
    ...     EnergyCNN(2, 5, input_side=8), sets, lambda spins: spins.sum(axis=(1, 2)), [-4, -2, 0, 2, 4],
    ...     Schedule(2, "adam", batch=50), seed=3,
    ... )
    >>> int(kept["tested"].sum()), off.shape
    (50, (50,))
    """
    seen = _inputs(sets, inputs)
    fit(network, seen(sets.train), classes(energy(sets.train), levels), schedule, seed)
    true = classes(energy(sets.test), levels)
    off = np.abs(classes(class_energy(network, levels)(seen(sets.test)), levels) - true)
    n_classes = len(np.asarray(levels))
    found = of_classes(true, off, n_classes)
    return found._asdict() | {"tested": np.bincount(true, minlength=n_classes)} | weights(network, "weight."), off


def _inputs(sets: Any, inputs: Function | None) -> Function:
    if not isinstance(sets, TrainingAndTest):
        raise TypeError(
            f"sets of type {type(sets).__name__}: a TrainingAndTest is needed, which makes sure that no configuration "
            "is in both (see also spinlib.datasets.hash_split.split)"
        )
    return inputs if inputs is not None else lambda configurations: configurations
