"""Smoke runs that processes share: chapters that are tested side by side compute each of them once.

The Makefile names a folder in SPINBOOK_SMOKE_RUNS and empties it before its tests begin, so nothing in it is older than
the code. Without the variable every process computes its own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from . import storage
from .record import Record

VARIABLE = "SPINBOOK_SMOKE_RUNS"
_META = "meta "  # no name of a result ends with a space


def read(identity: Sequence[str]) -> Record | None:
    """The run of this identity, if one was kept."""
    path = _path(identity)
    if path is None or not path.exists():
        return None
    found = storage.from_npz(path.read_bytes())
    meta = json.loads(str(found.pop(_META)))
    return Record(found, meta)


def keep(identity: Sequence[str], run: Record) -> None:
    """Keep a run for other processes; two that computed it at once leave either, whole."""
    if path := _path(identity):
        storage.write_atomically(path, storage.to_npz({**run, _META: storage.canonical(run.meta)}))


def _path(identity: Sequence[str]) -> Path | None:
    folder = os.environ.get(VARIABLE)
    return Path(folder) / f"{storage.sha256(chr(0).join(identity).encode())}.npz" if folder else None
