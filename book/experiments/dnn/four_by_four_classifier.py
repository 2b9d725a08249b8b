"""Classifiers of the 4 x 4 energy: training sets, training, and the test on all 65,536 states."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from spinlib.datasets import targeted
from spinlib.evaluation import classifier_errors
from spinlib.exact import density_of_states
from spinlib.learning import energy_networks
from spinlib.learning.supervised import Schedule, load_weights, weights
from spinlib.models import Ising
from spinlib.networks.energy_cnn import EnergyCNN

if TYPE_CHECKING:
    from spinbook import Record

model = Ising((4, 4))


levels, counts = (np.array(column) for column in density_of_states.ising_torus(model.shape))


def trained(spins: np.ndarray, settings: Mapping[str, Any], seed: int, **changes: Any) -> Any:
    """A classifier of the 15 energies, and its loss after every epoch."""
    schedule = Schedule(**({"optimizer": "adam", "rate": 2e-3, "decay": "cosine", **settings["schedule"]} | changes))
    network = EnergyCNN(4, len(levels), input_side=settings["input_side"])
    labels = energy_networks.classes(model.energy(spins), levels)
    return network, energy_networks.fit(network, spins, labels, schedule, seed)


def targeted_examples(settings: Mapping[str, Any], seed: int) -> np.ndarray:
    return targeted.draw(model, levels, settings["per_class"], seed=seed).reshape(-1, *model.shape)


def tested(spins: np.ndarray, settings: Mapping[str, Any], seed: int) -> Any:
    """What a network trained on `spins` makes of all states, those among `spins` too, as in the paper."""
    network, _ = trained(spins, settings, seed)
    found = classifier_errors.errors(energy_networks.class_energy(network, levels), model, levels)
    return {**found._asdict(), **weights(network, "weight.")}


def recorded_energy(record: Record) -> Callable[..., Any]:
    """The energy of the class that the classifier of a record finds, as a function of 4 x 4 spins."""
    network = EnergyCNN(4, len(levels), input_side=record.settings["input_side"])
    return energy_networks.class_energy(load_weights(network, record, "weight."), levels)


def distinct(spins: np.ndarray) -> int:
    """The number of different configurations among spins (n, *shape)."""
    return len(np.unique(spins.reshape(len(spins), -1), axis=0))


def summary(parts: Sequence[Mapping[str, Any]], sets: Sequence[np.ndarray]) -> Any:
    """Results of all seeds, and the weights of the first."""
    names = ("accuracy", "wrong", "distance")
    return {
        **{name: np.array([part[name] for part in parts]) for name in names},
        **{name: value for name, value in parts[0].items() if name.startswith("weight.")},
        "examples": np.array([[np.count_nonzero(model.energy(spins) == level) for level in levels] for spins in sets]),
        "distinct": np.array([distinct(spins) for spins in sets]),
    }


SEEDS = {("accuracy", "wrong", "distance", "distinct"): "seeds", "weight.*": "kept"}
