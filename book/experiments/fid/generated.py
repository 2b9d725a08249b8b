"""The sign-rounded configurations that the records of networks keep, by model, training and temperature.

All have the arrays `models` (names), `T` and `spins` (model, training, temperature, n, bytes): the signs as bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from experiments.fid import sets
from experiments.fid.together import Together

__all__ = ["RECORDS", "configurations", "temperatures", "trainings"]

# Each with its further trainings behind it.
_KINDS = (("fid/diffusion", "fid/diffusion_more"), ("fid/gan", "fid/gan_more"))
RECORDS = tuple(name for names in _KINDS for name in names)


def _records(uses: Mapping[str, Any]) -> list[Together]:
    """Those that are used, one for each kind of network."""
    used = [[uses[name] for name in names if name in uses] for names in _KINDS]
    return [Together(*some) for some in used if some]


def _record(uses: Mapping[str, Any], model: str) -> tuple[Together, int]:
    """The results that a model is among, and its place in them."""
    known = [(one, one["models"].tolist()) for one in _records(uses)]
    for one, models in known:
        if model in models:
            return one, models.index(model)
    raise ValueError(f"model {model!r}: choose from {', '.join(name for _, models in known for name in models)}")


def temperatures(uses: Mapping[str, Any]) -> np.ndarray:
    """The temperatures that all the records that are used have."""
    several = [np.round(one["T"], 6) for one in _records(uses)]
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
