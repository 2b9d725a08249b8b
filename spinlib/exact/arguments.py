"""Checks of the arguments of exact results, other than temperatures."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index

import numpy as np
from numpy.typing import ArrayLike, NDArray


def distances(r: ArrayLike) -> NDArray[np.int64]:
    """r as int64. TypeError: no integers. ValueError: negative."""
    given = np.asarray(r)
    if given.dtype.kind not in "iu":
        raise TypeError(f"r {r!r}: allowed are integers")
    if (given < 0).any():
        raise ValueError(f"r {given[given < 0][0]}: allowed are distances of at least 0")
    return given.astype(np.int64)


def real_numbers(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """`values` as float64. TypeError: no real numbers."""
    given = np.asarray(values)
    if given.dtype.kind not in "iuf":
        raise TypeError(f"{name} {values!r}: allowed are a real number or an array of them")
    return given.astype(np.float64)


def two_sides(shape: Sequence[int]) -> tuple[int, int]:
    """The sides (rows, columns) of a lattice. TypeError: no integers. ValueError: not two, or below 2."""
    if np.ndim(shape) != 1 or len(shape) != 2:
        raise ValueError(f"shape {shape!r}: allowed are two sides (rows, columns)")
    try:
        rows, columns = (index(side) for side in shape)
    except TypeError:
        raise TypeError(f"shape {shape!r}: allowed are integers") from None
    if min(rows, columns) < 2:
        raise ValueError(f"shape {shape!r}: allowed are sides of at least 2")
    return rows, columns


def whole_number(name: str, value: int, at_least: int) -> int:
    """`value` as an int. TypeError: no integer. ValueError: below `at_least`."""
    try:
        number = index(value)
    except TypeError:
        raise TypeError(f"{name} {value!r}: allowed are integers") from None
    if number < at_least:
        raise ValueError(f"{name} {value}: allowed are integers of at least {at_least}")
    return number


def finite_number(name: str, value: float) -> float:
    """`value` as a float. TypeError: no real number. ValueError: not finite."""
    if not isinstance(value, (int, float, np.integer, np.floating)) or isinstance(value, bool):
        raise TypeError(f"{name} {value!r}: allowed are real numbers")
    if not np.isfinite(value):
        raise ValueError(f"{name} {value}: allowed are finite numbers")
    return float(value)


def positive_couplings(couplings: Sequence[float]) -> tuple[float, float]:
    """A coupling per axis, as two floats. TypeError: no real numbers. ValueError: not two, not positive and finite."""
    if np.ndim(couplings) != 1 or len(couplings) != 2:
        raise ValueError(f"couplings {couplings!r}: allowed are two numbers, one per axis")
    first, second = (finite_number("couplings", coupling) for coupling in couplings)
    if min(first, second) <= 0:
        raise ValueError(f"couplings {couplings!r}: allowed are positive numbers")
    return first, second


def one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    """`value`. ValueError if it is not among the `allowed`."""
    if value not in allowed:
        raise ValueError(f"{name} {value!r}: allowed are {', '.join(map(repr, allowed))}")
    return value


def generator(rng: np.random.Generator) -> np.random.Generator:
    """`rng`. TypeError if it is not a numpy Generator."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng {rng!r}: allowed is a numpy.random.Generator")
    return rng
