"""Rates of the samplers of Potts, XY and cellular Potts models, and times of exact solutions, in a run of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.library.benchmark_rows import measured

if TYPE_CHECKING:
    from spinbook import Run


# The other models have a run of their own, which can be made again in two minutes when one of their samplers changes.
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"file": "other_models_smoke.json", "options": ["--quick", "--no-peers", "--only", "other models"]},
    "paper": {"file": "other_models.json", "options": ["--threads", "1", "--only", "other models"]},
}
COMPARE = {
    ("benchmark", "subject", "work", "unit"): "exact",
    "value": "magnitude",
    ("threads", "device", "spread"): "kept",
}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    return measured(settings, run)
