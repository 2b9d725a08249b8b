"""The best and the simplest classifiers of temperature, on the four systems of paper vit.

The ceiling: for configurations in equilibrium the energy says all about the temperature, so the bin of the largest
posterior, from the exact ln Z, is the best answer. The floor: logistic regression on the energy, and on energy and |m|,
with the paper's training and test sets. Both from the configurations of `vit/preparations`.

Shares of answers within each class are weighted with the test set's numbers of Table 1. Errors of the ceiling: the
bootstrap within classes; of the floor: the spread over splits over the root of 3, since three disjoint test sets fit
into 1300 configurations.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vit import exact_curves, preparations, systems
from spinlib.datasets.stratified_split import split
from spinlib.evaluation.classification_scores import scores
from spinlib.exact.bayes import bin_posterior

if TYPE_CHECKING:
    from spinbook import Run

USES = ("vit/preparations", "vit/exact_curves")
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"share": 0.15, "bootstraps": 50, "test_sets": 100, "splits": 4},
    "paper": {"share": 1.0, "bootstraps": 1000, "test_sets": 1000, "splits": 20},
}
FEATURES = {"energy": ("energies",), "energy_m": ("energies", "m")}
COMPARE: dict[Any, Any] = {"*_spread": "magnitude"}


def macro_f1(confusion: np.ndarray) -> np.ndarray:
    """Of weighted numbers of answers (..., class, answer): (...)."""
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    return (2 * right / (confusion.sum(axis=-1) + confusion.sum(axis=-2))).mean(axis=-1)


def ceiling(
    energies: np.ndarray, label: np.ndarray, curves: Any, system: str, settings: Mapping[str, Any], seed: int
) -> dict[str, Any]:
    """Macro F1 and accuracy of the most probable bin, with errors, and the spread of F1 over test sets."""
    wanted = np.array(systems.COUNTS[2])
    log_z = partial(exact_curves.log_partition, curves, system)
    answers = bin_posterior(energies, systems.EDGES, log_z, wanted / wanted.sum(), n_nodes=200).argmax(axis=1)
    rng = np.random.default_rng(seed)
    told = [np.bincount(answers[label == k], minlength=len(wanted)) for k in range(len(wanted))]
    shares = np.array([one / one.sum() for one in told])
    n = settings["bootstraps"]
    again = np.stack([rng.multinomial(one.sum(), one / one.sum(), n) / one.sum() for one in told], axis=1)
    tests = np.stack([rng.multinomial(k, one, settings["test_sets"]) for k, one in zip(wanted, shares, strict=True)], 1)
    hits, hits_again = (np.diagonal(one, axis1=-2, axis2=-1) @ wanted / wanted.sum() for one in (shares, again))
    return {
        "f1": macro_f1(shares * wanted[:, None]),
        "f1_error": macro_f1(again * wanted[:, None]).std(),
        "accuracy": hits,
        "accuracy_error": hits_again.std(),
        "spread": macro_f1(tests).std(),
    }


def floor(features: np.ndarray, label: np.ndarray, share: float, n_splits: int, seed: int) -> dict[str, Any]:
    """Macro F1 of logistic regression on features (n, k): mean, error and spread over splits."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    counts = np.maximum(1, (share * np.array(systems.COUNTS)).astype(int))
    found = []
    for k in range(n_splits):
        sets = split(label, counts, seed + k)
        # A large C: with the default one the classes near the critical temperature are not told apart.
        model = make_pipeline(StandardScaler(), LogisticRegression(C=1e6, max_iter=10_000))
        model.fit(features[sets.training], label[sets.training])
        found.append(scores(label[sets.test], model.predict(features[sets.test]), len(counts[0])).macro_f1)
    spread = float(np.std(found, ddof=1))
    return {"f1": float(np.mean(found)), "f1_error": spread / np.sqrt(3.0), "spread": spread}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """For each system "_ceiling_f1", "_ceiling_accuracy" with errors and the "_spread" that one test set gives.

    "<system>_<features>_f1" with errors and "_spread" (preparation,): of the floor.
    """
    sets, curves = run.uses["vit/preparations"], run.uses["vit/exact_curves"]
    label = sets["label"]
    found: dict[str, Any] = {}
    for number, system in enumerate(run.progress(systems.BOUNDARIES)):
        seed = run.seed + 1000 * number
        one = ceiling(sets[f"{system}_energies"][-1], label, curves, system, settings, seed)
        found |= {f"{system}_ceiling_{name}": np.array(value) for name, value in one.items()}
        for name, columns in FEATURES.items():
            rows = [
                floor(
                    np.stack([sets[f"{system}_{column}"][k] for column in columns], axis=1),
                    *(label, settings["share"], settings["splits"], seed),
                )
                for k in range(len(preparations.preparations(sets.settings)))
            ]
            found |= {f"{system}_{name}_{key}": np.array([row[key] for row in rows]) for key in rows[0]}
    return found
