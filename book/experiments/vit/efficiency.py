"""Macro F1 against the number of training configurations, from 20 to 20,000, for classifiers on the energy alone.

The periodic ferromagnet in equilibrium, by clusters. Every trial has training configurations of its own, in the
proportions of Table 1; the test set, in its proportions too, is one for all trials, numbers and classifiers. For quick
simulation, a chain gives several configurations of its temperature, with Swendsen-Wang sweeps between them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vit import simple_classifiers, systems
from spinlib import sample
from spinlib.evaluation.classification_scores import scores

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"side": 16, "numbers": [20, 60], "test": 100, "burn_in": 50, "sweeps": 5, "trials": 3},
    "paper": {
        "side": 100, "numbers": [20, 100, 600, 3000, 20_000], "test": 2000, "burn_in": 200, "sweeps": 20, "trials": 3,
    },
}  # fmt: skip
COMPARE: dict[Any, Any] = {"numbers": "exact", "*_f1": ("seeds", 1)}
CLASSIFIERS = ("tree", "logistic")
SYSTEM = "ferromagnet"
# One seed for the test set of all records.
OF_TEST = 20_211_202


def proportions(n: int, of: int) -> list[int]:
    """n configurations in the classes' proportions of Table 1's set number `of`, at least one in each."""
    shares = np.array(systems.COUNTS[of]) / sum(systems.COUNTS[of])
    counts = np.maximum(1, np.floor(n * shares)).astype(int)
    for k in np.argsort(-(n * shares - counts), kind="stable")[: n - counts.sum()]:
        counts[k] += 1
    return [int(k) for k in counts]


def simulated(counts: Sequence[int], settings: Mapping[str, Any], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """So many equilibrium configurations of each class, (n, side, side), in random order, and their classes."""
    model = systems.model_of(SYSTEM, settings["side"])
    T, label = systems.temperatures(counts, seed)
    spins = np.empty((len(T), *model.shape), np.int8)
    for k, at in enumerate(np.unique(T)):
        here = np.flatnonzero(at == T)
        drawn = sample(
            model, float(at), len(here), method="swendsen_wang", burn_in=settings["burn_in"],
            sweeps_between=settings["sweeps"], observables=(), seed=(seed + k) % 2**63,
        )  # fmt: skip
        spins[here] = drawn.spins.values.reshape(-1, *model.shape)
    order = np.random.default_rng(seed).permutation(len(T))
    return spins[order], label[order]


def first(label: np.ndarray, n: int) -> np.ndarray:
    """The first configurations of each class in the proportions of Table 1, n in all: their indices."""
    counts = proportions(n, 0)
    return np.concatenate([np.flatnonzero(label == k)[:count] for k, count in enumerate(counts)])


def test_set(settings: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """The common test set."""
    return _test_set(*(settings[name] for name in ("side", "test", "burn_in", "sweeps")))


@lru_cache(maxsize=1)
def _test_set(side: int, n: int, burn_in: int, sweeps: int) -> tuple[np.ndarray, np.ndarray]:
    return simulated(proportions(n, 2), {"side": side, "burn_in": burn_in, "sweeps": sweeps}, OF_TEST)


def training_set(settings: Mapping[str, Any], seed: int, trial: int) -> tuple[np.ndarray, np.ndarray]:
    """The largest training set of a trial; smaller ones are parts of it."""
    return simulated(proportions(max(settings["numbers"]), 0), settings, (seed >> 1) + 100_000 * (trial + 1))


def one_trial(settings: Mapping[str, Any], seed: int, trial: int) -> np.ndarray:
    """Macro F1 (classifier, number)."""
    (spins, label), (asked, true) = training_set(settings, seed, trial), test_set(settings)
    energies = [simple_classifiers.energy_and_m(SYSTEM, one)[:, :1] for one in (spins, asked)]
    models: tuple[Callable[[], Any], ...] = (simple_classifiers.tree, simple_classifiers.logistic)
    found = np.empty((len(models), len(settings["numbers"])))
    for j, n in enumerate(settings["numbers"]):
        known = first(label, n)
        for i, make in enumerate(models):
            model = make().fit(energies[0][known], label[known])
            found[i, j] = scores(true, model.predict(energies[1]), len(systems.CLASSES)).macro_f1
    return found


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """numbers (number,); "<classifier>_f1" (number, trial)."""
    rows = [
        run.part(f"trial {k}", one_trial, dict(settings), run.seed, k) for k in run.progress(range(settings["trials"]))
    ]
    found = np.stack(rows, axis=-1)
    return {"numbers": np.array(settings["numbers"])} | {f"{n}_f1": found[i] for i, n in enumerate(CLASSIFIERS)}
