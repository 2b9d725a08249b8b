"""DiffIsing2 of paper fid on independent configurations of Swendsen-Wang in the place of the paper's data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.fid import models

if TYPE_CHECKING:
    from spinbook import Run

MODELS = ["DiffIsing2, clusters"]
SETTINGS = models.scales(MODELS)
COMPARE: dict[Any, Any] = models.COMPARE


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (model, seed, temperature, ...) as of `models.of_kinds`."""
    return models.of_kinds(settings["models"], settings, run, models.train_kind, models.generated)[0]
