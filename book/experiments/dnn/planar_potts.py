"""Figure 12 of paper dnn: regression of the energy of the planar Potts model.

The training set and the network are the paper's as far as it says; seeds, epochs and the optimiser are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from spinlib.datasets.training_and_test import TrainingAndTest
from spinlib.datasets.training_sets import random_angles
from spinlib.learning import energy_networks
from spinlib.learning.supervised import Schedule
from spinlib.models import PlanarPotts
from spinlib.networks.energy_cnn import EnergyCNN

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "train": 300,
        "test": 60,
        "seeds": 3,
        "epochs": 1,
        "rate": 1e-3,
        "batch": 100,
        "input_side": 8,
    },
    "laptop": {
        "train": 100_000,
        "test": 10_000,
        "seeds": 3,
        "epochs": 3,
        "rate": 1e-3,
        "batch": 400,
        "input_side": 16,
    },
    "paper": {
        "train": 500_000,
        "test": 20_000,
        "seeds": 3,
        "epochs": 10,
        "rate": 1e-3,
        "batch": 400,
        "input_side": 16,
    },
}
COMPARE = {("median", "mean", "spread"): "trainings", ("losses", "true", "predicted", "scaling", "weight.*"): "kept"}


model = PlanarPotts((8, 8))


def inputs(angles: np.ndarray) -> np.ndarray:
    """What the network sees of angles in [0, pi): numbers from -1 to 1, float32."""
    return (2 / np.pi * angles - 1).astype(np.float32)


def one_regression(settings: Mapping[str, Any], seed: int) -> Any:
    angles = random_angles(model.shape, settings["train"] + settings["test"], seed)
    sets = TrainingAndTest(angles[: settings["train"]], angles[settings["train"] :])
    network = EnergyCNN(8, 1, input_side=settings["input_side"])
    schedule = Schedule(settings["epochs"], "adam", settings["rate"], "cosine", batch=settings["batch"])
    return energy_networks.train_and_test(network, sets, model.energy, schedule, seed, inputs=inputs, shown=4000)[0]


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    return run.seeds(one_regression, settings, n=settings["seeds"], several=("median", "mean", "spread"))
