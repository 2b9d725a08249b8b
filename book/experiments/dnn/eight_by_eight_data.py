"""The 8 x 8 Ising model, its energy levels, targeted training and test sets that share no state, and the schedule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from spinlib.datasets import hash_split, targeted
from spinlib.exact import density_of_states
from spinlib.learning.supervised import Schedule
from spinlib.models import Ising

model = Ising((8, 8))


levels = np.array(density_of_states.ising_torus(model.shape)[0])


def even_sets(settings: Mapping[str, Any], seed: int) -> Any:
    """Training and test configurations of evenly spread energies."""
    wanted = settings["train"] + settings["test"]
    spins = targeted.draw(model, levels, int(1.05 * wanted / len(levels)) + 2, seed=seed)
    return hash_split.split(spins.reshape(-1, *model.shape), settings["train"], settings["test"], seed)


def schedule_of(settings: Mapping[str, Any], epochs: int) -> Schedule:
    return Schedule(epochs, "adam", 1e-3, "cosine", batch=settings["batch"])
