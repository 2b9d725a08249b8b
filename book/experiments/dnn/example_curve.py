"""Figure 4 of paper dnn: accuracy on all 4 x 4 states against the number of training examples.

Three sets of 27,000 examples are the paper's; smaller sets, seeds and the schedule are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.dnn.example_sets import SETS, example_curve

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"per_class": [4, 8], "sets": 3, "examples_seen": 600, "batch": 60, "input_side": 8},
    "paper": {
        "per_class": [100, 300, 900, 1800],
        "sets": 3,
        "examples_seen": 1_350_000,
        "batch": 400,
        "input_side": 16,
    },
}
COMPARE = SETS


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    return example_curve(settings, run)
