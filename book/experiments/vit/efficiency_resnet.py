"""Macro F1 of the small residual network against the number of training configurations, from 20 to 20,000.

The same steps of the optimiser for each number, and the test set of `vit/efficiency`. A training sees 6,000
configurations, as ten epochs of the paper's 600 do; of the largest set less than a third, each once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vit import efficiency, efficiency_networks

if TYPE_CHECKING:
    from spinbook import Run

_TRAINING = {"smoke": {"epochs": 2, "steps": 3, "batch": 16}, "paper": {"epochs": 15, "steps": 25, "batch": 16}}
SETTINGS: dict[str, dict[str, Any]] = {
    scale: {**efficiency.SETTINGS[scale], **more} for scale, more in _TRAINING.items()
}
COMPARE: dict[Any, Any] = {"numbers": "exact", "f1": ("seeds", 1)}
NETWORK = "ResNet-18"


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """numbers (number,); f1 (number, trial)."""
    found = [
        [
            run.part(
                *(f"n={n}, {k}", efficiency_networks.one_number, NETWORK, n, k, dict(settings), run.seed),
                checkpoint=True,
            )
            for k in range(settings["trials"])
        ]
        for n in run.progress(settings["numbers"])
    ]
    return {"numbers": np.array(settings["numbers"]), "f1": np.array(found)}
