"""Figure 4 of paper dnn, continued to sets smaller than the paper's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.dnn.example_sets import SETS, example_curve

if TYPE_CHECKING:
    from spinbook import Run


# Fewer examples than the paper's figure has, because there is nothing left to see at the paper's sizes.
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"per_class": [2], "sets": 3, "examples_seen": 600, "batch": 60, "input_side": 8},
    "paper": {"per_class": [3, 10], "sets": 3, "examples_seen": 1_350_000, "batch": 400, "input_side": 16},
}
COMPARE = SETS


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    return example_curve(settings, run)
