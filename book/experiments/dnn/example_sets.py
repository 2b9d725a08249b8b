"""Classifiers of the 4 x 4 energy trained on targeted sets of a given size, tested on all 65,536 states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from spinlib.datasets import targeted
from spinlib.evaluation import classifier_errors
from spinlib.exact import density_of_states
from spinlib.learning import energy_networks
from spinlib.learning.supervised import Schedule, weights
from spinlib.models import Ising
from spinlib.networks.energy_cnn import EnergyCNN

if TYPE_CHECKING:
    from spinbook import Run


model = Ising((4, 4))


levels = np.array(density_of_states.ising_torus(model.shape)[0])


def targeted_examples(per_class: int, seed: int) -> np.ndarray:
    return targeted.draw(model, levels, per_class, seed=seed).reshape(-1, *model.shape)


def trained(per_class: int, settings: Mapping[str, Any], seed: int, input_side: int) -> Any:
    """A classifier, and the configurations that it was trained on."""
    spins = targeted_examples(per_class, seed)
    batch = min(settings["batch"], len(spins))
    steps = settings["examples_seen"] / settings["batch"]
    schedule = Schedule(round(steps * batch / len(spins)), "adam", 2e-3, "cosine", batch=batch)
    network = EnergyCNN(4, len(levels), input_side=input_side)
    energy_networks.fit(network, spins, energy_networks.classes(model.energy(spins), levels), schedule, seed)
    return network, spins


def one_set(per_class: int, settings: Mapping[str, Any], seed: int, input_side: int, keep: bool = False) -> Any:
    """Errors on all states, seen or not, and the share of states that were seen."""
    network, spins = trained(per_class, settings, seed, input_side)
    found = classifier_errors.errors(energy_networks.class_energy(network, levels), model, levels)
    seen = len(np.unique(spins.reshape(len(spins), -1), axis=0))
    kept = weights(network, "weight.") if keep else {}
    return {**found._asdict(), "share_seen": 100 * seen / 2**model.n_sites, **kept}


def example_curve(settings: Mapping[str, Any], run: Run) -> Any:
    largest = settings["per_class"][-1]
    sets = [
        run.part(
            f"{n}, {k}", one_set, n, settings, run.seed + 1000 * k + n, settings["input_side"], n == largest and k == 0
        )
        for n in run.progress(settings["per_class"], "size")
        for k in range(settings["sets"])
    ]
    shape = (len(settings["per_class"]), settings["sets"])
    return {
        "examples": len(levels) * np.array(settings["per_class"]),
        **{name: np.array([one[name] for one in sets]).reshape(shape) for name in ("accuracy", "share_seen")},
        "wrong": np.array([one["wrong"] for one in sets]).reshape(*shape, -1),
        **{name: value for one in sets for name, value in one.items() if name.startswith("weight.")},
    }


# How another run's sets are compared with these; one axis is that of the sets.
SETS = {"examples": "exact", "weight.*": "kept", ("accuracy", "share_seen", "wrong"): ("seeds", 1)}
