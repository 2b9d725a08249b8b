"""Networks that stand in for an energy: trained from a seed, and asked as a model would be (paper dnn, Secs. II, IV).

A classifier says which of the rising `levels` a configuration's energy is. A regression is trained on values less their
mean over their standard deviation in the training set (our choice: the paper does not say how values were scaled).

`train_and_test` and `train_and_test_classes` take configurations that are known to be disjoint. `fit` and `fit_values`
train and test nothing: what is asked of their networks afterwards is the caller's to say, for instance the accuracy
over all states of a small lattice, seen or not (`spinlib.evaluation.classifier_errors`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn

from spinlib.datasets.training_and_test import TrainingAndTest
from spinlib.learning.supervised import Schedule, load_weights, predict, train, weights
from spinlib.networks.initialization import initialize
from spinlib.samplers.random import torch_generator

Function = Callable[[np.ndarray], np.ndarray]


class Scaling(NamedTuple):
    """Values as mean + scale * output."""

    mean: float
    scale: float


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
    """Initialise `network` from `seed` and train it in place; the loss of every epoch. See `supervised.train`."""
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
    """`fit` of a regression to `values` (n,); how they were scaled, for `regressed_value`, and the loss of every epoch.

    Raises ValueError where all values are equal, and where `fit` does.
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
    """`fit_values` to the training set, what a record keeps of it, and predicted - true on the test set, float64 (n,).

    value: of configurations (n, *shape), what the network is to learn. inputs: what the network sees of them; None:
    the configurations. Kept are median and mean absolute error, `spread` (standard deviation of the test values), the
    losses, the first `shown` true and predicted values, and what `kept_value` needs. Raises TypeError for `sets` of
    another kind, and where `fit_values` does.
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
    """`fit` of a classifier to the training set, what a record keeps, and how many classes it is off on the test set.

    energy: of configurations (n, *shape), one of the rising levels each. Kept are `accuracy` (per cent), by true class
    how many were `tested` and are `wrong`, `distance` (how many are 0, 1, 2, ... classes off), and the weights. The
    second is int64 (n,), never negative. Raises TypeError for `sets` of another kind, and where `fit` and `classes` do.
    """
    seen = _inputs(sets, inputs)
    fit(network, seen(sets.train), classes(energy(sets.train), levels), schedule, seed)
    true = classes(energy(sets.test), levels)
    off = np.abs(classes(class_energy(network, levels)(seen(sets.test)), levels) - true)
    n_classes = len(np.asarray(levels))
    kept = {
        "accuracy": 100 * np.mean(off == 0),
        "tested": np.bincount(true, minlength=n_classes),
        "wrong": np.bincount(true[off > 0], minlength=n_classes),
        "distance": np.bincount(off, minlength=n_classes),
    }
    return kept | weights(network, "weight."), off


def _inputs(sets: Any, inputs: Function | None) -> Function:
    if not isinstance(sets, TrainingAndTest):
        raise TypeError(
            f"sets of type {type(sets).__name__}: a TrainingAndTest is needed, which makes sure that no configuration "
            "is in both (see also spinlib.datasets.hash_split.split)"
        )
    return inputs if inputs is not None else lambda configurations: configurations


def kept_value(network: nn.Module, arrays: Mapping[str, Any], prefix: str = "") -> Function:
    """`regressed_value` of a kept regression: its weights, set in `network`, and its scaling, behind `prefix`."""
    load_weights(network, arrays, f"{prefix}weight.")
    return regressed_value(network, Scaling(*arrays[f"{prefix}scaling"].tolist()))


def classes(energies: ArrayLike, levels: ArrayLike) -> np.ndarray:
    """The place of every energy among the rising levels, int64; ValueError for one that is none of them."""
    allowed, given = np.asarray(levels, np.float64), np.asarray(energies, np.float64)
    found = np.searchsorted(allowed, given).clip(max=len(allowed) - 1)
    wrong = given[allowed[found] != given]
    if wrong.size:
        raise ValueError(f"energy {wrong[0]:g} is none of the {len(allowed)} levels")
    return found


def class_energy(network: nn.Module, levels: ArrayLike) -> Function:
    """The energy of the class that a classifier prefers, for spins (n, *shape): float64 (n,)."""
    allowed = np.asarray(levels, np.float64)
    return lambda spins: allowed[predict(network, spins).argmax(axis=1)]


def scaling(values: ArrayLike) -> Scaling:
    """Mean and standard deviation of the training values; ValueError where they do not vary."""
    given = np.asarray(values, np.float64)
    mean, scale = float(given.mean()), float(given.std())
    if not scale > 0.0:
        raise ValueError("all training values are equal: there is nothing to learn")
    return Scaling(mean, scale)


def regressed_value(network: nn.Module, scaled: Scaling) -> Function:
    """What a regression network with one output says of spins (n, ...): float64 (n,)."""
    return lambda spins: scaled.mean + scaled.scale * predict(network, spins)[:, 0].astype(np.float64)


def nearest_level(function: Function, levels: ArrayLike) -> Function:
    """A function's values rounded to the nearest of the rising levels."""
    allowed = np.asarray(levels, np.float64)
    middles = (allowed[1:] + allowed[:-1]) / 2
    return lambda spins: allowed[np.searchsorted(middles, function(spins))]
