"""Figure 2b of paper vae: adversarial variational Bayes of XY spins, stabilised (ours).

Three steps of the discriminator to one of the autoencoder, whose rate is lower; narrower networks, more epochs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.vae.xy_spins import COMPARE as OF_MODELS
from experiments.vae.xy_spins import PAPER_SCALE, SMOKE_SCALE, models

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {"smoke": SMOKE_SCALE, "paper": {**PAPER_SCALE, "epochs": 80}}
COMPARE = OF_MODELS


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (temperature, seed, ...)."""
    return models("stabilised", settings, run)
