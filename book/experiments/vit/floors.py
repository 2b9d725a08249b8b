"""The simplest classifiers of temperature on the four systems of paper vit, in equilibrium and after quenches.

Trees of four and of eight leaves and logistic regression on the energy, and on energy and |m|; and logistic regression
on the tokens of a vision transformer with random weights. Table 1's numbers of training and test configurations; in a
trial all classifiers have the same sets, so that their differences are paired. The frozen network has fewer trials.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vit import simple_classifiers, systems
from spinlib.datasets.stratified_split import split
from spinlib.evaluation.classification_scores import scores

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"side": 16, "share": 0.15, "quench": 75, "equilibrium": 500, "trials": 4, "frozen": 3},
    "paper": {"side": 100, "share": 1.0, "quench": 750, "equilibrium": 20_000, "trials": 20, "frozen": 5},
}
COMPARE: dict[Any, Any] = {"*_f1": ("seeds", 1)}
PREPARATIONS = ("quench", "equilibrium")
ON_NUMBERS: dict[str, Callable[[], Any]] = {
    "tree": simple_classifiers.tree,
    "tree8": partial(simple_classifiers.tree, 8),
    "logistic": simple_classifiers.logistic,
}
VERSION = 2


def configurations(system: str, settings: Mapping[str, Any], seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Configurations of one system by preparation, each (n, side, side), and their classes (n,)."""
    counts = [int(settings["share"] * each) for each in np.sum(systems.COUNTS, axis=0)]
    model = systems.model_of(system, settings["side"])
    T, label = systems.temperatures(counts, seed)
    quenched = systems.quenched(model, T, settings["quench"], seed + 1)
    return [quenched, systems.equilibrium(model, T, settings["equilibrium"], seed + 2)], label


def one_system(system: str, settings: Mapping[str, Any], seed: int) -> dict[str, np.ndarray]:
    """Macro F1 (preparation, trial) by classifier."""
    sets, label = configurations(system, settings, seed)
    counts = np.maximum(1, (settings["share"] * np.array(systems.COUNTS)).astype(int))
    found: dict[str, list[list[float]]] = {}
    for spins in sets:
        numbers = simple_classifiers.energy_and_m(system, spins)
        row: dict[str, list[float]] = {}
        for trial in range(settings["trials"]):
            chosen = split(label, counts, seed + trial)
            for name, features in (("energy", numbers[:, :1]), ("energy_m", numbers)):
                for kind, make in ON_NUMBERS.items():
                    row.setdefault(f"{kind}_{name}", []).append(told(make(), features, label, chosen))
            if trial < settings["frozen"]:
                seen = simple_classifiers.tokens(simple_classifiers.frozen(settings["side"], seed + trial), spins)
                row.setdefault("frozen", []).append(told(simple_classifiers.readout(), seen, label, chosen))
        for name, values in row.items():
            found.setdefault(name, []).append(values)
    return {name: np.array(values) for name, values in found.items()}


def told(model: Any, features: np.ndarray, label: np.ndarray, chosen: Any) -> float:
    """Macro F1 on the test set of a classifier that is fitted to the training set."""
    model.fit(features[chosen.training], label[chosen.training])
    return scores(label[chosen.test], model.predict(features[chosen.test]), len(systems.CLASSES)).macro_f1


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """ "<system>_<classifier>_f1" (preparation, trial)."""
    found: dict[str, Any] = {}
    for k, system in enumerate(run.progress(systems.BOUNDARIES)):
        one = run.part(system, one_system, system, dict(settings), run.seed + 1000 * k)
        found |= {f"{system}_{name}_f1": values for name, values in one.items()}
    return found
