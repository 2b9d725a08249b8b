"""Section II A of paper dnn: the accuracy where rows and columns are repeated two instead of four times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dnn.example_sets import one_set

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"per_class": 8, "sets": 3, "examples_seen": 600, "batch": 60, "input_side": 8},
    "paper": {"per_class": 1800, "sets": 3, "examples_seen": 1_350_000, "batch": 400, "input_side": 8},
}
COMPARE = {"accuracy": "seeds"}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    sets = [
        run.part(f"{k}", one_set, settings["per_class"], settings, run.seed + k, settings["input_side"])
        for k in run.progress(range(settings["sets"]), "set")
    ]
    return {"accuracy": np.array([one["accuracy"] for one in sets])}
