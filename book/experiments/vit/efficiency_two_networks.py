"""Macro F1 of the small vision transformer and ResNet-50 against the number of training configurations, 20 to 20,000.

As `vit/efficiency_resnet` has it for ResNet-18: the same steps of the optimiser and the same test set. The two networks
of a trial share their training sets. Fewer numbers than there, since a training takes twice as long.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vit import efficiency_networks, efficiency_resnet

if TYPE_CHECKING:
    from spinbook import Run

NETWORKS = ("ViT", "ResNet-50")
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {**efficiency_resnet.SETTINGS["smoke"], "numbers": [20]},
    "paper": {**efficiency_resnet.SETTINGS["paper"], "numbers": [20, 600, 20_000]},
}
COMPARE: dict[Any, Any] = {"numbers": "exact", "*_f1": ("seeds", 1)}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """numbers (number,); "<network>_f1" (number, trial)."""
    numbers, trials = settings["numbers"], range(settings["trials"])
    found = {name: np.empty((len(numbers), len(trials))) for name in NETWORKS}
    for k in run.progress(trials, "trial"):
        for i, n in enumerate(numbers):
            for name in NETWORKS:
                found[name][i, k] = run.part(
                    *(f"{name}, n={n}, {k}", efficiency_networks.one_number, name, n, k, dict(settings), run.seed),
                    checkpoint=True,
                )
    return {"numbers": np.array(numbers)} | {f"{name}_f1": each for name, each in found.items()}
