"""Figure 2 of paper dnn: a classifier trained on 12,500 random 4 x 4 configurations, tested on all 65,536.

The number of examples is the paper's; seeds, epochs and the optimiser are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dnn.four_by_four_classifier import SEEDS, distinct, model, summary, tested
from spinlib.datasets.training_sets import random_spins

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"input_side": 8, "examples": 400, "seeds": 3, "schedule": {"epochs": 2, "batch": 100}},
    "paper": {"input_side": 16, "examples": 12_500, "seeds": 3, "schedule": {"epochs": 120, "batch": 400}},
}
COMPARE = {**SEEDS, "examples": "counts", "distinct_of_split": "seeds"}


def random_examples(settings: Mapping[str, Any], seed: int) -> np.ndarray:
    return random_spins(model.shape, settings["examples"], seed)


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    sets = [random_examples(settings, run.seed + k) for k in range(settings["seeds"])]
    parts = [
        run.part(f"{k}", tested, spins, settings, run.seed + k) for k, spins in enumerate(run.progress(sets, "seed"))
    ]
    # The paper's 12,500 examples were later split, and nine tenths of them trained on.
    kept = np.array([distinct(spins[: len(spins) * 9 // 10]) for spins in sets])
    return {**summary(parts, sets), "distinct_of_split": kept}
