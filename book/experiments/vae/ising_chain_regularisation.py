"""Paper vae, Sec. 2.2: dense autoencoders of the six-spin chain with and without regularisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.vae.six_spins import PAPER_SCALE, SMOKE_SCALE
from experiments.vae.six_spins_choices import COMPARE as OF_CHOICES
from experiments.vae.six_spins_choices import choices

if TYPE_CHECKING:
    from spinbook import Run

# The paper gives no strengths: ours are usual ones, and a strong decay.
CHOICES: dict[str, dict[str, Any]] = {
    "none": {},
    "L2, 0.0001": {"decay": 1e-4},
    "L2, 0.01": {"decay": 1e-2},
    "dropout, 0.2": {"network": {"dropout": 0.2}},
    "batch normalization": {"network": {"batch_norm": True}},
}
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {**SMOKE_SCALE, "T": [1.0], "choices": CHOICES},
    # More seeds than elsewhere: the differences are small.
    "paper": {**PAPER_SCALE, "T": [0.5, 1.0, 2.0], "seeds": 10, "epochs": 60, "choices": CHOICES},
}
COMPARE = {name: how for name, how in OF_CHOICES.items() if name != "minus_elbo"}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (choice, temperature, seed), choices in the order of CHOICES."""
    return choices(CHOICES, settings, run)
