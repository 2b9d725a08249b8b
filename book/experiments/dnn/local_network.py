"""A network that sums a local energy over all sites, trained on 8 x 8 spins and tested on larger lattices (ours)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dnn.eight_by_eight_data import levels, model
from spinlib.datasets import targeted
from spinlib.datasets.training_sets import random_spins
from spinlib.learning import energy_networks
from spinlib.learning.supervised import Schedule, load_weights, predict, weights
from spinlib.models import Ising
from spinlib.networks.local_energy import LocalEnergy
from spinlib.samplers import learned_energy

if TYPE_CHECKING:
    from spinbook import Record, Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"per_class": 2, "hidden": 8, "epochs": 3, "batch": 20, "test": 100, "seeds": 3},
    "paper": {"per_class": 31, "hidden": 16, "epochs": 300, "batch": 50, "test": 100_000, "seeds": 3},
}
COMPARE = {"4": "seeds", "16": "seeds", "64": "seeds", "examples": "exact", "weight.*": "kept"}


def local_errors(network: Any, shape: tuple[int, ...], spins: np.ndarray) -> Any:
    """Largest error in J, and the share whose nearest multiple of 4 J is the true energy, in per cent."""
    other = Ising(shape)
    off = np.abs(model.n_sites * predict(network, spins).astype(np.float64) - other.energy(spins))
    return np.array([off.max(), 100 * np.mean(off < 2)])


def recorded_network(record: Record) -> Any:
    """The network of a record, with its weights."""
    return load_weights(LocalEnergy(hidden=record.settings["hidden"]), record, "weight.")


def one_local(settings: Mapping[str, Any], seed: int) -> Any:
    """Trained on 8 x 8 spins and tested on lattices of other sizes, of which it has seen none."""
    spins = targeted.draw(model, levels, settings["per_class"], seed=seed).reshape(-1, *model.shape)
    network = LocalEnergy(hidden=settings["hidden"])
    schedule = Schedule(settings["epochs"], "adam", 1e-2, "cosine", batch=settings["batch"], bfloat16=False)
    # Energies over the number of sites of the lattice that it is trained on: the sum itself, only in other units.
    energy_networks.fit(network, spins, model.energy(spins) / model.n_sites, schedule, seed)
    every = learned_energy.states_of(np.arange(2**16), (4, 4))
    tested = {
        "4": local_errors(network, (4, 4), every),
        "16": local_errors(network, (16, 16), random_spins((16, 16), settings["test"], seed + 1)),
        "64": local_errors(network, (64, 64), random_spins((64, 64), settings["test"] // 50, seed + 2)),
    }
    return {**tested, "examples": len(spins), **weights(network, "weight.")}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    return run.seeds(one_local, settings, n=settings["seeds"], several=("4", "16", "64"))
