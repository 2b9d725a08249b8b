"""DiffIsing1 of paper fid (Sec. 2.2), which has seen a single temperature near the transition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.fid import models

if TYPE_CHECKING:
    from spinbook import Run

MODELS = ["DiffIsing1"]
FEWER = {"T": [1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.1, 2.2, 2.3, 2.4, 2.6, 3.0, 3.4, 4.0]}  # of a laptop
SETTINGS = models.scales(MODELS, **FEWER)
COMPARE: dict[Any, Any] = models.COMPARE


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (model, seed, temperature, ...) as of `models.of_kinds`."""
    return models.of_kinds(settings["models"], settings, run, models.train_kind, models.generated)[0]
