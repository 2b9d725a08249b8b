"""Energy, |m|, heat capacity and susceptibility against temperature: the figure that paper fid shows of every model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import style
from .learned import TEMPERATURE

LABELS = {
    "energy": "energy per site [J]",
    "order": "⟨|m|⟩",
    "heat": "heat capacity per site [$k_B$]",
    "chi": "susceptibility per site [1/J]",
}


def panels(
    T: ArrayLike,
    series: Mapping[str, Mapping[str, ArrayLike]],
    references: Mapping[str, tuple[ArrayLike, ArrayLike, str]],
    *,
    shaded: tuple[float, float] | None = None,
) -> tuple[Any, dict[str, Any]]:
    """The figure, and the columns of all that it shows.

    Parameters
    ----------
    T : array_like, shape (temperature,)
        In J / k_B.
    series : mapping
        name -> the quantities of `LABELS`, each (temperature, repetition): a point is the mean over repetitions, and
        its bar the standard deviation from one to the next.
    references : mapping
        Quantity -> (x, values, what it is), drawn as a black line.
    shaded : (float, float), optional
        Range of the training temperatures.
    """
    import matplotlib.pyplot as plt

    places = np.asarray(T, np.float64)
    figure, axes = plt.subplots(2, 2, figsize=(9, 6.4), sharex=True, layout="constrained")
    columns: dict[str, Any] = {"T": places}
    shifts = 0.3 * (np.arange(len(series)) - (len(series) - 1) / 2) * np.diff(places).min()
    for axis, (quantity, label) in zip(axes.flat, LABELS.items(), strict=True):
        x, exact, told = references[quantity]
        axis.plot(x, exact, **{**style.EXACT, "label": told})
        columns[f"{quantity}, {told}"] = np.interp(places, np.asarray(x), np.asarray(exact))
        for (name, values), color, shift in zip(series.items(), style.COLORS, shifts, strict=False):
            numbers = np.asarray(values[quantity], np.float64)
            mean, spread = numbers.mean(axis=1), numbers.std(axis=1, ddof=1)
            how = {**style.MEASURED, "marker": style.MARKERS[color], "color": style.COLORS[color], "elinewidth": 0.8}
            axis.errorbar(places + shift, mean, spread, label=name, **how)
            columns |= {f"{quantity}, {name}": mean, f"{quantity}, {name}, spread": spread}
        if shaded is not None:
            axis.axvspan(*shaded, color="0.93", zorder=0)
        axis.set(ylabel=label, yscale="log" if quantity == "chi" else "linear")
    for axis in axes[1]:
        axis.set_xlabel(TEMPERATURE)
    # Below the panels: in the last one, long bars leave no free corner.
    handles, labels = axes[0, 0].get_legend_handles_labels()
    lines = dict.fromkeys(told for _, _, told in references.values())
    labels = [", or ".join(lines) if one in lines else one for one in labels]
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    return figure, columns
