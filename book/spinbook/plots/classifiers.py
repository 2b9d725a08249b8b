"""Scores of several classifiers on several systems, their differences, and where their answers are wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from spinlib.statistics import Estimate

from . import style

PALETTE = ("blue", "vermillion", "green")


def look(k: int, **more: Any) -> dict[str, Any]:
    """How the k-th series is drawn."""
    color = PALETTE[k]
    return {**style.MEASURED, "color": style.COLORS[color], "marker": style.MARKERS[color], "markersize": 5, **more}


def scores(
    ours: Mapping[str, Mapping[str, Mapping[str, Estimate]]],
    paper: Mapping[str, Mapping[str, tuple[float, float]]],
    best: Mapping[str, float],
) -> tuple[Any, dict[str, Any]]:
    """Figure with a panel for each system, and what it shows. ours: kind of weights, system, network; two kinds."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(best), figsize=(10, 3.5), sharey=True)
    shown = {}
    for axis, (system, theirs) in zip(axes, paper.items(), strict=True):
        for k, (name, (value, deviation)) in enumerate(theirs.items()):
            for (kind, of), fill, shift in zip(ours.items(), ("none", "full"), (-0.22, 0.03), strict=True):
                if name in of[system]:
                    one = of[system][name]
                    axis.errorbar(k + shift, one.value, one.error, **look(k), fillstyle=fill)
                    shown[f"{system}, {name}, {kind}"] = np.array([one.value, one.error])
            axis.errorbar(k + 0.27, value, deviation, **{**style.PAPER, "markersize": 5}, capsize=2)
            shown[f"{system}, {name}, paper"] = np.array([value, deviation])
        axis.axhline(best[system], color="black", linewidth=1.2)
        axis.set(title=system, xlim=(-0.5, len(theirs) - 0.5))
        axis.set_xticks(range(len(theirs)), [name.replace("-", "-\n") for name in theirs], fontsize=8)
    axes[0].set(ylabel="macro F1")
    point: dict[str, Any] = {"color": "0.2", "marker": "o", "linestyle": "none"}
    keys = [plt.Line2D([], [], **point, fillstyle="none"), plt.Line2D([], [], **point, fillstyle="full")]
    keys += [plt.Line2D([], [], **style.PAPER), plt.Line2D([], [], color="black")]
    labels = [*(f"ours, {kind}" for kind in ours), "the paper", "best possible"]
    figure.legend(keys, labels, loc="outside lower center", ncols=4, fontsize=8)
    return figure, shown


def leads(
    panels: Mapping[str, Mapping[str, Sequence[Estimate | tuple[float, float]]]], systems: Sequence[str], of: str
) -> tuple[Any, dict[str, Any]]:
    """Figure of differences with 95 % intervals: a panel for each other network, a series by name; the last is grey."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(panels), figsize=(8.4, 3.4), sharey=True)
    drawn = {}
    for axis, (over, series) in zip(axes, panels.items(), strict=True):
        for k, (name, each) in enumerate(series.items()):
            values, errors = np.array([(one[0], one[1]) for one in each]).T
            how = {**style.PAPER, "capsize": 2, "markersize": 5} if k == len(series) - 1 else look(k)
            axis.errorbar(np.arange(len(systems)) + 0.2 * (k - 1), values, 2 * errors, **how, label=name)
            drawn[f"{over}, {name}"] = np.stack([values, errors])
        axis.axhline(0, color="black", linewidth=0.8)
        axis.set(title=f"{of} less {over}")
        axis.set_xticks(range(len(systems)), systems, fontsize=8)
    axes[0].set(ylabel="difference in macro F1")
    axes[-1].legend(fontsize=8)
    return figure, drawn


def by_class(
    of_class: Mapping[str, Sequence[Estimate]],
    wrong: Mapping[str, Sequence[Estimate]],
    classes: Sequence[str],
    distances: Sequence[float],
) -> Any:
    """Figure: F1 of each class, and shares of wrong answers by distance from an edge; the last name is black."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(8.6, 3.5))
    middles = np.sqrt(np.maximum(distances[:-1], distances[1] / 3) * np.array(distances[1:]))
    for k, name in enumerate(of_class):
        how = look(k) if k < len(of_class) - 1 else {**style.MEASURED, "color": "black", "marker": "D", "markersize": 4}
        marks, shares = (np.array([one[:2] for one in each[name]]).T for each in (of_class, wrong))
        axes[0].errorbar(np.arange(len(classes)) + 0.13 * (k - 1.5), *marks, **how, label=name)
        axes[1].errorbar(middles * 1.07 ** (k - 1.5), *shares, **how, label=name)
    axes[0].set(ylabel="F1")
    axes[0].set_xticks(range(len(classes)), classes)
    axes[1].set(xscale="log", xlabel="distance from an edge [$J/k_B$]", ylabel="share of wrong answers")
    axes[1].legend(fontsize=8)
    return figure


def right_answers(
    right: Mapping[str, tuple[np.ndarray, np.ndarray]], classes: Sequence[str], chance: float, label: str
) -> Any:
    """Figure of shares of right answers and their errors by class, and a line where answers are drawn by lot."""
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(5.6, 3.8))
    for k, (name, (values, errors)) in enumerate(right.items()):
        axis.errorbar(np.arange(len(classes)) + 0.12 * (k - 1), values, errors, **look(k), label=name)
    axis.axhline(chance, color="0.5", linestyle="--", label=label, zorder=0)
    axis.set(ylim=(min(0.2, chance - 0.1), 1.04), ylabel="share of right answers")
    axis.set_xticks(range(len(classes)), classes)
    figure.legend(fontsize=8, loc="outside lower center", ncols=2)
    return figure
