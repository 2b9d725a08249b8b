"""Draws of finished blocks, kept in a folder so that a rerun of an interrupted `spinlib.sample` continues.

One npz file per block, without pickle. It is written under a temporary name and then renamed, so it is there whole or
not at all, also when the program is killed. Its name is a hash of all that the draws follow from, so draws of other
settings are never found; any number of calls may share a folder, and it can be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import numpy as np

from spinlib.samplers.chains import Block


def folder(path: str | os.PathLike[str]) -> Path:
    """`path`, made if it does not exist. Raises TypeError for what is no path, ValueError for a file."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"checkpoint {path!r}: has to be the path of a folder")
    found = Path(path)
    try:
        found.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise ValueError(f"checkpoint {str(path)!r}: is or lies under a file, has to be a folder") from error
    return found


def key(block: Block) -> str:
    """sha256, 64 hexadecimal digits, of the fields of a block, with the model's arrays, and spinlib's version.

    Raises TypeError for a model whose `__reduce__` is not its class and the arguments that make an equal one.
    """
    from spinlib import __version__

    described = {field.name: _described(getattr(block, field.name)) for field in fields(block)}
    text = json.dumps({"spinlib": __version__, "block": described}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def store(folder: Path, block: Block, draws: Mapping[str, Any]) -> None:
    """Write the draws of a block: numbers only, each array under its name."""
    path = folder / f"{key(block)}.npz"
    temporary = path.with_name(f".{path.stem}.{uuid4().hex}.tmp")
    try:
        with open(temporary, "xb") as file:
            np.savez(file, **draws)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def load(folder: Path, block: Block) -> dict[str, np.ndarray] | None:
    """The stored draws of a block; None if there are none, or if the file is damaged."""
    path = folder / f"{key(block)}.npz"
    names = {*block.observables, *(["spins"] if block.keep_spins else [])}
    try:
        with ZipFile(path) as archive:
            # Reads everything: numpy alone stops before the checksum when a damaged header names a shorter array.
            intact = archive.testzip() is None
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files} if intact and names == set(arrays.files) else None
    except Exception:
        # A damaged archive raises a dozen different errors. Whichever it is, the block is computed again.
        return None


def _described(value: Any) -> Any:
    """`value` as JSON holds it without loss; an array as its dtype, shape and sha256."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray):
        return [value.dtype.str, value.shape, hashlib.sha256(value.tobytes()).hexdigest()]
    if isinstance(value, range):
        return [value.start, value.stop, value.step]
    if isinstance(value, dict):
        return ["dict", *([name, _described(item)] for name, item in sorted(value.items()))]
    if isinstance(value, tuple | list):
        return [_described(item) for item in value]
    made_by, arguments, *state = value.__reduce__()
    if made_by is not type(value) or state:
        raise TypeError(f"{value!r}: its __reduce__ has to be its class and the arguments of that")
    return [made_by.__qualname__, _described(arguments)]
