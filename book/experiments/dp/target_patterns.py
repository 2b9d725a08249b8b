"""Patterns that exchange couplings are trained to form."""

from __future__ import annotations

import numpy as np

LETTER = ["........", ".#####..", ".#...#..", ".#...#..", ".#####..", ".#......", ".#......", "........"]


def disc(size: int) -> np.ndarray:
    """Up inside of a disc with a diameter of 0.6 sides."""
    y, x = np.indices((size, size)) - (size - 1) / 2
    return np.where(np.hypot(x, y) < 0.3 * size, 1, -1)


def patterns(size: int) -> dict[str, np.ndarray]:
    """The three patterns of Figure 8 by name, each of shape (size, size); `size` is a multiple of 8."""
    letter = np.array([[1 if mark == "#" else -1 for mark in row] for row in LETTER])
    return {
        "disc": disc(size),
        "letter": np.kron(letter, np.ones((size // 8, size // 8), int)),
        "checkerboard": 2 * ((np.indices((size, size)) // (size // 8)).sum(axis=0) % 2) - 1,
    }
