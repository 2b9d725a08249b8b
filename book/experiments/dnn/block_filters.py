"""Figures 13 and 14 of paper dnn: a network of one layer of 3 x 3 filters on 9 x 9 spins, beside the main network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from spinlib.datasets import hash_split
from spinlib.datasets.training_sets import random_spins
from spinlib.learning import energy_networks
from spinlib.learning.supervised import Schedule
from spinlib.models import Ising
from spinlib.networks.block_filters import SIDE, BlockFilters
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
        "input_side": 9,
    },
    "laptop": {
        "draws": 70_000,
        "train": 60_000,
        "test": 6000,
        "seeds": 3,
        "epochs": 3,
        "rate": 1e-3,
        "batch": 400,
        "input_side": 18,
    },
    "paper": {
        "draws": 231_000,
        "train": 200_000,
        "test": 20_000,
        "seeds": 3,
        "epochs": 5,
        "rate": 1e-3,
        "batch": 400,
        "input_side": 18,
    },
}
COMPARE = {
    ("*.median", "*.mean", "*.spread", "*.losses"): "trainings",
    ("*.true", "*.predicted", "*.scaling", "*.weight.*"): "kept",
}


model = Ising((SIDE, SIDE))


def new_network(name: str, settings: Mapping[str, Any]) -> Any:
    if name == "main":
        return EnergyCNN(SIDE, 1, input_side=settings["input_side"])
    return BlockFilters()


def one_regression(name: str, settings: Mapping[str, Any], seed: int) -> Any:
    spins = random_spins(model.shape, settings["draws"], seed)
    sets = hash_split.split(spins, settings["train"], settings["test"], seed)
    network = new_network(name, settings)
    schedule = Schedule(settings["epochs"], "adam", settings["rate"], "cosine", batch=settings["batch"])
    kept, _ = energy_networks.train_and_test(network, sets, model.energy, schedule, seed)
    return {key: value for key, value in kept.items() if name == "main" or not key.startswith("weight.decision.")}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in ("one_layer", "main"):
        several = ("median", "mean", "spread", "losses")
        one = run.seeds(one_regression, name, settings, n=settings["seeds"], several=several, label=name)
        found |= {f"{name}.{key}": value for key, value in one.items()}
    return found
