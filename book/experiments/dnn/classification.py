"""Figure 6 of paper dnn: classifiers of the 8 x 8 energy against the number of training examples.

The paper trains on 100,000 examples and tests on 50,000; the smaller sets, seeds and epochs are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dnn.eight_by_eight_data import even_sets, levels, model, schedule_of
from spinlib.learning import energy_networks
from spinlib.networks.energy_cnn import EnergyCNN

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "train": 300,
        "test": 150,
        "n_train": [100, 300],
        "epochs": [1, 1],
        "seeds": 3,
        "batch": 100,
        "input_side": 8,
    },
    "paper": {
        "train": 100_000,
        "test": 50_000,
        "n_train": [1000, 3000, 10_000, 30_000, 100_000],
        "epochs": [400, 200, 100, 60, 30],
        "seeds": 3,
        "batch": 400,
        "input_side": 16,
    },
}
COMPARE = {"examples": "exact", "tested": "counts", "weight.*": "kept", ("accuracy", "wrong", "distance"): ("seeds", 1)}


def one_classifier(n_train: int, epochs: int, settings: Mapping[str, Any], seed: int) -> Any:
    """A classifier trained on the first `n_train` examples: its errors on the test set, by energy."""
    sets = even_sets(settings, seed).first(n_train)
    network = EnergyCNN(8, len(levels), input_side=settings["input_side"])
    return energy_networks.train_and_test_classes(
        network, sets, model.energy, levels, schedule_of(settings, epochs), seed
    )[0]


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    several = ("accuracy", "tested", "wrong", "distance")
    rows = [
        run.seeds(one_classifier, n, epochs, settings, n=settings["seeds"], several=several, label=f"{n} examples")
        for n, epochs in zip(settings["n_train"], settings["epochs"], strict=True)
    ]
    # The weights of the last are those that saw most examples.
    every = {name: np.array([row[name] for row in rows]) for name in several}
    return {"examples": np.array(settings["n_train"]), **rows[-1], **every}
