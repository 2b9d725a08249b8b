"""Whether a classifier tells the four systems of paper vit apart, from whole pictures and from their middle.

All systems of a trial have the same temperatures, classes and sets of Table 1, in equilibrium; the classifiers are not
told the temperature. Whole pictures: logistic regression on three numbers, the mean products of neighbours across each
of the two seams, and of all others along columns. Beside it the best possible answers, of one who knows T too, by
P(s) = exp(-E / T) / Z(T) of each system, with its own energy of the picture and its exact ln Z. The middle of the
lattice, half as wide, has neither seams nor fixed rows: a small ResNet-18 is trained on the three ferromagnets there.
The antiferromagnet needs no network: its neighbours differ more often than not, where those of the others agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vit import exact_curves, networks, simple_classifiers, systems
from spinlib.learning.classification import fit, split
from spinlib.learning.supervised import predict

if TYPE_CHECKING:
    from pathlib import Path

    from spinbook import Run

USES = ("vit/exact_curves",)
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"side": 16, "share": 0.1, "sweeps": 100, "epochs": 1, "trials": 3},
    "paper": {"side": 100, "share": 1.0, "sweeps": 5000, "epochs": 10, "trials": 3},
}
COMPARE: dict[Any, Any] = {
    ("best_right", "seams_right"): "trainings",
    "middle_right": "seeds",  # of a network; see vit.classification
    "middle_answers": "kept",
}
FERROMAGNETS = ("ferromagnet", "skewed", "antiperiodic")


def across_seams(spins: np.ndarray) -> np.ndarray:
    """Mean products of neighbours across both seams, of configurations (n, side, side): (n, 2)."""
    products = (spins[:, 0] * spins[:, -1]).mean(axis=1), (spins[:, :, 0] * spins[:, :, -1]).mean(axis=1)
    return np.stack(products, axis=1)


def middle(spins: np.ndarray) -> np.ndarray:
    """The middle of the lattice, half as wide and half as high."""
    quarter = spins.shape[1] // 4
    return spins[:, quarter:-quarter, quarter:-quarter]


def log_probabilities(spins: np.ndarray, T: np.ndarray, curves: Any) -> np.ndarray:
    """Exact ln P of each configuration at its temperature in each of the four systems, (system, n)."""
    log_p = []
    for system in systems.BOUNDARIES:
        model = systems.model_of(system, spins.shape[1])
        possible = np.ones(len(spins), bool)
        if system == "skewed":
            possible = (spins[:, 0] == 1).all(axis=1) & (spins[:, -1] == -1).all(axis=1)
        one = np.full(len(spins), -np.inf)
        one[possible] = -np.asarray(model.energy(spins[possible])) / T[possible]
        log_p.append(one - exact_curves.log_partition(curves, system, T))
    return np.array(log_p)


def shares(right: np.ndarray, label: np.ndarray) -> np.ndarray:
    """The share of right answers in each class of temperatures, (class,)."""
    return np.array([right[label == k].mean() for k in range(len(systems.CLASSES))])


def one_trial(
    settings: Mapping[str, Any], curves: Any, seed: int, checkpoint: Path | None = None
) -> dict[str, np.ndarray]:
    """Shares of right answers (class,) of three classifiers, and answers in the middle (class, system, answer)."""
    side, counts = settings["side"], systems.counts_of(settings["share"])
    T, label = systems.temperatures(counts.sum(axis=0), seed)
    sets = split(label, counts, seed)
    spins = {
        system: systems.equilibrium(systems.model_of(system, side), T, settings["sweeps"], seed + 10 * k)
        for k, system in enumerate(systems.BOUNDARIES)
    }

    def of(names: Any, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Configurations of several systems at the same temperatures, and the numbers of their systems."""
        return np.concatenate([spins[name][chosen] for name in names]), np.repeat(np.arange(len(names)), len(chosen))

    four = tuple(systems.BOUNDARIES)
    (known, of_known), (asked, true) = of(four, sets.training), of(four, sets.test)
    classes = np.tile(label[sets.test], len(four))
    model = simple_classifiers.logistic().fit(features(known), of_known)
    best = log_probabilities(asked, np.tile(T[sets.test], len(four)), curves).argmax(axis=0)
    found = {
        "best_right": shares(best == true, classes),
        "seams_right": shares(model.predict(features(asked)) == true, classes),
    }
    told, true = in_the_middle(of, sets, settings, seed, checkpoint)
    classes = np.tile(label[sets.test], len(FERROMAGNETS))
    n = len(FERROMAGNETS)
    pairs = (classes * n + true) * n + told
    answers = np.bincount(pairs, minlength=len(systems.CLASSES) * n * n).reshape(-1, n, n)
    return found | {"middle_right": shares(told == true, classes), "middle_answers": answers}


def features(spins: np.ndarray) -> np.ndarray:
    """Mean products of neighbours: across both seams, and of all others along columns, (n, 3)."""
    inside = (spins[:, 1:] * spins[:, :-1]).mean(axis=(1, 2))
    return np.column_stack([across_seams(spins), inside])


def in_the_middle(
    of: Any, sets: Any, settings: Mapping[str, Any], seed: int, checkpoint: Path | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """What a network tells of the middles of the test set, and their systems."""
    parts = [of(FERROMAGNETS, chosen) for chosen in sets]
    spins = middle(np.concatenate([one for one, _ in parts]))
    numbers = np.concatenate([one for _, one in parts])
    ends = np.cumsum([len(one) for _, one in parts])
    three = type(sets)(*(np.arange(end - len(one), end) for end, (_, one) in zip(ends, parts, strict=True)))
    network = networks.small("ResNet-18", spins.shape[1], len(FERROMAGNETS), seed)
    how = networks.tuning("ours", settings["epochs"])
    fit(network, spins, numbers, three, how, seed, checkpoint=checkpoint)
    return predict(network, spins[three.test], batch=64).argmax(axis=1), numbers[three.test]


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Shares of right answers (trial, class): "best_right", "seams_right" of four systems, "middle_right" of three.

    "middle_answers" (trial, class, system, answer): numbers of answers to the middles of the three ferromagnets.
    """
    curves = run.uses["vit/exact_curves"]
    rows = [
        run.part(f"{k}", one_trial, dict(settings), curves, (run.seed >> 1) + 1000 * k, checkpoint=True)
        for k in run.progress(range(settings["trials"]), "trial")
    ]
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}
