"""Paper vae, Sec. 2.2 and Eq. 3: choices of training that it makes or leaves open, changed one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.vae.six_spins import MODEL, PAPER_SCALE, SMOKE_SCALE
from experiments.vae.six_spins_choices import COMPARE as OF_CHOICES
from experiments.vae.six_spins_choices import choices

if TYPE_CHECKING:
    from spinbook import Run

EPOCHS = 60
CHOICES: dict[str, dict[str, Any]] = {
    "as in the chapter": {},
    "batch 100": {"batch": 100},
    "batch 2500": {"batch": 2500},
    # As many steps as batches of 500 take in EPOCHS.
    "batch 100, equal steps": {"batch": 100, "epochs": EPOCHS // 5},
    "batch 2500, equal steps": {"batch": 2500, "epochs": EPOCHS * 5},
    "2 latent variables": {"n_latent": 2},
    "4 latent variables": {"n_latent": 4},
    "16 latent variables": {"n_latent": 16},
    "weight 0.25": {"weight": 0.25},
    "weight 0.5": {"weight": 0.5},
    "mean over sites": {"weight": float(MODEL.n_sites)},
    "Bernoulli decoder": {"decoder": "bernoulli"},
    "30 epochs": {"epochs": EPOCHS // 2},
    "120 epochs": {"epochs": EPOCHS * 2},
    "240 epochs": {"epochs": EPOCHS * 4},
    "width 32": {"network": {"hidden": [32, 32]}},
    "width 128": {"network": {"hidden": [128, 128]}},
    "independent training set": {"independent": True},
}


def shortened(how: Mapping[str, Any], epochs: int) -> dict[str, Any]:
    """The same choice where EPOCHS are as many as `epochs`."""
    return {**how, **({"epochs": max(1, how["epochs"] * epochs // EPOCHS)} if "epochs" in how else {})}


SMOKE_EPOCHS = 2
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        **SMOKE_SCALE,
        **{"T": [1.0], "epochs": SMOKE_EPOCHS, "noises": 20},
        "choices": {name: shortened(how, SMOKE_EPOCHS) for name, how in CHOICES.items()},
    },
    "paper": {**PAPER_SCALE, "T": [0.5, 1.0, 2.0], "epochs": EPOCHS, "noises": 2000, "choices": CHOICES},
}
COMPARE = OF_CHOICES


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (choice, temperature, seed), choices in the order of CHOICES."""
    return choices(CHOICES, settings, run)
