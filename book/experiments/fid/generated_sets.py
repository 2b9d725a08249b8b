"""Correlations and Hamming distances of the configurations that the networks of paper fid generate.

From the sign-rounded configurations of the records of networks, at each of their temperatures and for each training.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.fid import generated, sets
from spinlib.fidelity.reference import aligned
from spinlib.observables import hamming_distance

if TYPE_CHECKING:
    from spinbook import Run

USES = generated.RECORDS
MODELS = ["DiffIsing2", "GAN+M", "GAN"]
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"models": MODELS, "pictured": [2.3, 3.0]},
    "laptop": {"models": MODELS, "pictured": [1.4, 2.3, 2.4, 3.0]},
    "paper": {"models": MODELS, "pictured": [1.4, 2.3, 2.4, 3.0]},
}
ASKED = ("g", "zero", "smallest", "m", "order", "distance", "aligned_distance", "both_signs")
COMPARE: dict[Any, Any] = {
    ASKED: ("seeds", 2),
    ("T", "pictured", "models"): "exact",
    "pictures": "kept",
}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """g (model, temperature, training, r), and (model, temperature, training) of the other names of `ASKED`.

    both_signs: share of the rarer sign of m. pictures: two configurations of the first training at each temperature of
    `pictured` that the records have (model, temperature, 2, L, L).
    """
    T, models, uses = generated.temperatures(run.uses), settings["models"], run.uses
    pictured = [t for t in settings["pictured"] if np.isclose(T, t).any()]
    rows = [
        [[asked(generated.configurations(uses, name, k, t)) for k in range(generated.trainings(uses, name))] for t in T]
        for name in run.progress(models, "models")
    ]
    found: dict[str, Any] = {
        key: np.array([[[one[key] for one in row] for row in each] for each in rows]) for key in ASKED
    }
    found["pictures"] = np.array(
        [[generated.configurations(uses, name, 0, t)[:2] for t in pictured] for name in models]
    )
    return found | {"T": T, "pictured": np.array(pictured), "models": np.array(models)}


def asked(spins: np.ndarray) -> dict[str, Any]:
    """What is asked of one set (n, L, L): `ASKED`."""
    up = float((spins.sum(axis=(1, 2), dtype=np.int64) > 0).mean())
    down = float((spins.sum(axis=(1, 2), dtype=np.int64) < 0).mean())
    return sets.asked(spins) | {
        "distance": hamming_distance(spins),
        "aligned_distance": hamming_distance(aligned(spins)),
        "both_signs": min(up, down),
    }
