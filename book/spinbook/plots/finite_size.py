"""Panels of finite-size scaling: a quantity with its straight fit, and where the cumulants of two sizes cross."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import style


def extrapolation(
    axes: Any, x: np.ndarray, y: np.ndarray, error: np.ndarray, line: tuple[float, float], exact: float, label: str
) -> None:
    """Points with errors against a power `x` of the size, the line (slope, limit) through them, and the exact limit.

    label: the line's formula, for the legend.
    """
    slope, limit = line
    ends = np.array([0.0, 1.05 * np.max(x)])
    axes.axhline(exact, **style.EXACT)
    axes.errorbar(x, y, error, color=style.COLORS["blue"], **style.MEASURED)
    axes.plot(ends, limit + slope * ends, color=style.COLORS["blue"], linestyle="--", label=f"fit {label}")
    axes.legend()


def crossings(axes: Any, sizes: np.ndarray, temperature: np.ndarray, error: np.ndarray, exact: float) -> None:
    """Temperatures (pair,) at which the cumulants of successive `sizes` (pair + 1,) cross, and the exact T_c."""
    axes.axhline(exact, **style.EXACT)
    axes.errorbar(sizes[:-1], temperature, error, color=style.COLORS["vermillion"], **style.MEASURED)
    axes.set(xlabel="smaller size L of the pair (L, 2L)", ylabel="crossing of the cumulants, T [$J/k_B$]", xscale="log")
    axes.set_xticks(sizes[:-1], [str(size) for size in sizes[:-1]])
    axes.minorticks_off()
    axes.legend()
