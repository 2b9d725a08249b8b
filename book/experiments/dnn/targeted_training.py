"""Figure 3 of paper dnn: a classifier trained on targeted samples, tested on all 65,536 states.

Seeds, epochs and the optimiser are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.dnn.four_by_four_classifier import SEEDS, summary, targeted_examples, tested

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"input_side": 8, "per_class": 27, "seeds": 3, "schedule": {"epochs": 2, "batch": 100}},
    "paper": {"input_side": 16, "per_class": 1800, "seeds": 3, "schedule": {"epochs": 60, "batch": 400}},
}
COMPARE = {**SEEDS, "examples": "exact"}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    sets = [targeted_examples(settings, run.seed + k) for k in run.progress(range(settings["seeds"]), "set")]
    parts = [
        run.part(f"{k}", tested, spins, settings, run.seed + k) for k, spins in enumerate(run.progress(sets, "seed"))
    ]
    return summary(parts, sets)
