"""Files that are written whole or not at all, and the text form that checksums are taken of."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from spinlib.files import written_whole


def write_atomically(path: Path, content: bytes) -> None:
    """Write `path` through a temporary file of the same folder, so that no reader ever sees half of it."""
    with written_whole(path) as file:
        file.write(content)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def plain(value: Any) -> Any:
    """`value` as JSON has it: lists for tuples and arrays, numbers for numpy scalars, None for nan and infinity."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{value!r} of type {type(value).__name__} cannot be stored as JSON")


def canonical(content: Mapping[str, Any]) -> str:
    """The one text of a JSON object: keys sorted, so equal contents have equal text and checksum."""
    return json.dumps(plain(content), sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def to_npz(arrays: Mapping[str, Any]) -> bytes:
    """A compressed npz of numbers, booleans and text; object arrays (which need pickle) raise TypeError."""
    checked = {name: np.asarray(array) for name, array in arrays.items()}
    for name, array in checked.items():
        if array.dtype.kind not in "biufcU":
            raise TypeError(f"{name!r} has dtype {array.dtype}: only numbers, booleans and text can be stored")
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **checked)  # type: ignore[arg-type]
    return buffer.getvalue()


def from_npz(content: bytes) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}
