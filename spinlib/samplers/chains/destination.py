"""Destinations of kept spins other than new memory: an array of the caller, or a .npy, .zarr or .nc file.

A file is written under a temporary name beside the final one, draw by draw, and renamed when it is complete.
"""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import xarray as xr

FORMATS = (".npy", ".zarr", ".nc")
# Bytes of a chunk of a .zarr file.
_BYTES_PER_CHUNK = 2**19


class Destination(NamedTuple):
    """array: takes the spins, (temperature, chain, draw, *shape), by slices; multiples of draws_per_write are fastest.

    finish: completes the destination with the Dataset of all other variables, and returns it with the spins. discard:
    removes an incomplete file.
    """

    array: Any
    finish: Callable[[xr.Dataset], xr.Dataset]
    discard: Callable[[], Any]
    draws_per_write: int = 1


class Rows:
    """Some chains of an array (temperature, chain, draw, *shape) as one of (chain, draw, *shape), by slices of draws.

    rows: their numbers, counted temperature by temperature. It replaces a view, which an array in a file may not have.
    Threads may write to several of them at once.
    """

    def __init__(self, array: Any, rows: range, n_chains: int) -> None:
        self._array, self._rows, self._n_chains = array, rows, n_chains
        self.shape, self.dtype, self.ndim = (len(rows), *array.shape[2:]), array.dtype, len(array.shape) - 1

    def __setitem__(self, key: tuple[slice, slice], values: np.ndarray) -> None:
        for temperature, chains, part in self._parts():
            self._array[temperature, chains, key[1]] = values[part]

    def __getitem__(self, key: tuple[slice, slice]) -> np.ndarray:
        parts = [self._array[temperature, chains, key[1]] for temperature, chains, _ in self._parts()]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _parts(self) -> list[tuple[int, slice, slice]]:
        """For each temperature: its number, the chains there, and which of these rows they are."""
        found, row, n = [], self._rows.start, self._n_chains
        while row < self._rows.stop:
            temperature, stop = row // n, min(self._rows.stop, (row // n + 1) * n)
            of_rows = slice(row - self._rows.start, stop - self._rows.start)
            found.append((temperature, slice(row % n, row % n + stop - row), of_rows))
            row = stop
        return found


class BufferedRows(Rows):
    """Rows that are written `size` draws at a time, so that each chunk of a file is written once and whole.

    Draws come in their order. lock: held while the array is written to or read.
    """

    def __init__(self, array: Any, rows: range, n_chains: int, size: int, lock: Any) -> None:
        super().__init__(array, rows, n_chains)
        self._size, self._lock = size, lock
        self._buffer: np.ndarray | None = None
        self._first = self._stop = 0

    def __setitem__(self, key: tuple[slice, slice], values: np.ndarray) -> None:
        start, stop, _ = key[1].indices(self.shape[1])
        for low in range(start - start % self._size, stop, self._size):
            first, end = max(low, start), min(low + self._size, stop)
            if first != self._stop or first == low:
                self._write()
                self._first = first
            if self._buffer is None:
                # One buffer serves all writes: getting new memory takes as long as computing the spins.
                self._buffer = np.empty((len(self._rows), self._size, *self.shape[2:]), self.dtype)
            self._buffer[:, first - low : end - low] = values[:, first - start : end - start]
            self._stop = end
            if end in (low + self._size, self.shape[1]):
                self._write()

    def __getitem__(self, key: tuple[slice, slice]) -> np.ndarray:
        self._write()
        with self._lock:
            return super().__getitem__(key)

    def _write(self) -> None:
        if self._buffer is not None and self._first < self._stop:
            low = self._first - self._first % self._size
            with self._lock:
                ready = self._buffer[:, self._first - low : self._stop - low]
                super().__setitem__((slice(None), slice(self._first, self._stop)), ready)
        self._first = self._stop
        if self._stop == self.shape[1]:
            self._buffer = None


def destination(out: Any, dims: Sequence[str], shape: tuple[int, ...], dtype: Any) -> Destination:
    """For `out`: a path that ends in one of `FORMATS`, or an array of this shape and dtype.

    Raises ValueError for another ending, a path that exists or lies in no folder, and an array that does not fit;
    TypeError for anything else; ModuleNotFoundError where a file's format needs a package that is not installed.
    """
    if isinstance(out, np.ndarray):
        if out.shape != shape or out.dtype != dtype or not out.flags.writeable:
            state = "an " if out.flags.writeable else "a read-only "
            raise ValueError(
                f"out, {state}array of {out.dtype} {out.shape}: needed is one of {np.dtype(dtype)} {shape}"
            )
        return Destination(out, lambda draws: draws.assign(spins=(dims, out)), lambda: None)
    if not isinstance(out, str | os.PathLike):
        raise TypeError(f"out {out!r}: allowed are a path and an array")
    path = Path(out)
    if path.suffix not in FORMATS:
        raise ValueError(f"out {str(path)!r}: allowed are paths that end in {', '.join(FORMATS)}")
    if path.exists():
        raise ValueError(f"out {str(path)!r}: it exists; it would be overwritten")
    if not path.absolute().parent.is_dir():
        raise ValueError(f"out {str(path)!r}: there is no folder {str(path.absolute().parent)!r}")
    part = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    make = {".npy": _numpy_file, ".zarr": _zarr, ".nc": _netcdf}[path.suffix]
    try:
        return make(part, path, dims, shape, np.dtype(dtype))
    except ModuleNotFoundError as error:
        message = f"out {str(path)!r} needs {error.name}: install spinlib with its extra [files], as in pip install"
        raise ModuleNotFoundError(f"{message} '.[files]'", name=error.name) from None
    except BaseException:
        _remove(part)
        raise


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _numpy_file(part: Path, path: Path, dims: Sequence[str], shape: tuple[int, ...], dtype: np.dtype) -> Destination:
    """The spins alone; the file is mapped to memory."""
    array = np.lib.format.open_memmap(part, mode="w+", dtype=dtype, shape=shape)

    def finish(draws: xr.Dataset) -> xr.Dataset:
        array.flush()
        os.replace(part, path)
        return draws.assign(spins=(dims, np.load(path, mmap_mode="r")))

    return Destination(array, finish, lambda: _remove(part))


def _zarr(part: Path, path: Path, dims: Sequence[str], shape: tuple[int, ...], dtype: np.dtype) -> Destination:
    """The whole Dataset; spins are not compressed."""
    import zarr

    group, chunks = zarr.open_group(part, mode="w"), _chunks(shape, dtype)
    array = group.create_array(
        "spins", shape=shape, chunks=chunks, dtype=dtype, compressors=None, dimension_names=list(dims)
    )

    def finish(draws: xr.Dataset) -> xr.Dataset:
        import xarray as xr

        with warnings.catch_warnings():
            # The zarr 3 format does not specify consolidated metadata yet; without this filter every reader is warned.
            warnings.filterwarnings("ignore", message="Consolidated metadata")
            draws.to_zarr(part, mode="a", consolidated=True)
        os.replace(part, path)
        return xr.open_dataset(path, engine="zarr", chunks=None)

    return Destination(array, finish, lambda: _remove(part), chunks[2])


def _chunks(shape: tuple[int, ...], dtype: np.dtype) -> tuple[int, ...]:
    """A chunk holds draws of one chain or, of short chains, of several at one temperature."""
    _, n_chains, n_draws, *sites = shape
    bytes_per_draw = int(np.prod(sites)) * dtype.itemsize
    draws = min(n_draws, max(1, _BYTES_PER_CHUNK // bytes_per_draw))
    chains = min(n_chains, max(1, _BYTES_PER_CHUNK // (bytes_per_draw * draws)))
    return (1, chains, draws, *sites)


def _netcdf(part: Path, path: Path, dims: Sequence[str], shape: tuple[int, ...], dtype: np.dtype) -> Destination:
    """The whole Dataset as netCDF4."""
    import h5netcdf

    file = h5netcdf.File(part, "w")
    file.dimensions = dict(zip(dims, shape, strict=True))
    array = file.create_variable("spins", tuple(dims), dtype)

    def finish(draws: xr.Dataset) -> xr.Dataset:
        import xarray as xr

        file.close()
        draws.to_netcdf(part, mode="a", engine="h5netcdf")
        os.replace(part, path)
        return xr.open_dataset(path, engine="h5netcdf")

    def discard() -> None:
        file.close()
        _remove(part)

    return Destination(array, finish, discard)
