"""Figure 6 of paper dnn, continued to sets smaller than the paper's, where errors are left to count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dnn.classification import one_classifier

if TYPE_CHECKING:
    from spinbook import Run


# As many steps as the sets of 1,000 examples of dnn/classification have. Six sets left the rise from 300 examples on
# undecided; from their spread, nine were estimated to decide it. Twelve are drawn, whatever they show.
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "train": 200,
        "test": 150,
        "n_train": [40, 80],
        "epochs": [1, 1],
        "seeds": 3,
        "batch": 100,
        "input_side": 8,
    },
    "paper": {
        "train": 100_000,
        "test": 50_000,
        "n_train": [100, 300],
        "epochs": [1000, 1000],
        "seeds": 12,
        "batch": 400,
        "input_side": 16,
    },
}
COMPARE = {"examples": "exact", "tested": "counts", ("accuracy", "wrong", "distance"): ("seeds", 1)}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    several = ("accuracy", "tested", "wrong", "distance")
    rows = [
        run.seeds(one_classifier, n, epochs, settings, n=settings["seeds"], several=several, label=f"{n} examples")
        for n, epochs in zip(settings["n_train"], settings["epochs"], strict=True)
    ]
    columns = {name: np.array([row[name] for row in rows]) for name in several}
    return {"examples": np.array(settings["n_train"]), **columns}
