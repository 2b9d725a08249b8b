"""Training losses of the paper's optimiser and of others, on one targeted set of 4 x 4 states.

The paper trains with AdaDelta at rate 0.001; the other optimisers, rates and numbers of epochs are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dnn.four_by_four_classifier import targeted_examples, trained

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"input_side": 8, "per_class": 20, "seeds": 3, "schedule": {"epochs": 3, "batch": 100}},
    "paper": {"input_side": 16, "per_class": 1800, "seeds": 3, "schedule": {"epochs": 15, "batch": 800}},
}
COMPARE = {"loss": ("trainings", 1)}


OPTIMIZERS = {"AdaDelta, rate 0.001": ("adadelta", 1e-3, "none"), "AdaDelta, rate 1": ("adadelta", 1.0, "none"),
              "Adam, rate 0.002 to 0": ("adam", 2e-3, "cosine")}  # fmt: skip


def one_optimizer(name: str, settings: Mapping[str, Any], seed: int) -> Any:
    optimizer, rate, decay = OPTIMIZERS[name]
    spins = targeted_examples(settings, seed)
    return trained(spins, settings, seed, optimizer=optimizer, rate=rate, decay=decay)[1]


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    curves = [
        [run.part(f"{name}, {k}", one_optimizer, name, settings, run.seed + k) for k in range(settings["seeds"])]
        for name in run.progress(list(OPTIMIZERS), "optimizer")
    ]
    return {"loss": np.array(curves)}
