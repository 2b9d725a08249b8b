"""Patterns that exchange couplings are trained to form."""

from __future__ import annotations

import numpy as np


def disc(size: int) -> np.ndarray:
    y, x = np.indices((size, size)) - (size - 1) / 2
    return np.where(np.hypot(x, y) < 0.3 * size, 1, -1)
