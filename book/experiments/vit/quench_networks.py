"""Networks of paper vit trained on quenches of the ferromagnet, or in equilibrium, and asked about both.

In each trial quenches and equilibrium configurations have the same temperatures and the same sets, Table 1's, and all
classifiers share them, so that differences are paired. Beside the networks stand logistic regression on the energy and
on energy and |m|, and the rule that is the best possible in equilibrium: the most probable class of an energy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vit import networks, simple_classifiers, systems
from experiments.vit.ceiling import posteriors
from spinlib.datasets.stratified_split import split
from spinlib.evaluation.classification_scores import scores
from spinlib.learning.augmentation import Symmetries
from spinlib.learning.classification import fit
from spinlib.learning.supervised import predict

if TYPE_CHECKING:
    from pathlib import Path

    from spinbook import Run

SYSTEM = "ferromagnet"
USES = ("vit/exact_curves",)
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        **{"side": 16, "share": 0.05, "quench": 75, "equilibrium": 100, "epochs": 1, "trials": 3},
        "networks": ["ViT", "ResNet-18"],
    },
    "laptop": {
        **{"side": 100, "share": 1.0, "quench": 750, "equilibrium": 5000, "epochs": 10, "trials": 5},
        "networks": ["ViT", "ResNet-18"],
    },
}
PREPARATIONS = ("quench", "equilibrium")
SIMPLE = ("logistic_energy", "logistic_energy_m")
COMPARE: dict[Any, Any] = {
    ("ViT_f1", "ResNet-18_f1", "logistic_*_f1", "best_f1"): "seeds",
    "*_class_f1": "kept",
    "*_seconds": "magnitude",
}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Macro F1 "<classifier>_f1" (trial, trained on, tested on), with `PREPARATIONS` in their order.

    "best_f1" (trial, tested on) of the rule of equilibrium, which is not trained. "<network>_class_f1" (trial, trained
    on, tested on, class), "<network>_seconds" (trial, trained on).
    """
    curves = run.uses["vit/exact_curves"]
    rows: list[dict[str, Any]] = []
    for trial in run.progress(range(settings["trials"]), "trial"):
        seed = systems.seed_of_trial(run.seed, trial)
        sets, label, chosen = examples(settings, seed)
        row: dict[str, Any] = {"best_f1": best(sets, label, chosen, curves)}
        for name in SIMPLE:
            row[f"{name}_f1"] = simple(name, sets, label, chosen)
        for name in settings["networks"]:
            found = [
                run.part(f"{trial}, {name}, {way}", one_training, name, k, dict(settings), seed, checkpoint=True)
                for k, way in enumerate(PREPARATIONS)
            ]
            row |= {f"{name}_{key}": np.array([one[key] for one in found]) for key in found[0]}
        rows.append(row)
    return {key: np.array([row[key] for row in rows]) for key in rows[0]}


def examples(settings: Mapping[str, Any], seed: int) -> tuple[list[np.ndarray], np.ndarray, Any]:
    """Configurations (n, side, side) by preparation, of the same temperatures; their classes; and the sets."""
    counts = systems.counts_of(settings["share"])
    model = systems.model_of(SYSTEM, settings["side"])
    T, label = systems.temperatures(counts.sum(axis=0), seed)
    quenched = systems.quenched(model, T, settings["quench"], seed + 1)
    settled = systems.equilibrium(model, T, settings["equilibrium"], seed + 2)
    return [quenched, settled], label, split(label, counts, seed)


def best(sets: list[np.ndarray], label: np.ndarray, chosen: Any, curves: Any) -> np.ndarray:
    """Macro F1 (tested on) of the most probable class of each energy, had it been in equilibrium."""
    model, found = systems.model_of(SYSTEM, sets[0].shape[1]), []
    for spins in sets:
        told = posteriors(np.asarray(model.energy(spins[chosen.test])), curves, SYSTEM).argmax(axis=1)
        found.append(macro_f1(label[chosen.test], told))
    return np.array(found)


def simple(name: str, sets: list[np.ndarray], label: np.ndarray, chosen: Any) -> np.ndarray:
    """Macro F1 (trained on, tested on) of logistic regression on the energy, or on energy and |m|."""
    numbers = [simple_classifiers.energy_and_m(SYSTEM, spins) for spins in sets]
    if name == "logistic_energy":
        numbers = [one[:, :1] for one in numbers]
    found = []
    for seen in numbers:
        model = simple_classifiers.logistic().fit(seen[chosen.training], label[chosen.training])
        found.append([macro_f1(label[chosen.test], model.predict(asked[chosen.test])) for asked in numbers])
    return np.array(found)


def one_training(
    name: str, trained_on: int, settings: Mapping[str, Any], seed: int, checkpoint: Path | None = None
) -> dict[str, Any]:
    """Macro F1 "f1" (tested on), F1 "class_f1" (tested on, class) and the seconds of a training at our rate."""
    sets, label, chosen = examples(settings, seed)
    network = networks.small(name, settings["side"], len(systems.CLASSES), seed)
    symmetries = Symmetries(systems.model_of(SYSTEM, settings["side"]))
    how = networks.tuning("ours", settings["epochs"])
    curves = fit(network, sets[trained_on], label, chosen, how, seed, augment=symmetries, checkpoint=checkpoint)
    told = [predict(network, spins[chosen.test], batch=64).argmax(axis=1) for spins in sets]
    found = [scores(label[chosen.test], one, len(systems.CLASSES)) for one in told]
    return {
        "f1": np.array([one.macro_f1 for one in found]),
        "class_f1": np.array([one.f1 for one in found]),
        "seconds": curves.seconds,
    }


def macro_f1(label: np.ndarray, told: np.ndarray) -> float:
    """Macro F1 of answers."""
    return float(scores(label, told, len(systems.CLASSES)).macro_f1)
