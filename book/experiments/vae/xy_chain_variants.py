"""Why the networks of Figure 2b of paper vae are too smooth: other training sets, weights of the divergence, and a VAE.

All at a few temperatures, with the noise that the loss means and without it. A smaller weight of the divergence is
another loss than the paper's: that of a decoder with less noise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.vae.xy_spins import PAPER_SCALE, SMOKE_SCALE, models

if TYPE_CHECKING:
    from spinbook import Run

# Name: kind of network and what differs from the record of that kind.
VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "independent": ("adversarial", {"independent": True}),
    "adversarial_tenth": ("adversarial", {"weight": 0.1}),
    "stabilised_tenth": ("stabilised", {"weight": 0.1}),
    "vae": ("dense", {}),
    "vae_quarter": ("dense", {"weight": 0.25}),
    "vae_tenth": ("dense", {"weight": 0.1}),
}
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {**SMOKE_SCALE, "T": [2.0], "epochs": dict.fromkeys(("adversarial", "stabilised", "dense"), 2)},
    "paper": {
        **{**PAPER_SCALE, "T": [0.3, 1.0, 3.0], "seeds": 5},
        "epochs": {"adversarial": 40, "stabilised": 80, "dense": 60},
    },
}


# Energies, correlations, heat capacities and divergences have errors of their own.
COMPARE: dict[Any, Any] = {
    ("*_total_variation", "*direction", "*.mean_*", "*.sampled_*"): ("seeds", 1),
    # KL(exact | model) is infinite where a bin is empty.
    ("*_reverse_kl", "*_floor", "*_counts", "*_kolmogorov", "*.loss.*"): "kept",
}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results "variant.name" (temperature, seed, ...)."""
    found: dict[str, Any] = {}
    for name, (kind, how) in VARIANTS.items():
        chosen = {**settings, "epochs": settings["epochs"][kind]}
        found |= {f"{name}.{key}": value for key, value in models(kind, chosen, run, f"{name}, ", **how).items()}
    return found
