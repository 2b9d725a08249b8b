"""Figures 2a and 2b of paper dp: Ising configurations below, at and above the critical temperature.

By Swendsen-Wang clusters, which leave no stripes. The paper does not print its temperatures: they are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from spinlib import sample
from spinlib.models import Ising

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"size": 64, "T": [2.0, 2.269, 3.0], "burn_in": 50},
    "paper": {"size": 256, "T": [2.0, 2.269, 3.0], "burn_in": 500},
}
COMPARE = {"T": "exact", "spins": "pictures"}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Spins (T, size, size)."""
    draws = sample(
        Ising((settings["size"], settings["size"])),
        settings["T"],
        1,
        method="swendsen_wang",
        burn_in=settings["burn_in"],
        seed=run.seed,
        start="cold",
    )
    return {"T": np.array(settings["T"]), "spins": draws.spins.values[:, 0, 0]}
