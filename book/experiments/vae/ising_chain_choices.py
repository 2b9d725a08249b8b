"""Figure 2a of paper vae: what the choices do that the paper does not state, one at a time, by the dense autoencoder.

Beside the settings of vae/ising_chain_dense: other numbers of latent variables, widths and epochs; other weights of the
divergence, of which N = 6 is the loss with a mean over sites in the place of the sum; independent training
configurations; and a decoder of independent spins, "bernoulli", whose loss bounds the entropy of the exact law.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.vae.six_spins import PAPER_SCALE, SMOKE_SCALE, models

if TYPE_CHECKING:
    from spinbook import Run

CHOICES: dict[str, dict[str, Any]] = {
    "latent 2": {"n_latent": 2},
    "latent 4": {"n_latent": 4},
    "latent 16": {"n_latent": 16},
    "width 16": {"network": {"hidden": (16, 16)}},
    "epochs 20": {"epochs": 20},
    "epochs 120": {"epochs": 120},
    "weight 0.5": {"weight": 0.5},
    "weight 0.1": {"weight": 0.1},
    "mean over sites": {"weight": 6.0},
    "independent": {"independent": True},
    "bernoulli": {"decoder": "bernoulli"},
}
KEPT = ("sign_energy", "sign_correlation", "sign_kl", "drawn_energy", "drawn_correlation", "drawn_kl", "active", "loss")
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {**SMOKE_SCALE, "epochs": 2},
    "paper": {**PAPER_SCALE, "T": [0.5, 1.0, 2.0], "epochs": 60},
}
COMPARE = {f"*/{name}": ("seeds", 1) for name in KEPT}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results "<choice>/<name>" (temperature, seed, ...); the loss is that of the last epoch."""
    found: dict[str, Any] = {}
    for choice, how in CHOICES.items():
        asked = models("dense", settings, run, f"{choice}, ", **how)
        asked["loss"] = asked["loss.loss"][..., -1]
        found |= {f"{choice}/{name}": asked[name] for name in KEPT}
    return found
