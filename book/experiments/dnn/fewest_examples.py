"""Figure 4 of paper dnn, continued to a single example of each energy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.dnn.example_sets import SETS, example_curve

if TYPE_CHECKING:
    from spinbook import Run


# As many steps as the larger sets of dnn/few_examples have.
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"per_class": [1], "sets": 3, "examples_seen": 600, "batch": 60, "input_side": 8},
    "paper": {"per_class": [1], "sets": 3, "examples_seen": 1_350_000, "batch": 400, "input_side": 16},
}
COMPARE = {name: how for name, how in SETS.items() if name != "weight.*"}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    found = example_curve(settings, run)
    return {name: value for name, value in found.items() if not name.startswith("weight.")}
