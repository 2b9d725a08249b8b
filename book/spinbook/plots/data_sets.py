"""Monte Carlo data sets: autocorrelation times, distributions of m, correlations with power laws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import style
from .learned import TEMPERATURE


def times(
    panels: Mapping[str, Mapping[str, tuple[ArrayLike, ArrayLike]]], *, independent: float = 0.5
) -> tuple[Any, dict[str, Any]]:
    """Autocorrelation times, a panel for each title; name -> (T, times (temperature, group)), and the columns drawn.

    Bars are standard errors over groups. Names come in pairs of one colour, full and open symbols.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        1, len(panels), figsize=(4.6 * len(panels), 3.6), sharey=True, squeeze=False, layout="constrained"
    )
    columns: dict[str, Any] = {}
    for axis, (title, series) in zip(axes[0], panels.items(), strict=True):
        for k, (name, (T, values)) in enumerate(series.items()):
            color, numbers = list(style.COLORS)[k // 2], np.asarray(values, np.float64)
            how = {**style.MEASURED, "color": style.COLORS[color], "marker": style.MARKERS[color]}
            if k % 2:
                how |= {"fillstyle": "none", "markersize": 6}
            mean, error = numbers.mean(axis=1), numbers.std(axis=1, ddof=1) / np.sqrt(numbers.shape[1])
            axis.errorbar(T, mean, error, label=name, **how)
            columns |= {f"{title}, {name}, T": T, f"{title}, {name}": mean, f"{title}, {name}, error": error}
        axis.axhline(independent, color="0.5", linestyle=":")
        axis.set(title=title, xlabel=TEMPERATURE, yscale="log")
    axes[0, 0].set_ylabel("τ [configurations]")
    axes[0, 0].legend(fontsize=8)
    return figure, columns


def magnetization(
    T: ArrayLike, definitions: Mapping[str, ArrayLike], series: Mapping[str, ArrayLike]
) -> tuple[Any, dict[str, Any]]:
    """Left: definitions of the magnetisation (temperature, run), mean and spread; right: shares of m in each series."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    columns: dict[str, Any] = {"T": T}
    for (name, values), color in zip(definitions.items(), style.COLORS, strict=False):
        numbers = np.asarray(values, np.float64)
        mean, spread = numbers.mean(axis=1), numbers.std(axis=1, ddof=1)
        how = {**style.MEASURED, "color": style.COLORS[color], "marker": style.MARKERS[color]}
        left.errorbar(T, mean, spread, label=name, **how)
        columns |= {name: mean, f"{name}, spread": spread}
    left.set(xlabel=TEMPERATURE, ylabel="magnetisation per site")
    left.legend(fontsize=8)
    edges = np.linspace(-1, 1, 41)
    columns["m"] = (edges[1:] + edges[:-1]) / 2
    for (name, one), color in zip(series.items(), style.COLORS.values(), strict=False):
        shares = np.histogram(one, edges)[0] / np.size(one)
        right.stairs(shares, edges, color=color, label=name, linewidth=1.3)
        columns[f"share, {name}"] = shares
    right.set(xlabel="m of a configuration", ylabel="share of configurations", yscale="log")
    right.set_ylim(top=20)  # room for the legend
    right.legend(fontsize=8, loc="upper left")
    return figure, columns


def correlations(curves: Mapping[str, ArrayLike], fits: Sequence[tuple[int, int, float]]) -> tuple[Any, dict[str, Any]]:
    """G(r) of runs (run, r), r = 1, 2, ..., on logarithmic axes, mean and spread, with a power law through each mean.

    fits: (first r, last r, exponent) of each curve.
    """
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(5.6, 3.8), layout="constrained")
    columns: dict[str, Any] = {}
    for (name, values), (first, last, eta), color in zip(curves.items(), fits, style.COLORS, strict=False):
        numbers = np.asarray(values, np.float64)
        r, mean, spread = np.arange(1, numbers.shape[1] + 1), numbers.mean(axis=0), numbers.std(axis=0, ddof=1)
        how = {**style.MEASURED, "color": style.COLORS[color], "marker": style.MARKERS[color]}
        axis.errorbar(r, mean, spread, label=name, **how)
        x = np.arange(first, last + 1)
        line = np.exp(np.log(mean[first - 1 : last]).mean() - eta * (np.log(x) - np.log(x).mean()))
        axis.plot(x, line, color=style.COLORS[color], linewidth=1, label=f"$r^{{-{eta:.3f}}}$, r = {first} to {last}")
        columns |= {"r": r, name: mean, f"{name}, spread": spread}
    axis.set(xscale="log", yscale="log", xlabel="distance r [sites]", ylabel="G(r)")
    axis.set_xticks(ticks := [2**k for k in range(int(np.log2(r[-1])) + 1)], [f"{one}" for one in ticks])
    axis.xaxis.set_minor_formatter("")
    axis.yaxis.set_minor_formatter("{x:.2g}")
    axis.legend(fontsize=8)
    return figure, columns
