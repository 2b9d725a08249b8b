"""What networks have learned of a law at several temperatures, by several seeds, beside the exact answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from spinlib.statistics import mean_of_few

from . import style

Over = Mapping[str, ArrayLike]  # name -> (temperature, seed)
TEMPERATURE = "temperature T [$J/k_B$]"


def mean_and_error(values: ArrayLike, axis: int = 1, *, each: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Mean over at least three seeds, and its error by Student's t, as of `spinlib.statistics.mean_of_few`.

    each: error that every value has of its own, from counting or rounding. Without it the error of equal values is nan.
    """
    array = np.moveaxis(np.asarray(values, np.float64), axis, -1)
    found = [mean_of_few(row, each=each) for row in array.reshape(-1, array.shape[-1])]
    mean, error = (np.reshape(column, array.shape[:-1]) for column in list(zip(*found, strict=True))[:2])
    return mean, error


def against_temperature(axes: Any, T: ArrayLike, series: Over, *, label: str, spread: float = 0.03) -> dict[str, Any]:
    """Draw means over seeds with their errors; returns what is drawn. Equal values have no bar.

    Points of different names stand apart over a share `spread` of the range of temperatures.
    """
    drawn: dict[str, Any] = {}
    places = np.asarray(T, np.float64)
    shifts = np.linspace(-spread / 2, spread / 2, len(series)) * np.ptp(places)
    for (name, values), color, shift in zip(series.items(), style.COLORS, shifts, strict=False):
        mean, error = mean_and_error(values)
        how = {**style.MEASURED, "marker": style.MARKERS[color], "markersize": 4.5, "color": style.COLORS[color]}
        axes.errorbar(places + shift, mean, error, label=name, **how)
        drawn |= {name: mean, f"{name}_error": error}
    axes.set(xlabel=TEMPERATURE, ylabel=label)
    return drawn


def histograms(levels: ArrayLike, panels: Sequence[tuple[str, ArrayLike, Over]], *, label: str) -> Any:
    """Figure with one axis for each (title, exact shares, name -> (seed, level) shares); bars are exact."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(panels), figsize=(3.1 * len(panels), 3.3), squeeze=False, sharey=True)
    places = np.asarray(levels, np.float64)
    step = float(np.diff(places).min())
    for panel, (title, exact, series) in zip(axes[0], panels, strict=True):
        panel.bar(places, exact, width=0.8 * step, color="0.85", edgecolor="0.4", label="exact")
        shifts = np.linspace(-0.25, 0.25, len(series)) * step
        for (name, values), color, shift in zip(series.items(), style.COLORS, shifts, strict=False):
            mean, error = mean_and_error(values, axis=0)
            how = {**style.MEASURED, "marker": style.MARKERS[color], "color": style.COLORS[color]}
            panel.errorbar(places + shift, mean, error, label=name, **how)
        panel.set(title=title, xlabel=label, xticks=places)
    axes[0, 0].set_ylabel("share of configurations")
    axes[0, -1].legend()
    return figure


class Panel(NamedTuple):
    """One axis over the temperature.

    label: of the ordinate, with its unit. series: name -> (temperature, seed). exact: (x, values) of a curve, if any.
    lines: name -> values at the temperatures, drawn as thin lines in the colours of the series. log: ordinate.
    """

    label: str
    series: Over
    exact: tuple[ArrayLike, ArrayLike] | None = None
    lines: Mapping[str, ArrayLike] | None = None
    log: bool = False
    title: str = ""


def panels(T: ArrayLike, wanted: Sequence[Panel], *, columns: int = 2, legend: int = 0) -> tuple[Any, dict[str, Any]]:
    """Figure with panels row by row, and all numbers drawn in it; the legend of all stands in one of them."""
    import matplotlib.pyplot as plt

    rows = -(-len(wanted) // columns)
    each = 4.5 if columns < 3 else 3.3  # inches: the text of a wide figure is small on the page
    size = (each * columns, 0.6 + 3.0 * rows)
    figure, axes = plt.subplots(rows, columns, figsize=size, squeeze=False, sharex=True)
    drawn: dict[str, Any] = {"T": np.asarray(T)}
    for axis, panel in zip(axes.flat, wanted, strict=True):
        if panel.exact is not None:
            axis.plot(*panel.exact, **style.EXACT)
        before = f"{panel.title or panel.label}: "
        found = against_temperature(axis, T, panel.series, label=panel.label)
        drawn |= {before + name: values for name, values in found.items()}
        for (name, values), color in zip((panel.lines or {}).items(), style.COLORS.values(), strict=False):
            axis.plot(T, values, color=color, linewidth=1)
            drawn[before + name] = values
        axis.set(title=panel.title, yscale="log" if panel.log else "linear")
    for axis in axes[:-1].flat:
        axis.set_xlabel("")
    named = {
        label: handle for axis in axes.flat for handle, label in zip(*axis.get_legend_handles_labels(), strict=True)
    }
    axes.flat[legend].legend(named.values(), named)
    return figure, drawn


def forest(found: Mapping[str, tuple[float, float]], *, label: str, within: float = 0.0) -> tuple[Any, dict[str, Any]]:
    """Figure with one row for each name -> (value, error), from the top down, and all numbers drawn in it.

    label: of the abscissa, with its unit. within: a grey band around zero of this half width, if any.
    """
    import matplotlib.pyplot as plt

    values, errors = np.array(list(found.values()), np.float64).T
    figure, axes = plt.subplots(figsize=(7, 1.0 + 0.3 * len(found)))
    if within:
        axes.axvspan(-within, within, color="0.9", zorder=0)
    axes.axvline(0.0, color="black", linewidth=1)
    rows = np.arange(len(found))
    axes.errorbar(values, rows, xerr=errors, **{**style.MEASURED, "markersize": 5, "color": style.COLORS["blue"]})
    axes.set(yticks=rows, yticklabels=list(found), xlabel=label, ylim=(len(found) - 0.4, -0.6))
    return figure, {"choice": list(found), "value": values, "error": errors}
