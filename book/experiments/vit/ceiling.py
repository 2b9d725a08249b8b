"""The best and the simplest classifiers of temperature, on the four systems of paper vit.

The ceiling: for configurations in equilibrium the energy says all about the temperature, so the bin of the largest
posterior, from the exact ln Z, is right most often. The floor: logistic regression on the energy, and on energy and
|m|, with the paper's training and test sets. Both from the configurations of `vit/preparations`. The answers of the
ceiling are given for quenches too, where they are not the best: a quench tells its past.

In each split all three classify the same test set, so that their differences are paired.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import stdtrit

from experiments.vit import exact_curves, preparations, simple_classifiers, systems
from spinlib.datasets.stratified_split import split
from spinlib.evaluation.classification_scores import scores
from spinlib.exact.bayes import bin_posterior

if TYPE_CHECKING:
    from spinbook import Run

VERSION = 2
USES = ("vit/preparations", "vit/exact_curves")
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"share": 0.15, "bootstraps": 50, "test_sets": 100, "splits": 4},
    "paper": {"share": 1.0, "bootstraps": 1000, "test_sets": 1000, "splits": 20},
}
# Of the energy alone, and of the energy and |m|.
FEATURES = ("energy", "energy_m")
COMPARE: dict[Any, Any] = {"*_spread": "magnitude", ("*_splits", "*_gain", "*_third"): "kept"}


def macro_f1(confusion: np.ndarray) -> np.ndarray:
    """Of weighted numbers of answers (..., class, answer): (...)."""
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    return (2 * right / (confusion.sum(axis=-1) + confusion.sum(axis=-2))).mean(axis=-1)


def error_over_splits(values: Any) -> float:
    """Of the mean over random splits (split,) of the same configurations, by Student's t.

    Two test sets have a part of their configurations in common, on average the test set's share q of all of them.
    Their scores are about as much correlated, so that with the standard deviation s over n splits the mean has the
    variance s^2 (1 / n + q / (1 - q)). Two errors on each side are the 95 % interval.
    """
    n, of_test = len(values), sum(systems.COUNTS[2])
    common = of_test / (np.sum(systems.COUNTS) - of_test)
    return float(np.std(values, ddof=1) * np.sqrt(1 / n + common) * stdtrit(n - 1, 0.975) / 2)


def posteriors(energies: np.ndarray, curves: Any, system: str) -> np.ndarray:
    """Probabilities of the classes (..., class) of equilibrium configurations of these total energies."""
    wanted = np.array(systems.COUNTS[2])
    log_z = partial(exact_curves.log_partition, curves, system)
    return bin_posterior(energies, systems.EDGES, log_z, wanted / wanted.sum(), n_nodes=200)


def ceiling(posterior: np.ndarray, label: np.ndarray, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Macro F1 and accuracy of the most probable bin, with errors, and the spread of F1 over test sets.

    Of configurations with these posteriors (n, class); within each class they are weighted with Table 1's numbers of
    the test set. A configuration counts with its probabilities of all classes, which has less noise than its label
    has; "counted_f1" is by labels. Errors: the bootstrap within classes.
    """
    wanted, classes = np.array(systems.COUNTS[2]), np.eye(posterior.shape[1])
    chosen = classes[posterior.argmax(axis=1)]
    members, rng = classes[label], np.random.default_rng(seed)

    def expected(weights: np.ndarray, believed: np.ndarray) -> np.ndarray:
        """Numbers of answers (..., class, answer), of weights (..., n); classes have the numbers wanted."""
        told = np.einsum("...i,ik,ia->...ka", weights, believed, chosen, optimize=True)
        return told * (wanted / told.sum(axis=-1))[..., None]

    once = members @ (wanted / members.sum(axis=0))
    again = np.zeros((settings["bootstraps"], len(label)))
    for k, n in enumerate(np.bincount(label, minlength=len(wanted))):
        again[:, label == k] = rng.multinomial(n, np.full(n, 1 / n), settings["bootstraps"]) * wanted[k] / n
    numbers, numbers_again = expected(once, posterior), expected(again, posterior)
    counted, counted_again = expected(once, members), expected(again, members)
    rows = zip(wanted, numbers / wanted[:, None], strict=True)
    tests = np.stack([rng.multinomial(n, row, settings["test_sets"]) for n, row in rows], axis=1)
    return {
        **{"f1": macro_f1(numbers), "f1_error": macro_f1(numbers_again).std()},
        **{"counted_f1": macro_f1(counted), "counted_f1_error": macro_f1(counted_again).std()},
        "accuracy": np.trace(numbers) / wanted.sum(),
        "accuracy_error": np.trace(numbers_again, axis1=-2, axis2=-1).std() / wanted.sum(),
        "spread": macro_f1(tests).std(),
    }


def best_cuts(energies: np.ndarray, posterior: np.ndarray, weights: np.ndarray) -> float:
    """The largest macro F1 of rules that cut the energy once between each two neighbouring classes.

    Of configurations (n,) with their posteriors (n, class), rising with the energy, and weights (n,).
    """
    order = np.argsort(energies, kind="stable")
    steps = np.append(np.flatnonzero(np.diff(energies[order])) + 1, len(order))
    mass = np.cumsum((posterior * weights[:, None])[order], axis=0)
    right = np.concatenate([np.zeros((1, posterior.shape[1])), mass[steps - 1]])
    named, size = right.sum(axis=1), right[-1]
    # Row: where a class begins; column: where it ends.
    best = np.append(0.0, np.full(len(steps), -np.inf))
    for k in range(posterior.shape[1]):
        within, taken = (one[None, :] - one[:, None] for one in (right[:, k], named))
        f1 = np.where(taken >= 0, 2 * within / (size[k] + np.maximum(taken, 0)), -np.inf)
        best = (best[:, None] + f1).max(axis=0)
    return float(best[-1] / posterior.shape[1])


def over_splits(
    features: np.ndarray, told: np.ndarray, label: np.ndarray, settings: Mapping[str, Any], seed: int
) -> dict[str, np.ndarray]:
    """Macro F1 (split,) on the test sets: of answers (n,), and of logistic regression on features (n, 1 and 2)."""
    counts = np.maximum(1, (settings["share"] * np.array(systems.COUNTS)).astype(int))
    found: dict[str, list[float]] = {}
    for k in range(settings["splits"]):
        sets = split(label, counts, seed + k)
        for n, name in enumerate(FEATURES, start=1):
            model = simple_classifiers.logistic().fit(features[sets.training, :n], label[sets.training])
            answers = model.predict(features[sets.test, :n])
            found.setdefault(name, []).append(scores(label[sets.test], answers, len(counts[0])).macro_f1)
        found.setdefault("rule", []).append(scores(label[sets.test], told[sets.test], len(counts[0])).macro_f1)
    return {name: np.array(values) for name, values in found.items()}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """For each system "_ceiling_f1", "_ceiling_accuracy" with errors and the "_spread" that one test set gives.

    "_ceiling_gain": by how much rules with cuts that are chosen for macro F1 exceed the most probable class;
    "_ceiling_third": the largest probability of all classes but two, over the configurations. "<system>_<classifier>_"
    "f1" with errors and "spread" (preparation,), and "splits" (preparation, split): of the floors, and of the "rule",
    the most probable class of an equilibrium configuration of this energy.
    """
    sets, curves = run.uses["vit/preparations"], run.uses["vit/exact_curves"]
    label, wanted = sets["label"], np.array(systems.COUNTS[2])
    weights = (wanted / np.bincount(label, minlength=len(wanted)))[label]
    found: dict[str, Any] = {}
    for number, system in enumerate(run.progress(systems.BOUNDARIES)):
        seed, energies = run.seed + 1000 * number, sets[f"{system}_energies"]
        posterior = posteriors(energies, curves, system)
        one = ceiling(posterior[-1], label, settings, seed)
        found |= {f"{system}_ceiling_{name}": np.array(value) for name, value in one.items()}
        rule = posterior[-1].argmax(axis=1)
        cut = np.array([((posterior[-1] * weights[:, None])[rule == k]).sum(axis=0) for k in range(len(wanted))]).T
        found[f"{system}_ceiling_gain"] = np.array(best_cuts(energies[-1], posterior[-1], weights) - macro_f1(cut))
        found[f"{system}_ceiling_third"] = 1 - np.sort(posterior[-1], axis=1)[:, -2:].sum(axis=1).min()
        rows: dict[str, list[np.ndarray]] = {}
        for k in range(len(preparations.preparations(sets.settings))):
            features = np.stack([energies[k], sets[f"{system}_m"][k]], axis=1)
            for name, values in over_splits(features, posterior[k].argmax(axis=1), label, settings, seed).items():
                rows.setdefault(name, []).append(values)
        for name, of in rows.items():
            found |= {
                f"{system}_{name}_f1": np.mean(of, axis=1),
                f"{system}_{name}_f1_error": np.array([error_over_splits(one) for one in of]),
                f"{system}_{name}_spread": np.std(of, axis=1, ddof=1),
                f"{system}_{name}_splits": np.array(of),
            }
    return found
