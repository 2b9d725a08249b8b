"""Predicted against true energies, and how far they are off by the true energy."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import style


def scatter(axes: Any, true: ArrayLike, predicted: ArrayLike, color: str) -> None:
    """Draw predictions as points of that colour of `style.COLORS`, on the line on which they would be exact."""
    margin = 0.06 * np.ptp(true)  # points near the line hide it, so that it is seen at its ends
    ends = [np.min(true) - margin, np.max(true) + margin]
    points = {"color": style.COLORS[color], "markersize": 3, "zorder": 3, "rasterized": True}
    axes.plot(ends, ends, **{**style.EXACT, "label": "predicted = true"})
    axes.plot(true, predicted, ".", **points, label="examples")
    axes.set(xlabel="true energy [J]", ylabel="predicted energy [J]")
    axes.legend(fontsize=8)


class Binned(NamedTuple):
    """Bins of the true value: their middles, and the quartiles of predicted - true in each, float64 (bins,)."""

    middle: np.ndarray
    low: np.ndarray
    median: np.ndarray
    high: np.ndarray


def binned(true: ArrayLike, predicted: ArrayLike, n_bins: int = 12, *, at_least: int = 10) -> Binned:
    """Quartiles of predicted - true in bins of equal width; nan where fewer than `at_least` examples are.

    Raises ValueError where the true values are all equal, or another number than the predictions.
    """
    x, y = np.asarray(true, np.float64), np.asarray(predicted, np.float64)
    if x.shape != y.shape or x.ndim != 1:
        raise ValueError(f"{y.shape} predictions of {x.shape} values: one axis of equal length is needed")
    if not np.ptp(x) > 0:
        raise ValueError("all true values are equal: there are no bins")
    edges = np.linspace(x.min(), x.max(), n_bins + 1)
    place = np.digitize(x, edges[1:-1])
    quartiles = np.full((3, n_bins), np.nan)
    for k in range(n_bins):
        inside = (y - x)[place == k]
        if len(inside) >= at_least:
            quartiles[:, k] = np.percentile(inside, (25, 50, 75))
    return Binned((edges[1:] + edges[:-1]) / 2, *quartiles)


def differences(axes: Any, true: ArrayLike, predicted: ArrayLike, color: str) -> Binned:
    """Draw predicted - true as grey points, with quartiles in bins of the true value, which are returned."""
    found = binned(true, predicted)
    off = np.asarray(predicted, np.float64) - np.asarray(true, np.float64)
    axes.plot(true, off, ".", markersize=1.5, alpha=0.3, color="0.6", rasterized=True)
    bars = [found.median - found.low, found.high - found.median]
    axes.errorbar(found.middle, found.median, bars, color=style.COLORS[color], **style.MEASURED)
    axes.axhline(0, color="black", linewidth=1)
    axes.set(xlabel="true energy [J]", ylabel="predicted less true [J]")
    return found
