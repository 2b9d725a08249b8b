"""Checks of temperatures. A number gives a float, an array gives an array."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinlib.exact.arguments import real_numbers

Numbers = float | NDArray[np.float64]


def positive(T: ArrayLike) -> NDArray[np.float64]:
    """T as float64. TypeError: not real numbers. ValueError: not positive and finite."""
    temperatures = real_numbers("T", T)
    wrong = ~(np.isfinite(temperatures) & (temperatures > 0))
    if wrong.any():
        raise ValueError(f"T {temperatures[wrong][0]}: allowed are positive, finite temperatures")
    return temperatures


def one_temperature(T: float) -> float:
    """T as a float. TypeError: not one real number. ValueError: not positive and finite."""
    temperature = positive(T)
    if temperature.ndim:
        raise TypeError(f"T {T!r}: allowed is one number")
    return float(temperature)


def like_input(values: NDArray[np.float64]) -> Numbers:
    """A float for an array without axes, else the array."""
    return values if np.ndim(values) else float(values)
