"""Files that are written whole or not at all, and npz files of arrays, which are never pickled.

An npz file that would be too large is written in pieces: files of bytes beside it, `<name>.<mark>-<number>.piece`. In a
row they are an npz file of all arrays with axes. The file itself names them, with their checksums, and has the others.
"""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4
from zipfile import ZipFile

import numpy as np

_PIECES = "names and checksums of pieces"


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


def write_npz(path: str | os.PathLike[str], arrays: Mapping[str, Any], *, limit: int | None = None) -> None:
    """Write arrays of numbers, booleans and text into an npz file, whole or not at all.

    Parameters
    ----------
    path : str or path-like
        The file.
    arrays : mapping
        Arrays, or objects that numpy converts to arrays, by name.
    limit : int, optional
        Bytes of one file: arrays that take more are spread over several, whose names begin with that of this one. At
        every moment `read_npz` finds the old arrays or the new ones, since this file is replaced when the others are
        there; those of an earlier write go afterwards. One process at a time may write it.

    Raises
    ------
    TypeError
        For arrays of objects, which would have to be pickled.
    ValueError
        For a limit that is too small for the names of the pieces and the arrays without axes.

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
    if limit is None:
        with written_whole(path) as file:
            np.savez(file, **checked)
    else:
        _write_in_pieces(Path(path), checked, limit)


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
        If the file or one of its pieces is damaged or missing, is no npz file, or holds pickled objects.

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
        arrays = _unpacked(path)
        if _PIECES not in arrays:
            return arrays
        rows = [row.split(" ", 1) for row in arrays.pop(_PIECES).tobytes().decode().splitlines()]
        pieces = [_piece(Path(path).with_name(name), checksum) for checksum, name in rows]
        return arrays | _unpacked(BytesIO(b"".join(pieces)))
    except FileNotFoundError:
        raise
    except Exception as error:  # a damaged archive raises a dozen different errors
        raise ValueError(f"file {str(path)!r} is damaged, or is no npz file of arrays: {error}") from error


def _write_in_pieces(path: Path, arrays: Mapping[str, np.ndarray], limit: int) -> None:
    """Pieces first, then the file that names them, then away with those that it does not name."""
    whole, pieces = _packed(arrays), {}
    if len(whole) > limit:
        content, mark = _packed({name: one for name, one in arrays.items() if one.ndim}), uuid4().hex[:12]
        cuts = range(0, len(content), limit)
        pieces = {f"{path.name}.{mark}-{k:04}.piece": content[start : start + limit] for k, start in enumerate(cuts)}
        rows = [f"{hashlib.sha256(piece).hexdigest()} {name}" for name, piece in pieces.items()]
        whole = _packed({name: one for name, one in arrays.items() if not one.ndim} | {_PIECES: _text(rows)})
        if len(whole) > limit:
            raise ValueError(f"limit {limit}: the names of {len(pieces)} pieces and single numbers take {len(whole)}")
    for name, piece in pieces.items():
        with written_whole(path.with_name(name)) as file:
            file.write(piece)
    with written_whole(path) as file:
        file.write(whole)
    own = glob.escape(path.name)
    for left in (*path.parent.glob(f"{own}.*.piece"), *path.parent.glob(f".{own}.*.tmp")):
        if left.name not in pieces:
            left.unlink(missing_ok=True)


def _text(rows: list[str]) -> np.ndarray:
    """Lines of text as bytes: numpy's own text takes four bytes a letter."""
    return np.frombuffer("\n".join(rows).encode(), np.uint8)


def _packed(arrays: Mapping[str, np.ndarray]) -> memoryview:
    """The bytes of an npz file."""
    buffer = BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getbuffer()


def _unpacked(file: str | os.PathLike[str] | BytesIO) -> dict[str, np.ndarray]:
    """The arrays of one npz file; any of a dozen different errors for a damaged one."""
    with ZipFile(file) as archive:
        # Reads everything: numpy alone stops before the checksum when a damaged header names a shorter array.
        damaged = archive.testzip()
    if damaged is not None:
        raise ValueError(f"the checksum of {damaged} is wrong")
    if isinstance(file, BytesIO):
        file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _piece(path: Path, checksum: str) -> bytes:
    """The bytes of a piece."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ValueError(f"its piece {path.name} is missing") from None
    if hashlib.sha256(content).hexdigest() != checksum:
        raise ValueError(f"the checksum of its piece {path.name} is wrong")
    return content


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power failure, before anything is written that relies on it."""
    with suppress(OSError):  # not every system opens folders
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
