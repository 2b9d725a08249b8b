"""DiffFlip of paper fid (Supplement 1): every configuration is turned over with probability one half."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.fid import models

if TYPE_CHECKING:
    from spinbook import Run

MODELS = ["DiffFlip"]
SETTINGS = models.scales(MODELS)
COMPARE: dict[Any, Any] = models.COMPARE


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (model, seed, temperature, ...) as of `models.of_kinds`."""
    return models.of_kinds(settings["models"], settings, run, models.train_kind, models.generated)[0]
