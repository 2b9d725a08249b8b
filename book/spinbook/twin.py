"""The twin: a record keeps the measured numbers of its own smoke run, and every later smoke run is compared with them.

So a change of code that changes a result is noticed in seconds, even where the record itself took hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from . import record

SIGMAS = 4.0

Pairs = Mapping[str, tuple[np.ndarray, np.ndarray]]


def of(key: record.Key, smoke: record.Record) -> dict[str, Any]:
    """What the json of a record keeps of its smoke run."""
    numbers = {name: {"value": value, "error": error} for name, (value, error) in smoke.measured().items()}
    return {"version": key.version, "settings": key.settings["smoke"], "measured": numbers}


def measured_of(kept: Mapping[str, Any]) -> Pairs:
    """The measured numbers in what `of` made."""
    return {name: (_array(pair["value"]), _array(pair["error"])) for name, pair in kept["measured"].items()}


def _array(values: Any) -> np.ndarray:
    return np.array(values, dtype=np.float64)  # None, which stands for nan in JSON, becomes nan


def is_current(key: record.Key) -> bool:
    """Whether the stored record keeps a smoke run of the declared smoke settings."""
    return key.matches(record.read(key).meta["smoke"], "smoke")


def check(key: record.Key, fresh: record.Record) -> None:
    """Compare a smoke run with the one that the stored record keeps; nothing to compare where none is stored."""
    if not key.path.exists():
        return
    stored = record.read(key)
    if not key.matches(stored.meta["smoke"], "smoke"):
        raise record.RecordError(
            f"record {key.full_name} keeps a smoke run of other settings or version {stored.meta['smoke']['version']}; "
            f"bring it up to date with\n  {key.command(stored.scale if stored.scale in key.settings else None)}"
        )
    compare(measured_of(stored.meta["smoke"]), fresh.measured(), key.full_name)


def compare(stored: Pairs, fresh: Pairs, name: str) -> None:
    """RecordError where two runs of one record disagree.

    They agree if they hold the same names and shapes and, element by element, |a - b| <= 4 sqrt(sa^2 + sb^2) (plus
    1e-9 |a| for rounding). An element that is nan in one run must be nan in the other; one whose errors are not
    valid (nan) in both is not compared.
    """
    if set(stored) != set(fresh):
        raise record.RecordError(
            f"record {name}: measured names differ, {sorted(stored)} stored and {sorted(fresh)} computed"
        )
    for quantity, (a, a_error) in stored.items():
        b, b_error = fresh[quantity]
        if a.shape != b.shape:
            raise record.RecordError(f"record {name}: {quantity} has shape {b.shape}, stored is {a.shape}")
        unlike = (np.isfinite(a) != np.isfinite(b)) | (np.isfinite(a_error) != np.isfinite(b_error))
        sigma = np.hypot(a_error, b_error)
        beyond = np.abs(a - b) > SIGMAS * sigma + 1e-9 * np.abs(a)
        if np.any(bad := unlike | beyond):
            at = tuple(int(i) for i in np.argwhere(bad)[0])
            raise record.RecordError(
                f"record {name}: {quantity}{list(at) or ''} = {b[at]:.8g} +- {b_error[at]:.2g} disagrees with the "
                f"stored {a[at]:.8g} +- {a_error[at]:.2g} ({int(bad.sum())} of {bad.size} elements beyond "
                f"{SIGMAS:g} combined sigma); if the change is meant, raise the record's version"
            )
