"""What a linear readout finds in the tokens of a vision transformer with random weights, and with how many examples.

Two readings, the mean of the last tokens and their spread over the patches, and two sizes of the weights: as the
library draws them, with a standard deviation of 0.02 at any width, and as suits the width (`networks.small`). Data as
in `vit/efficiency`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vit import efficiency, networks, simple_classifiers, systems
from spinlib.evaluation.classification_scores import scores

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"side": 16, "numbers": [20, 60], "test": 100, "burn_in": 50, "sweeps": 5, "trials": 3},
    "laptop": {"side": 100, "numbers": [20, 100, 600], "test": 1000, "burn_in": 200, "sweeps": 20, "trials": 3},
}
COMPARE: dict[Any, Any] = {"numbers": "exact", "*_f1": ("seeds", 1)}
READINGS = ("mean", "spread")


def one_trial(settings: Mapping[str, Any], seed: int, trial: int) -> dict[str, np.ndarray]:
    """Macro F1 (number,) by weights and reading."""
    (spins, label), (asked, true) = efficiency.training_set(settings, seed, trial), efficiency.test_set(settings)
    side, n_classes = settings["side"], len(systems.CLASSES)
    kinds = {
        "plain": simple_classifiers.frozen(side, trial),
        "rescaled": networks.small("ViT", side, n_classes, trial),
    }
    found: dict[str, np.ndarray] = {}
    for kind, network in kinds.items():
        for reading in READINGS:
            known, of_test = (
                simple_classifiers.tokens(network, one, spread=reading == "spread") for one in (spins, asked)
            )
            told = []
            for n in settings["numbers"]:
                chosen = efficiency.first(label, n)
                model = simple_classifiers.readout().fit(known[chosen], label[chosen])
                told.append(scores(true, model.predict(of_test), n_classes).macro_f1)
            found[f"{kind}_{reading}_f1"] = np.array(told)
    return found


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """numbers (number,); "<weights>_<reading>_f1" (number, trial)."""
    rows = [
        run.part(f"trial {k}", one_trial, dict(settings), run.seed, k) for k in run.progress(range(settings["trials"]))
    ]
    columns = {name: np.stack([row[name] for row in rows], axis=-1) for name in rows[0]}
    return {"numbers": np.array(settings["numbers"]), **columns}
