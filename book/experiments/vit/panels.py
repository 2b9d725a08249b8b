"""Figures 1, 2, 4, 5 and 6 of paper vit: configurations of its four systems.

In equilibrium; temperatures are ours, but for 0 and 4 of Figure 1, where 0 is a ground state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vit import systems

if TYPE_CHECKING:
    from spinbook import Run

T = [0.5, 1.6, 2.15, 2.25, 2.31, 2.5, 3.0, 4.0]
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"side": 16, "T": T, "sweeps": 400},
    "paper": {"side": 100, "T": T, "sweeps": 20_000},
}
COMPARE: dict[Any, Any] = {"T": "exact", "*_ground": "kept", tuple(systems.BOUNDARIES): "pictures"}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """T (temperature,); for each system its spins (temperature, side, side) and "<system>_ground" (side, side)."""
    found: dict[str, Any] = {"T": np.array(settings["T"])}
    for k, system in enumerate(systems.BOUNDARIES):
        model = systems.model_of(system, settings["side"])
        found[system] = systems.equilibrium(model, found["T"], settings["sweeps"], run.seed + k)
        found[f"{system}_ground"] = systems.ground_states(model, 1, run.seed + k)[0]
    return found
