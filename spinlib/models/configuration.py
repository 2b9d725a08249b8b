"""Helpers of all models for configurations: shape, kind of array (numpy or torch), and work in bounded memory."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

__all__ = [
    "SITES_PER_BLOCK",
    "SITES_PER_DEVICE_BLOCK",
    "as_array",
    "as_float64",
    "as_floats",
    "as_int8",
    "as_rows",
    "blocks",
    "check_real",
    "cosine_and_sine",
    "finite_number",
    "is_tensor",
    "like",
    "stack",
    "take",
]

# The number of sites in one step of a computation: temporaries fit a processor's cache, or a small part of an
# accelerator's memory.
SITES_PER_BLOCK = 2**18
SITES_PER_DEVICE_BLOCK = 2**24


def finite_number(name: str, value: Any) -> float:
    """A number as a float, refused unless it is finite and real.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : object
        The number.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        What is no finite real number.

    Examples
    --------
    >>> from spinlib.models.configuration import finite_number
    >>> finite_number("field", 1)
    1.0
    """
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} {value!r}: has to be a finite real number") from error
    if not np.isfinite(number):
        raise ValueError(f"{name} {number}: has to be finite")
    return number


def is_tensor(array: Any) -> bool:
    """Whether an array is a torch tensor; torch is not imported for the question.

    Parameters
    ----------
    array : object
        Anything.

    Returns
    -------
    bool

    Examples
    --------
    >>> from spinlib.models.configuration import is_tensor
    >>> is_tensor([1, -1])
    False
    """
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(array, torch.Tensor)


def as_array(array: Any) -> Any:
    """A torch tensor as it is, anything else as a numpy array.

    Parameters
    ----------
    array : array_like or torch.Tensor
        An array.

    Returns
    -------
    ndarray or torch.Tensor

    Examples
    --------
    >>> from spinlib.models.configuration import as_array
    >>> as_array([1, -1])
    array([ 1, -1])
    """
    return array if is_tensor(array) else np.asarray(array)


def as_floats(array: Any) -> Any:
    """An array as `as_array` returns it, refused unless its dtype is floating.

    Parameters
    ----------
    array : array_like or torch.Tensor
        An array.

    Returns
    -------
    ndarray or torch.Tensor

    Raises
    ------
    TypeError
        Another dtype.

    Examples
    --------
    >>> from spinlib.models.configuration import as_floats
    >>> as_floats([0.5, -1.0])
    array([ 0.5, -1. ])
    """
    array = as_array(array)
    floating = array.is_floating_point() if is_tensor(array) else array.dtype.kind == "f"
    if not floating:
        raise TypeError(f"soft spins of dtype {array.dtype}: have to be of a floating dtype")
    return array


def check_real(array: Any, name: str = "spins") -> None:
    """Refuse an array whose dtype is neither integer nor floating.

    Parameters
    ----------
    array : ndarray or torch.Tensor
        An array.
    name : str
        Its name, for the message.

    Raises
    ------
    TypeError
        Another dtype.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models.configuration import check_real
    >>> check_real(np.array([True]))
    Traceback (most recent call last):
    TypeError: spins of dtype bool: have to be of an integer or floating dtype
    """
    if is_tensor(array):
        real = not array.is_complex() and str(array.dtype) != "torch.bool"
    else:
        real = array.dtype.kind in "iuf"
    if not real:
        raise TypeError(f"{name} of dtype {array.dtype}: have to be of an integer or floating dtype")


def as_rows(spins: Any, shape: tuple[int, ...], name: str = "spins") -> tuple[Any, tuple[int, ...]]:
    """Configurations as rows, with the leading axes.

    Parameters
    ----------
    spins : ndarray or torch.Tensor, shape (..., *shape)
        Configurations.
    shape : tuple of int
        Sites per axis.
    name : str
        The array's name, for the message.

    Returns
    -------
    rows : ndarray or torch.Tensor, shape (n, N)
        One row per configuration.
    leading : tuple of int
        The leading axes' shape.

    Raises
    ------
    ValueError
        Any other shape.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models.configuration import as_rows
    >>> rows, leading = as_rows(np.ones((2, 3, 4, 4)), (4, 4))
    >>> rows.shape, leading
    ((6, 16), (2, 3))
    """
    ndim = len(shape)
    if tuple(spins.shape[-ndim:]) != shape:
        raise ValueError(f"{name} of shape {tuple(spins.shape)}: the last {ndim} axes have to be {shape}")
    leading = tuple(spins.shape[:-ndim])
    return spins.reshape(math.prod(leading), math.prod(shape)), leading


def blocks(rows: Any) -> Iterator[Any]:
    """A few rows at a time, so that temporaries stay small.

    Parameters
    ----------
    rows : ndarray or torch.Tensor, shape (n, N)
        Rows.

    Returns
    -------
    iterator of ndarray or torch.Tensor, shape (a few, N)

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models.configuration import blocks
    >>> [len(block) for block in blocks(np.zeros((6, 2**17)))]
    [2, 2, 2]
    """
    on_device = is_tensor(rows) and rows.device.type != "cpu"
    step = max(1, (SITES_PER_DEVICE_BLOCK if on_device else SITES_PER_BLOCK) // rows.shape[1])
    return (rows[start : start + step] for start in range(0, len(rows), step))


def take(rows: Any, index: Any) -> Any:
    """Columns of rows.

    Parameters
    ----------
    rows : ndarray or torch.Tensor, shape (n, N)
        Rows.
    index : ndarray or torch.Tensor, shape (m,)
        Which columns, of the same kind of array.

    Returns
    -------
    ndarray or torch.Tensor, shape (n, m)

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models.configuration import take
    >>> take(np.array([[5, 6, 7]]), np.array([2, 0])).tolist()
    [[7, 5]]
    """
    return rows.index_select(1, index) if is_tensor(rows) else rows.take(index, axis=1)


def as_float64(array: Any) -> Any:
    """An array in double precision.

    Parameters
    ----------
    array : ndarray or torch.Tensor
        An array.

    Returns
    -------
    ndarray or torch.Tensor, float64

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models.configuration import as_float64
    >>> as_float64(np.array([1, -1], np.int8)).tolist()
    [1.0, -1.0]
    """
    return array.double() if is_tensor(array) else array.astype(np.float64)


def cosine_and_sine(angles: Any) -> tuple[Any, Any]:
    """Cosine and sine of angles.

    Parameters
    ----------
    angles : ndarray or torch.Tensor
        In radians.

    Returns
    -------
    cosine, sine : ndarray or torch.Tensor
        Of the angles' shape.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models.configuration import cosine_and_sine
    >>> [values.tolist() for values in cosine_and_sine(np.zeros(1))]
    [[1.0], [0.0]]
    """
    return (angles.cos(), angles.sin()) if is_tensor(angles) else (np.cos(angles), np.sin(angles))


def as_int8(array: Any) -> Any:
    """An array of signed bytes, in which spins are stored.

    Parameters
    ----------
    array : ndarray or torch.Tensor
        An array.

    Returns
    -------
    ndarray or torch.Tensor, int8

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models.configuration import as_int8
    >>> as_int8(np.array([1.0, -1.0]))
    array([ 1, -1], dtype=int8)
    """
    if is_tensor(array):
        return array.to(sys.modules["torch"].int8)
    return array.astype(np.int8, copy=False)


def like(table: np.ndarray, array: Any, dtype: Any = None) -> Any:
    """A numpy table as the kind of another array: numpy, or torch on that array's device.

    Parameters
    ----------
    table : ndarray
        The table.
    array : ndarray or torch.Tensor
        The array whose kind it gets.
    dtype : dtype, optional
        By default the table's.

    Returns
    -------
    ndarray or torch.Tensor

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models.configuration import like
    >>> like(np.array([1, 2]), np.zeros(3), np.float64).tolist()
    [1.0, 2.0]
    """
    if not is_tensor(array):
        return table.astype(dtype or table.dtype, copy=False)
    # A copy, because tables are read-only, which torch does not support.
    return sys.modules["torch"].tensor(table, dtype=dtype, device=array.device)


def stack(blocks: Iterable[Any], shape: tuple[int, ...], origin: Any) -> Any:
    """Blocks of results one after the other, as one array.

    Parameters
    ----------
    blocks : iterable of ndarray or torch.Tensor
        Results of any dtype.
    shape : tuple of int
        The shape of the whole.
    origin : ndarray or torch.Tensor
        The array whose kind the result gets.

    Returns
    -------
    ndarray or torch.Tensor, float64 `shape`

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models.configuration import stack
    >>> stack([np.array([1, 2]), np.array([3])], (3,), np.zeros(1)).tolist()
    [1.0, 2.0, 3.0]
    """
    if is_tensor(origin):
        torch = sys.modules["torch"]
        parts = [torch.zeros(0, dtype=torch.float64, device=origin.device)]
        return torch.cat([*parts, *(block.flatten() for block in blocks)]).reshape(shape)
    result, filled = np.empty(math.prod(shape)), 0
    for block in blocks:
        result[filled : filled + block.size] = block.ravel()
        filled += block.size
    return result.reshape(shape)[()]
