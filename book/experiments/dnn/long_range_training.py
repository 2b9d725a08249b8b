"""Figure 11 of paper dnn: regression of the energies of two long-range models on 8 x 8 spins.

The screening and the cutoff of the image sum are ours, as are seeds, epochs and the optimiser.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dnn.long_range_model import SHAPE, model_of, schedule_of
from spinlib.datasets import hash_split
from spinlib.datasets.training_sets import random_spins
from spinlib.learning import energy_networks
from spinlib.models.long_range import INTERACTIONS
from spinlib.networks.energy_cnn import EnergyCNN

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "screening": 1.0,
        "cutoff": 8,
        "draws": 600,
        "train": 300,
        "test": 60,
        "seeds": 3,
        "epochs": 1,
        "rate": 1e-3,
        "batch": 100,
        "input_side": 8,
    },
    "paper": {
        "screening": 1.0,
        "cutoff": 64,
        "draws": 126_000,
        "train": 100_000,
        "test": 20_000,
        "seeds": 3,
        "epochs": 12,
        "rate": 1e-3,
        "batch": 400,
        "input_side": 16,
    },
}
COMPARE = {
    ("*.median", "*.mean", "*.spread", "*.by_energy"): "trainings",
    ("*.losses", "*.true", "*.predicted", "*.scaling", "*.weight.*"): "kept",
}


EDGES = np.linspace(-3.5, 3.5, 15)  # bins of the energy, in standard deviations from the mean


def errors_by_energy(off: np.ndarray, true: np.ndarray) -> Any:
    """Median absolute error in every bin of the energy, nan where fewer than ten examples are."""
    place = np.digitize((true - true.mean()) / true.std(), EDGES)
    found = [np.abs(off[place == k]) for k in range(1, len(EDGES))]
    return np.array([np.median(each) if len(each) >= 10 else np.nan for each in found])


def one_regression(interaction: str, settings: Mapping[str, Any], seed: int) -> Any:
    model, spins = model_of(interaction, settings), random_spins(SHAPE, settings["draws"], seed)
    sets = hash_split.split(spins, settings["train"], settings["test"], seed)
    network = EnergyCNN(SHAPE[0], 1, input_side=settings["input_side"])
    kept, off = energy_networks.train_and_test(network, sets, model.energy, schedule_of(settings), seed)
    return kept | {"by_energy": errors_by_energy(off, model.energy(sets.test))}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for i, name in enumerate(INTERACTIONS):
        several = ("median", "mean", "spread", "by_energy")
        one = run.seeds(
            one_regression, name, settings, n=settings["seeds"], several=several, label=name, offset=100 * i
        )
        found |= {f"{name}.{key}": value for key, value in one.items()}
    return found
