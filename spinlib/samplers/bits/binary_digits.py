"""Probabilities in binary: the digits that words of random bits are compared with, and the remainder."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def binary_digits(probabilities: ArrayLike, n_digits: int) -> tuple[np.ndarray, np.ndarray]:
    """The first n binary digits of p and the rest: p = 2^-n (whole + tail / 2^64), the digits being those of `whole`.

    Parameters
    ----------
    probabilities : float64 of any shape, from 0 to 1. 1 becomes 0.111..., since it has no digits before the point.
    n_digits : n, at most 64.

    Returns
    -------
    digits : uint64 (*shape, n), each 0 or 1, the digit of weight 1/2 first.
    tails : uint64 of the shape of the probabilities.

    Examples
    --------
    >>> digits, tails = binary_digits([0.625, 1.0], 3)
    >>> digits.tolist(), tails.tolist() == [0, 2**64 - 2**11]
    ([[1, 0, 1], [1, 1, 1]], True)
    """
    scaled = np.asarray(probabilities, dtype=np.float64) * 2.0**n_digits
    whole = np.floor(np.minimum(scaled, np.nextafter(2.0**n_digits, 0.0)))
    tails = np.minimum((scaled - whole) * 2.0**64, np.nextafter(2.0**64, 0.0)).astype(np.uint64)
    places = np.arange(n_digits - 1, -1, -1, dtype=np.uint64)
    return (whole.astype(np.uint64)[..., None] >> places) & np.uint64(1), tails


def bits_of_word(bits: np.ndarray) -> np.ndarray:
    """Words, uint64 (...), whose bit k is bits[..., k], uint64 (..., n) of 0 and 1, n at most 64."""
    return np.bitwise_or.reduce(bits << np.arange(bits.shape[-1], dtype=np.uint64), axis=-1)
