"""The sign-rounded configurations that the records of networks keep, by model, training and temperature.

Both records have the arrays `models` (names), `T` and `spins` (model, training, temperature,
n, bytes): the signs as bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from experiments.fid import sets

__all__ = ["RECORDS", "configurations", "temperatures", "trainings"]

RECORDS = ("fid/diffusion", "fid/gan")


def _record(uses: Mapping[str, Any], model: str) -> tuple[Any, int]:
    """The record that has a model, and the model's place in it."""
    known = {name: one["models"].tolist() for name, one in uses.items() if name in RECORDS}
    for name, models in known.items():
        if model in models:
            return uses[name], models.index(model)
    raise ValueError(f"model {model!r}: choose from {', '.join(one for models in known.values() for one in models)}")


def temperatures(uses: Mapping[str, Any]) -> np.ndarray:
    """The temperatures that all the records that are used have."""
    several = [np.round(uses[name]["T"], 6) for name in RECORDS if name in uses]
    common = set(several[0].tolist()).intersection(*(one.tolist() for one in several[1:]))
    return np.array(sorted(common))


def trainings(uses: Mapping[str, Any], model: str) -> int:
    """How often a model was trained."""
    record, place = _record(uses, model)
    return len(record["spins"][place])


def configurations(uses: Mapping[str, Any], model: str, training: int, temperature: float) -> np.ndarray:
    """int8 configurations (n, L, L) at a temperature that the record has."""
    record, place = _record(uses, model)
    at = np.flatnonzero(np.isclose(record["T"], temperature))
    if len(at) != 1:
        raise ValueError(f"T {temperature}: allowed are {', '.join(f'{t:.4g}' for t in record['T'])}")
    return sets.unpacked(record["spins"][place, training, at[0]], record.settings["L"])
