"""Figure 2a of paper vae: variational autoencoders of dense layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.vae.six_spins import ACTIVE, PAPER_SCALE, SMOKE_SCALE, models
from experiments.vae.six_spins import COMPARE as OF_MODELS

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {"smoke": SMOKE_SCALE, "paper": {**PAPER_SCALE, "epochs": 60}}
COMPARE = OF_MODELS | ACTIVE


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (temperature, seed, ...)."""
    return models("dense", settings, run)
