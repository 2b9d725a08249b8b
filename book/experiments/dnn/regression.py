"""Section IV A 2 of paper dnn: regression of the 8 x 8 energy by the network, seed by seed."""

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
    "smoke": {"train": 300, "test": 150, "epochs": 1, "seeds": 3, "batch": 100, "input_side": 8},
    "paper": {"train": 100_000, "test": 50_000, "epochs": 30, "seeds": 3, "batch": 400, "input_side": 16},
}
COMPARE = {
    ("median", "mean"): "trainings",
    "by_energy": "seeds",
    "rounded_right*": "seeds",
    ("losses", "spread", "true", "predicted", "scaling", "weight.*"): "kept",
}


def one_regression(settings: Mapping[str, Any], seed: int) -> Any:
    sets = even_sets(settings, seed)
    network = EnergyCNN(8, 1, input_side=settings["input_side"])
    schedule = schedule_of(settings, settings["epochs"])
    kept, off = energy_networks.train_and_test(network, sets, model.energy, schedule, seed)
    true, distance = model.energy(sets.test), np.abs(off)
    by_energy = [np.median(distance[true == level]) if np.any(true == level) else np.nan for level in levels]
    return kept | {
        "by_energy": np.array(by_energy),
        # How often rounding finds the right class: with this error, and with the same law at the paper's median.
        "rounded_right": 100 * np.mean(distance < 2),
        "rounded_right_at_paper": 100 * np.mean(distance * 1.782 / np.median(distance) < 2),
    }


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    several = ("median", "mean", "by_energy", "rounded_right", "rounded_right_at_paper")
    return run.seeds(one_regression, settings, n=settings["seeds"], several=several)
