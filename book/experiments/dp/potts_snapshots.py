"""Figure 4 of paper dp: configurations of the three-state Potts model below, near and above its critical temperature.

By the paper's convolution method, started in order and run until the energy has settled. The paper prints neither size
nor temperatures: both are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from spinlib import sample
from spinlib.models import Potts

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"size": 32, "T": [0.5, 0.995, 2.0], "sweeps": 50},
    "paper": {"size": 256, "T": [0.5, 0.995, 2.0], "sweeps": 3000},
}
COMPARE = {"T": "exact", "states": "pictures", "energy": 0.2}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """States (T, size, size) and their energy per site."""
    draws = sample(
        Potts((settings["size"], settings["size"]), q=3),
        settings["T"],
        1,
        method="convolution",
        start="cold",
        burn_in=settings["sweeps"],
        seed=run.seed,
        device=run.device,
    )
    return {"T": np.array(settings["T"]), "states": draws.spins.values[:, 0, 0], "energy": draws.energy.values[:, 0, 0]}
