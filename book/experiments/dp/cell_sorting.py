"""Figures 5 and 6 of paper dp: cell sorting with 8 neighbours, by the parallel and by the serial dynamics.

Steps and couplings are the paper's; the number of runs is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dp.cell_runs import alive, runs
from spinlib.models.cell_sorting import LIGHT, sorting_model
from spinlib.statistics import mean_and_error

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        **{"runs": 48, "sweeps": 200, "early": 16, "late": 5},
        **{"shown": [0, 3, 10, 30, 100], "compared": [3, 10, 30]},
    },
    "paper": {
        **{"runs": 96, "sweeps": 20000, "early": 60, "late": 41},
        **{"shown": [0, 10, 100, 1000, 3000], "compared": [10, 30, 100, 300]},
    },
}
COMPARE = {
    "time": "exact",
    "shown": "exact",
    "area_histogram": "kept",
    "cells": "kept",
    "types": "kept",
    ("length", "area", "area_width", "alive", "light_clusters", "light_area"): ("seeds", 1),
}


NAMES = ("serial", "parallel", "ordered")


PAIRS = list(sorting_model(seed=0).pair_names)


def sorting_runs(settings: Mapping[str, Any], seed: int, dynamics: str) -> Any:
    sweeps, shown = settings["sweeps"], [*settings["shown"], settings["sweeps"]]
    early = np.geomspace(1, sweeps, settings["early"]).astype(int)
    late = np.linspace(sweeps // 2, sweeps, settings["late"]).astype(int)
    times = np.unique(np.concatenate([[0], early, late, settings["compared"]]))
    models, data = runs(
        settings, seed, "moore", dynamics=dynamics, n_sweeps=sweeps, measure_at=times, snapshots_at=shown
    )
    area = data.area.sel(time=slice(sweeps // 2, None)).values
    end = data.cells.values[:, -1]
    return {
        "time": times,
        "length": data.boundary_length.values.astype(np.int16),
        "area": area.mean((1, 2)),
        "area_width": area.std((1, 2)),
        "area_histogram": np.bincount(area.ravel(), minlength=60)[:60],
        "alive": alive(data)[:, -1].sum(-1),
        "light_clusters": np.array([model.clusters(cells)[LIGHT] for model, cells in zip(models, end, strict=True)]),
        "light_area": (area * (data.types.values == LIGHT)[:, None]).sum(-1).mean(1),
        "shown": np.array(shown),
        "cells": data.cells.values[0].astype(np.int8),
        "types": models[0].types,
    }


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    parts = [run.part(name, sorting_runs, settings, run.seed, name) for name in run.progress(NAMES, "dynamics")]
    together = {key: np.stack([part[key] for part in parts]) for key in parts[0]}
    time = together["time"] = parts[0]["time"]
    late = together["length"][:, :, time >= settings["sweeps"] // 2].mean(2)
    estimates = [[mean_and_error(late[i, :, pair]) for pair in range(len(PAIRS))] for i in range(len(NAMES))]
    together["late"] = np.array([[estimate.value for estimate in row] for row in estimates])
    together["late_error"] = np.array([[estimate.error for estimate in row] for row in estimates])
    return together
