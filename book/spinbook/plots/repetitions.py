"""Curves of several repetitions, such as losses of several seeds: their mean, and their range as a band."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import style

LINES = ("-", "--", "-.", ":")


def mean_and_range(axes: Any, x: ArrayLike, curves: Mapping[str, ArrayLike]) -> dict[str, np.ndarray]:
    """Draw curves by name, (repetition, x) each; returns what is drawn, `<name>_mean`, `_min` and `_max`."""
    drawn: dict[str, np.ndarray] = {}
    for i, (name, values) in enumerate(curves.items()):
        color, line = list(style.COLORS.values())[i % len(style.COLORS)], LINES[i % len(LINES)]
        found = {what: getattr(np, what)(values, axis=0) for what in ("mean", "min", "max")}
        axes.plot(x, found["mean"], color=color, linestyle=line, label=name)
        axes.fill_between(x, found["min"], found["max"], color=color, alpha=0.25)
        drawn |= {f"{name}_{what}": one for what, one in found.items()}
    return drawn
