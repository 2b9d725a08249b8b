"""Mean curves of repeated runs with a band around them, and the columns that a download needs to draw them again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import style


def mean_with_band(
    axis: Any, x: ArrayLike, runs: ArrayLike, name: str, *, band: str = "errors", label: str | None = None, **line: Any
) -> dict[str, np.ndarray]:
    """Draw the mean of runs against x, with two standard errors to either side or the range of the runs.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
        Where to draw.
    x : array_like, shape (point,)
        As for the curve.
    runs : array_like, shape (run, point)
        At least two independent runs.
    name : str
        Of the columns.
    band : {"errors", "range"}
        Two standard errors, or from the lowest to the highest run.
    label : str, optional
        In the legend; `name` unless told.
    **line
        For `Axes.plot`; `color` is the band's too.

    Returns
    -------
    dict of str to ndarray
        The mean as `name`, with `name error`, or with `name lowest` and `name highest`.

    Raises
    ------
    ValueError
        For another band, or fewer than two runs.
    """
    values = np.asarray(runs, np.float64)
    if values.ndim != 2 or len(values) < 2:
        raise ValueError(f"runs of shape {values.shape}: allowed is (run, point), with at least 2 runs")
    if band == "errors":
        error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
        return curve_with_band(axis, x, values.mean(axis=0), error, name, label=label, **line)
    if band != "range":
        raise ValueError(f"band {band!r}: allowed are errors and range")
    low, high = values.min(axis=0), values.max(axis=0)
    _draw(axis, x, values.mean(axis=0), (low, high), name if label is None else label, line)
    return {name: values.mean(axis=0), f"{name} lowest": low, f"{name} highest": high}


def curve_with_band(
    axis: Any, x: ArrayLike, value: ArrayLike, error: ArrayLike, name: str, *, label: str | None = None, **line: Any
) -> dict[str, np.ndarray]:
    """Draw a curve with two standard errors to either side; the columns `name` and `name error`, as for runs."""
    mean, sigma = np.asarray(value, np.float64), np.asarray(error, np.float64)
    _draw(axis, x, mean, (mean - 2 * sigma, mean + 2 * sigma), name if label is None else label, line)
    return {name: mean, f"{name} error": sigma}


def _draw(axis: Any, x: ArrayLike, mean: np.ndarray, band: Any, label: str, line: dict[str, Any]) -> None:
    (drawn,) = axis.plot(x, mean, label=label, **line)
    axis.fill_between(x, *band, color=drawn.get_color(), alpha=0.25, linewidth=0)


def trainings(
    panels: Mapping[str, Mapping[str, ArrayLike]], label: str
) -> tuple[Any, dict[str, dict[str, np.ndarray]]]:
    """Figure of losses, title -> name -> (run, epoch), with the range of the runs; and the columns of a download."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(panels), figsize=(4.5 * len(panels), 3.4), sharey=True, squeeze=False)
    columns = {}
    for axis, (title, losses) in zip(axes[0], panels.items(), strict=True):
        for (name, runs), color in zip(losses.items(), style.COLORS.values(), strict=False):
            epochs = np.arange(1, np.shape(runs)[1] + 1)
            drawn = mean_with_band(axis, epochs, runs, name, band="range", color=color)
            columns[f"{title}: {name}"] = {"epoch": epochs, **drawn}
        axis.set(title=title, xlabel="epoch")
    axes[0, 0].set_ylabel(label)
    axes[0, 0].legend()
    return figure, columns
