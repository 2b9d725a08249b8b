"""Repeated runs of the cellular Potts model, and which cells are alive in a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from spinlib.models.cell_sorting import DARK, LIGHT, TEMPERATURE, aggregate, sorting_model
from spinlib.samplers.cellular_potts import simulate


def runs(
    settings: Mapping[str, Any],
    seed: int,
    neighborhood: str,
    factor: float = 1.0,
    dynamics: str = "serial",
    **arguments: Any,
) -> Any:
    """Runs that start from the same square and differ in which cells are light: (models, Dataset)."""
    models = [
        sorting_model(seed=seed + run, neighborhood=neighborhood, coupling_factor=factor)
        for run in range(settings["runs"])
    ]
    with ThreadPoolExecutor(2) as executor:
        data = simulate(
            models, aggregate(), temperature=TEMPERATURE, dynamics=dynamics, seed=seed, executor=executor, **arguments
        )
    return models, data


def alive(data: Any) -> Any:
    """Cells left of each type, (run, time, type)."""
    living = data.area.transpose("run", "time", "cell").values > 0
    return np.stack([(living & (data.types.values == kind)[:, None]).sum(-1) for kind in (DARK, LIGHT)], axis=-1)
