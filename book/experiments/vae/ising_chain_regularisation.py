"""Section 2.2 of paper vae: weight decay, dropout, batch norm and other batches, for the dense autoencoder.

Batches of 100 and 2500 see the configurations as often as the paper's batch of 500 ("epochs"), or take as many steps
("steps"). The paper says neither how strong its regularisation was nor which of the two it compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.vae.six_spins import PAPER_SCALE, SMOKE_SCALE, models

if TYPE_CHECKING:
    from spinbook import Run

CHANGES: dict[str, dict[str, Any]] = {
    "decay 1e-4": {"decay": 1e-4},
    "decay 1e-2": {"decay": 1e-2},
    "dropout 0.1": {"network": {"dropout": 0.1}},
    "batch norm": {"network": {"batch_norm": True}},
    "batch 100, epochs": {"batch": 100},
    "batch 2500, epochs": {"batch": 2500},
    "batch 100, steps": {"batch": 100, "longer": 0.2},
    "batch 2500, steps": {"batch": 2500, "longer": 5.0},
}
KEPT = ("sign_energy", "sign_kl", "drawn_kl")
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {**SMOKE_SCALE, "epochs": 5},
    "paper": {**PAPER_SCALE, "T": [0.5, 1.0, 2.0], "epochs": 60},
}
COMPARE = {f"*/{name}": ("seeds", 1) for name in KEPT}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results "<change>/<name>" (temperature, seed)."""
    found: dict[str, Any] = {}
    for change, changed in CHANGES.items():
        how = dict(changed)
        how["epochs"] = round(settings["epochs"] * how.pop("longer", 1.0))
        asked = models("dense", settings, run, f"{change}, ", **how)
        found |= {f"{change}/{name}": asked[name] for name in KEPT}
    return found
