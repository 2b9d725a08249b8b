"""What all models ask of configurations: shape, array kind (numpy or torch), and work in bounded memory."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

# Sites that one step of a computation works on: temporaries stay within a processor's cache, and within a
# small part of an accelerator's memory.
SITES_PER_BLOCK = 2**18
SITES_PER_DEVICE_BLOCK = 2**24


def finite_number(name: str, value: Any) -> float:
    """`value` as a float; ValueError if it is not one finite real number."""
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} {value!r}: has to be a finite real number") from error
    if not np.isfinite(number):
        raise ValueError(f"{name} {number}: has to be finite")
    return number


def is_tensor(array: Any) -> bool:
    """Whether `array` is a torch tensor; torch is not imported for the question."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(array, torch.Tensor)


def as_array(array: Any) -> Any:
    """A torch tensor as it is, anything else as a numpy array."""
    return array if is_tensor(array) else np.asarray(array)


def as_floats(array: Any) -> Any:
    """`as_array`, which has to be of a floating dtype: TypeError if not."""
    array = as_array(array)
    floating = array.is_floating_point() if is_tensor(array) else array.dtype.kind == "f"
    if not floating:
        raise TypeError(f"soft spins of dtype {array.dtype}: have to be of a floating dtype")
    return array


def check_real(array: Any, name: str = "spins") -> None:
    """Raise TypeError unless `array` is of an integer or floating dtype."""
    if is_tensor(array):
        real = not array.is_complex() and str(array.dtype) != "torch.bool"
    else:
        real = array.dtype.kind in "iuf"
    if not real:
        raise TypeError(f"{name} of dtype {array.dtype}: have to be of an integer or floating dtype")


def as_rows(spins: Any, shape: tuple[int, ...], name: str = "spins") -> tuple[Any, tuple[int, ...]]:
    """Configurations (..., *shape) as rows (n, N), with the leading axes; ValueError for any other shape."""
    ndim = len(shape)
    if tuple(spins.shape[-ndim:]) != shape:
        raise ValueError(f"{name} of shape {tuple(spins.shape)}: the last {ndim} axes have to be {shape}")
    leading = tuple(spins.shape[:-ndim])
    return spins.reshape(math.prod(leading), math.prod(shape)), leading


def blocks(rows: Any) -> Iterator[Any]:
    """Rows (n, N) a few at a time."""
    on_device = is_tensor(rows) and rows.device.type != "cpu"
    step = max(1, (SITES_PER_DEVICE_BLOCK if on_device else SITES_PER_BLOCK) // rows.shape[1])
    return (rows[start : start + step] for start in range(0, len(rows), step))


def take(rows: Any, index: Any) -> Any:
    """The columns `index` of rows (n, N)."""
    return rows.index_select(1, index) if is_tensor(rows) else rows.take(index, axis=1)


def as_float64(array: Any) -> Any:
    """numpy or torch, in double precision."""
    return array.double() if is_tensor(array) else array.astype(np.float64)


def cosine_and_sine(angles: Any) -> tuple[Any, Any]:
    """numpy or torch, of angles in radians."""
    return (angles.cos(), angles.sin()) if is_tensor(angles) else (np.cos(angles), np.sin(angles))


def as_int8(array: Any) -> Any:
    """numpy or torch, as the signed bytes that spins are stored in."""
    if is_tensor(array):
        return array.to(sys.modules["torch"].int8)
    return array.astype(np.int8, copy=False)


def like(table: np.ndarray, array: Any, dtype: Any = None) -> Any:
    """A numpy table as whatever `array` is: numpy, or torch on its device; of `dtype` if one is given."""
    if not is_tensor(array):
        return table.astype(dtype or table.dtype, copy=False)
    # A copy, because tables are read-only and torch has no such thing.
    return sys.modules["torch"].tensor(table, dtype=dtype, device=array.device)


def stack(blocks: Iterable[Any], shape: tuple[int, ...], origin: Any) -> Any:
    """Blocks of results one after the other, as one float64 array of `shape` of the kind of `origin`."""
    if is_tensor(origin):
        torch = sys.modules["torch"]
        parts = [torch.zeros(0, dtype=torch.float64, device=origin.device)]
        return torch.cat([*parts, *(block.flatten() for block in blocks)]).reshape(shape)
    result, filled = np.empty(math.prod(shape)), 0
    for block in blocks:
        result[filled : filled + block.size] = block.ravel()
        filled += block.size
    return result.reshape(shape)[()]
