"""Checks of temperatures: numbers in, floats out; arrays in, arrays out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = float | NDArray[np.float64]


def positive(T: ArrayLike) -> NDArray[np.float64]:
    """T as float64. TypeError: not real numbers. ValueError: not positive and finite."""
    given = np.asarray(T)
    if given.dtype.kind not in "iuf":
        raise TypeError(f"T must be a real number or an array of them, got {T!r}")
    temperatures = given.astype(np.float64)
    wrong = ~(np.isfinite(temperatures) & (temperatures > 0))
    if wrong.any():
        raise ValueError(f"T must be positive and finite, got {temperatures[wrong][0]}")
    return temperatures


def one_temperature(T: float) -> float:
    """T as a float. TypeError: not one real number. ValueError: not positive and finite."""
    temperature = positive(T)
    if temperature.ndim:
        raise TypeError(f"T must be one number, got {T!r}")
    return float(temperature)


def like_input(values: NDArray[np.float64]) -> Numbers:
    """A float for an array without axes, else the array."""
    return values if np.ndim(values) else float(values)
