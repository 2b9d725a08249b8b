"""Section IV A 2 of paper dnn: regression of the magnetisation of 4 x 4 and 8 x 8 spins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.dnn.eight_by_eight_data import schedule_of
from spinlib.datasets import hash_split
from spinlib.datasets.training_sets import uniform_magnetization
from spinlib.learning import energy_networks
from spinlib.networks.energy_cnn import EnergyCNN

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"train": 300, "test": 100, "epochs": 1, "seeds": 3, "batch": 100, "input_side": 8},
    "paper": {"train": 27_000, "test": 10_000, "epochs": 24, "seeds": 8, "batch": 400, "input_side": 16},
}
COMPARE = {"median_*": "trainings", "scaling": "kept", "weight.*": "kept"}


def one_magnetization(side: int, settings: Mapping[str, Any], seed: int) -> Any:
    n = settings["train"] + settings["test"]
    spins = uniform_magnetization((side, side), int(1.5 * n) + 50, seed)
    # Configurations of equal spins come again and again; the hash keeps each on one side.
    sets = hash_split.split(spins, settings["train"], settings["test"], seed)
    network = EnergyCNN(side, 1, input_side=settings["input_side"])
    schedule = schedule_of(settings, settings["epochs"])
    kept, _ = energy_networks.train_and_test(network, sets, lambda spins: spins.mean(axis=(1, 2)), schedule, seed)
    return {name: kept[name] for name in kept if name in ("median", "scaling") or name.startswith("weight.")}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    small, large = (
        run.seeds(one_magnetization, side, settings, n=settings["seeds"], several=("median",), label=f"side {side}",
                  offset=10 * side)
        for side in (4, 8)
    )  # fmt: skip
    medians = {"median_4": small["median"], "median_8": large["median"]}
    return medians | {name: value for name, value in large.items() if name != "median"}
