"""Figure 5 of paper dp: how many cells survive with 24 neighbours, by the strength of contact.

The matrix of Table II is the paper's; the scaled variants are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dp.cell_runs import alive, runs
from spinlib.models.cell_sorting import sorting_model

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "runs": 16,
        "sweeps": 200,
        "factors": {"moore": [1, 2], "moore2": [0.2, 0.4]},
        "vanish_sweeps": 500,
        "shown": [0, 3, 10, 30, 100, 300],
    },
    "paper": {
        "runs": 48,
        "sweeps": 10000,
        "factors": {"moore": [0.5, 1, 1.25, 1.5, 2, 3], "moore2": [0.1, 0.2, 0.25, 0.3, 0.4, 0.6, 1]},
        "vanish_sweeps": 1000,
        "shown": [0, 3, 10, 30, 100, 300],
    },
}
COMPARE = {
    ("strength", "neighborhood", "printed_time", "printed_shown"): "exact",
    "printed_alive": "seeds",
    "printed_length": "seeds",
    "printed_cells": "kept",
    "printed_types": "kept",
}


flat = np.zeros((60, 60), dtype=int)
flat[:, 20:40] = 1


pairs_per_length = {
    name: int(sorting_model(seed=0).boundary_lengths(flat, name).sum() / 120) for name in ("nearest", "moore", "moore2")
}


def as_printed(settings: Mapping[str, Any], seed: int) -> Any:
    times = np.unique(np.geomspace(1, settings["vanish_sweeps"], 40).astype(int))
    models, data = runs(
        settings,
        seed,
        "moore2",
        n_sweeps=settings["vanish_sweeps"],
        measure_at=[0, *times],
        snapshots_at=settings["shown"],
    )
    return {
        "time": data.time.values,
        "alive": alive(data),
        "length": data.boundary_length.values,
        "shown": data.snapshot.values,
        "cells": data.cells.values[0].astype(np.int8),
        "types": models[0].types,
    }


def survivors(settings: Mapping[str, Any], seed: int, neighborhood: str, factor: float) -> Any:
    _, data = runs(settings, seed, neighborhood, factor, n_sweeps=settings["sweeps"], measure_at=[settings["sweeps"]])
    return alive(data)[:, -1]


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    factors = [(name, factor) for name, values in settings["factors"].items() for factor in values]
    left = np.array(
        [
            run.part(f"{name} x {factor}", survivors, settings, run.seed, name, factor)
            for name, factor in run.progress(factors, "coupling")
        ]
    )
    return {
        "strength": np.array([factor * pairs_per_length[name] for name, factor in factors]),
        "neighborhood": np.array([name for name, _ in factors]),
        "left": left.mean(1),
        "left_error": left.std(1, ddof=1) / np.sqrt(left.shape[1]),
        **{f"printed_{name}": value for name, value in run.part("as printed", as_printed, settings, run.seed).items()},
    }
