"""Files that are written whole or not at all, and npz files of arrays, which are never pickled."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4
from zipfile import ZipFile

import numpy as np


@contextmanager
def written_whole(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A new file for writing bytes, which becomes `path` when all has been written.

    The file has another name until its contents are on the disk, so no one ever reads half of it, even if the program
    is killed or the power fails. If writing fails, nothing is left behind, and an older file of the name stays.

    Parameters
    ----------
    path : str or path-like
        Its folder is made if it does not exist.

    Yields
    ------
    binary file
        Open for writing.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from spinlib.files import written_whole
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with written_whole(Path(folder) / "numbers.txt") as file:
    ...         _ = file.write(b"1 2 3")
    ...     (Path(folder) / "numbers.txt").read_text()
    '1 2 3'
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{uuid4().hex}.tmp")
    try:
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
        _sync_folder(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def write_npz(path: str | os.PathLike[str], arrays: Mapping[str, Any]) -> None:
    """Write arrays of numbers, booleans and text into an npz file, whole or not at all.

    Parameters
    ----------
    path : str or path-like
        The file.
    arrays : mapping
        Arrays, or objects that numpy converts to arrays, by name.

    Raises
    ------
    TypeError
        For arrays of objects, which would have to be pickled.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from spinlib.files import read_npz, write_npz
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_npz(Path(folder) / "run.npz", {"energy": [-2.0, -1.5], "seed": 3})
    ...     read_npz(Path(folder) / "run.npz")["energy"].tolist()
    [-2.0, -1.5]
    """
    checked = {name: np.asanyarray(values) for name, values in arrays.items()}
    for name, values in checked.items():
        if values.dtype.hasobject:
            raise TypeError(f"array {name!r} of dtype {values.dtype}: allowed are numbers, booleans and text")
    with written_whole(path) as file:
        np.savez(file, **checked)


def read_npz(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """The arrays of an npz file by name, after its checksums have been compared.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    dict
        Arrays by name.

    Raises
    ------
    FileNotFoundError
        If there is no file.
    ValueError
        If the file is damaged, is no npz file, or holds pickled objects.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from spinlib.files import read_npz
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "broken.npz"
    ...     _ = file.write_bytes(b"no archive")
    ...     try:
    ...         read_npz(file)
    ...     except ValueError as error:
    ...         print("damaged" in str(error))
    True
    """
    try:
        with ZipFile(path) as archive:
            # Reads everything: numpy alone stops before the checksum when a damaged header names a shorter array.
            damaged = archive.testzip()
        if damaged is not None:
            raise ValueError(f"the checksum of {damaged} is wrong")
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except FileNotFoundError:
        raise
    except Exception as error:  # a damaged archive raises a dozen different errors
        raise ValueError(f"file {str(path)!r} is damaged, or is no npz file of arrays: {error}") from error


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power failure, before anything is written that relies on it."""
    with suppress(OSError):  # not every system opens folders
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
