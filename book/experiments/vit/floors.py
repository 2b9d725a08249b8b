"""The simplest classifiers of temperature on the four systems of paper vit, in equilibrium and after quenches.

A tree of four leaves and logistic regression on the energy, and on energy and |m|; and logistic regression on the
tokens of a vision transformer with random weights. Table 1's numbers of training and test configurations; in a trial
all classifiers have the same sets, so that their differences are paired.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vit import simple_classifiers, systems
from spinlib.datasets.stratified_split import split
from spinlib.evaluation.classification_scores import scores

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"side": 16, "share": 0.15, "quench": 75, "equilibrium": 500, "trials": 3},
    "paper": {"side": 100, "share": 1.0, "quench": 750, "equilibrium": 20_000, "trials": 5},
}
COMPARE: dict[Any, Any] = {"*_f1": ("seeds", 1)}
PREPARATIONS = ("quench", "equilibrium")
CLASSIFIERS = ("tree_energy", "tree_energy_m", "logistic_energy", "logistic_energy_m", "frozen")


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
    found = {name: np.empty((len(PREPARATIONS), settings["trials"])) for name in CLASSIFIERS}
    for k, spins in enumerate(sets):
        numbers = simple_classifiers.energy_and_m(system, spins)
        for trial in range(settings["trials"]):
            chosen = split(label, counts, seed + trial)
            seen = simple_classifiers.tokens(simple_classifiers.frozen(settings["side"], seed + trial), spins)
            for name, features in (("energy", numbers[:, :1]), ("energy_m", numbers)):
                for kind in ("tree", "logistic"):
                    model = getattr(simple_classifiers, kind)()
                    found[f"{kind}_{name}"][k, trial] = told(model, features, label, chosen)
            found["frozen"][k, trial] = told(simple_classifiers.readout(), seen, label, chosen)
    return found


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
