"""1300 configurations of each system of paper vit, prepared in three ways: which of them are out of equilibrium.

Table 1's numbers of each class. Quenches of 500 and of 750 sweeps and annealing are readings of the paper; equilibrium
is ours. A configuration is out of equilibrium if its energy lies above the exact mean by more than 5 standard
deviations and two flipped spins. Energies of the equilibrium sets are compared with the exact ones, class by class.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vit import exact_curves, systems

if TYPE_CHECKING:
    from spinbook import Run

USES = ("vit/exact_curves",)
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"side": 16, "share": 0.2, "quench": [50, 75], "anneal": 5, "equilibrium": 500, "shown": 4},
    "paper": {"side": 100, "share": 1.0, "quench": [500, 750], "anneal": 500, "equilibrium": 20_000, "shown": 4},
}
COMPARE: dict[Any, Any] = {
    ("T", "label"): "exact",
    ("*_out", "*_stripes"): "counts",
    ("*_energies", "*_m", "*_shown"): "kept",
}


def preparations(settings: Mapping[str, Any]) -> list[str]:
    """Their names, in the order of the axis "preparation"."""
    return [*(f"quench, {n} sweeps" for n in settings["quench"]), "annealed", "equilibrium"]


def one_system(
    system: str, settings: Mapping[str, Any], T: np.ndarray, label: np.ndarray, curves: Any, seed: int
) -> dict[str, Any]:
    """Counts (preparation, class), energies (preparation, n), sums of deviations, and some configurations."""
    model = systems.model_of(system, settings["side"])
    sets = [systems.quenched(model, T, n, seed + k) for k, n in enumerate(settings["quench"])]
    sets.append(systems.annealed(model, T, settings["anneal"], seed + 10))
    sets.append(systems.equilibrium(model, T, settings["equilibrium"], seed + 20))
    energies = np.array([model.energy(one) for one in sets])
    out = np.array([exact_curves.out_of_equilibrium(one, curves, system, T) for one in energies])
    # The antiferromagnet's domains are those of the ferromagnet that it turns into.
    turned = systems.checkerboard(model.shape) if system == "antiferromagnet" else np.ones(model.shape, np.int8)
    stripes = np.array([systems.has_stripes(one * turned) for one in sets])
    classes = range(len(systems.CLASSES))
    mean, deviation = exact_curves.energy_and_deviation(curves, system, T)
    off = energies[-1] - mean
    sums = np.array([off[label == k].sum() / np.sqrt((deviation[label == k] ** 2).sum()) for k in classes])
    of_quench = sets[len(settings["quench"]) - 1]
    coldest = np.flatnonzero((label == 0) & stripes[len(settings["quench"]) - 1])[: settings["shown"]]
    return {
        "out": np.array([[one[label == k].sum() for k in classes] for one in out]),
        "stripes": np.array([[one[label == k].sum() for k in classes] for one in stripes]),
        "energies": energies,
        "m": np.array([np.abs((one * turned).mean(axis=(1, 2))) for one in sets]),
        "exact_sum": sums,
        "exact_sum_error": np.ones(len(sums)),
        "shown": of_quench[coldest],
    }


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """T and label (n,); for each system "_out" and "_stripes" (preparation, class), "_energies", "_m" (preparation, n).

    m: |m|, of the antiferromagnet the staggered one.
    "_exact_sum" (class,): the sum of the deviations from the exact mean energies of the equilibrium set, over its exact
    standard deviation. "_shown": configurations of the coldest class with stripes after the longest quench.
    """
    counts = [round(settings["share"] * sum(each)) for each in zip(*systems.COUNTS, strict=True)]
    T, label = systems.temperatures(counts, run.seed)
    curves = run.uses["vit/exact_curves"]
    found: dict[str, Any] = {"T": T, "label": label}
    for k, system in enumerate(run.progress(systems.BOUNDARIES)):
        one = run.part(system, one_system, system, dict(settings), T, label, curves, run.seed + 1000 * (k + 1))
        found |= {f"{system}_{name}": values for name, values in one.items()}
    return found
