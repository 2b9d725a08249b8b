"""Section IV A 6 of paper dnn: a network on one spin glass, with spins alone and with the bonds as further inputs.

The paper gives no network for this; lattice, couplings and training are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from spinlib.datasets import hash_split
from spinlib.datasets.training_sets import random_spins, with_positions
from spinlib.learning import energy_networks
from spinlib.learning.supervised import Schedule
from spinlib.models import Ising
from spinlib.networks.energy_cnn import EnergyCNN

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "draws": 600,
        "train": 300,
        "test": 60,
        "seeds": 3,
        "epochs": 1,
        "rate": 1e-3,
        "batch": 100,
        "input_side": 8,
    },
    "laptop": {
        "draws": 59_000,
        "train": 50_000,
        "test": 5000,
        "seeds": 3,
        "epochs": 4,
        "rate": 1e-3,
        "batch": 400,
        "input_side": 16,
    },
    "paper": {
        "draws": 116_000,
        "train": 100_000,
        "test": 10_000,
        "seeds": 5,
        "epochs": 20,
        "rate": 5e-4,
        "batch": 400,
        "input_side": 16,
    },
}
COMPARE = {
    ("*.median", "*.mean", "*.spread", "*.losses"): "trainings",
    ("*.true", "*.predicted", "*.scaling", "*.weight.*"): "kept",
}


SHAPE = (8, 8)


couplings = np.random.default_rng(2018).choice([-1.0, 1.0], (2, *SHAPE))  # the sample: fixed, the same at every scale


model = Ising(SHAPE, coupling=couplings)


# What each network sees of spins (n, 8, 8), and in how many channels.
INPUTS = {"without positions": (lambda spins: spins, 1), "with positions": (with_positions, 1 + sum(SHAPE))}


def one_regression(name: str, settings: Mapping[str, Any], seed: int) -> Any:
    inputs, n_channels = INPUTS[name]
    spins = random_spins(SHAPE, settings["draws"], seed)
    sets = hash_split.split(spins, settings["train"], settings["test"], seed)
    network = EnergyCNN(SHAPE[0], 1, n_channels=n_channels, input_side=settings["input_side"])
    schedule = Schedule(settings["epochs"], "adam", settings["rate"], "cosine", batch=settings["batch"])
    return energy_networks.train_and_test(network, sets, model.energy, schedule, seed, inputs=inputs)[0]


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in INPUTS:
        several = ("median", "mean", "spread", "losses")
        one = run.seeds(one_regression, name, settings, n=settings["seeds"], several=several, label=name)
        found |= {f"{name}.{key}": value for key, value in one.items()}
    return found
