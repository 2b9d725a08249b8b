"""Times of several samplers on logarithmic axes; open symbols with an arrow where a time is only known to be longer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import style

NAMES = {
    "random flips": "single flips, random sites",
    "metropolis": "Metropolis, in order",
    "heat_bath": "heat bath, in order",
    "multispin": "Metropolis, packed bits",
    "swendsen_wang": "Swendsen-Wang",
    "wolff": "Wolff",
    "over_relaxation": "over-relaxation",
}
# Over-relaxation and heat bath are for different models and share a look.
_LOOKS = {
    "random flips": ("blue", "-"),
    "metropolis": ("vermillion", "--"),
    "heat_bath": ("green", "-."),
    "multispin": ("purple", ":"),
    "swendsen_wang": ("orange", "--"),
    "wolff": ("sky", "-"),
    "over_relaxation": ("green", "-."),
}


def look(method: str) -> dict[str, Any]:
    """Colour, marker, line and label of a method."""
    color, line = _LOOKS[method]
    return {
        **{"color": style.COLORS[color], "marker": style.MARKERS[color], "linestyle": line},
        **{"markersize": 4, "linewidth": 1.0, "label": NAMES[method]},
    }


def panels(titles: Sequence[str], x_label: str, y_label: str) -> tuple[Any, Any]:
    """A figure with two panels that share their times' axis."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9, 4.6), sharey=True)
    for axis, title in zip(axes, titles, strict=True):
        axis.set(xlabel=x_label, title=title, yscale="log")
    axes[0].set(ylabel=y_label)
    return figure, axes


def logarithmic(axis: Any, ticks: ArrayLike) -> None:
    """A logarithmic axis of places with these ticks alone, written as plain numbers."""
    axis.set_xscale("log")
    axis.set_xticks(ticks, [f"{tick:g}" for tick in np.asarray(ticks)])
    axis.minorticks_off()


def legend(figure: Any, axes: Any) -> None:
    """One legend below a figure, of all that its axes show."""
    shown: dict[str, Any] = {}
    for axis in axes:
        handles, labels = axis.get_legend_handles_labels()
        shown |= dict(zip(labels, handles, strict=True))
    figure.legend(list(shown.values()), list(shown), loc="outside lower center", ncols=3, fontsize=8)


def draw(
    axes: Any,
    x: ArrayLike,
    methods: Sequence[str],
    values: np.ndarray,
    errors: np.ndarray,
    bounds: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Draw times (method, place) with their errors; returns what was drawn, `<method>`, `_error` and `_exceeds`.

    bounds: what a time exceeds where it has no value, else nan.
    """
    places = np.asarray(x)
    columns: dict[str, np.ndarray] = {}
    for row, method in enumerate(methods):
        axes.errorbar(places, values[row], errors[row], capsize=2, **look(method))
        columns |= {method: values[row], f"{method}_error": errors[row]}
        if bounds is None:
            continue
        columns[f"{method}_exceeds"] = bounds[row]
        above = {**look(method), "linestyle": "none", "fillstyle": "none", "markersize": 6, "label": None}
        axes.errorbar(places, bounds[row], bounds[row], lolims=True, capsize=3, **above)
    axes.set_yscale("log")
    return columns


def draw_totals(
    axes: Any, n: np.ndarray, methods: Sequence[str], each: np.ndarray, totals: np.ndarray
) -> dict[str, np.ndarray]:
    """Draw the seconds of n configurations: `each` (method,) times n, and `totals` (n,) of an autoencoder, in black."""
    axes.plot(n, totals, color="black", label="autoencoder")
    columns = {"configurations": n, "autoencoder": totals}
    for method, one in zip(methods, each, strict=True):
        columns[method] = one * n
        axes.plot(n, columns[method], markevery=4, **look(method))
    axes.set(xscale="log", yscale="log")
    return columns
