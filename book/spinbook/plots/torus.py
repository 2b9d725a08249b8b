"""Figures of the autoencoders of the 10 x 10 Ising model: energies, configurations, modes, and choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import lattices, style
from .learned import against_temperature, mean_and_error


def energies(levels: ArrayLike, panels: Sequence[tuple[str, ArrayLike, Mapping[str, ArrayLike]]]) -> Any:
    """Figure with one axis for each (title, exact shares, name -> (seed, level) shares); steps are means over seeds."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(panels), figsize=(3.2 * len(panels), 3.3), squeeze=False)
    places = np.asarray(levels, np.float64)
    for panel, (title, exact, series) in zip(axes[0], panels, strict=True):
        drawn = np.asarray(exact) > 0
        panel.fill_between(places, exact, step="mid", color="0.85", edgecolor="0.4", label="exact")
        largest = np.asarray(exact) > 1e-4
        for (name, values), color in zip(series.items(), style.COLORS, strict=False):
            mean = mean_and_error(values, axis=0)[0]
            panel.step(places[drawn], mean[drawn], where="mid", color=style.COLORS[color], label=name, linewidth=1.2)
            largest |= mean > 1e-4
        panel.set(title=title, xlabel="energy per site [J]", xlim=(places[largest].min(), places[largest].max()))
        panel.set_ylim(bottom=0)
    axes[0, 0].set_ylabel("share of configurations")
    axes[0, 0].legend()
    return figure


def pictures(blocks: Sequence[tuple[str, Sequence[tuple[str, ArrayLike, ArrayLike | None]]]]) -> Any:
    """Figure of configurations, block beside block: (title, rows), a row (label, (n, 10, 10), the right ones or None).

    Sites that differ from the right configuration are marked.
    """
    import matplotlib.pyplot as plt

    columns = [len(np.asarray(rows[0][1])) for _, rows in blocks]
    n_rows = len(blocks[0][1])
    figure = plt.figure(figsize=(1.35 * sum(columns) + 1.2, 1.45 * n_rows + 0.5), layout="constrained")
    parts: Any = figure.subfigures(1, len(blocks), width_ratios=columns, squeeze=False)[0]
    for at, (part, (title, rows), n) in enumerate(zip(parts, blocks, columns, strict=True)):
        axes = part.subplots(n_rows, n, squeeze=False)
        part.suptitle(title, fontsize=10)
        for of_row, (label, spins, right) in zip(axes, rows, strict=True):
            for k, axis in enumerate(of_row):
                one = np.asarray(spins)[k]
                lattices.draw_spins(axis, one)
                if right is not None:
                    y, x = np.nonzero(one != np.asarray(right)[k])
                    axis.plot(x, y, "x", color=style.COLORS["vermillion"], markersize=5, markeredgewidth=1.6)
            if at == 0:
                of_row[0].set_ylabel(label, fontsize=9)
    return figure


def modes(panels: Sequence[tuple[str, ArrayLike, Mapping[str, ArrayLike]]], bound: float) -> Any:
    """Figure with one axis for each (title, exact structure factors, name -> those of a network), drawn against them.

    bound: beyond which linear theory keeps a mode.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(panels), figsize=(3.2 * len(panels), 3.4), squeeze=False)
    for panel, (title, exact, series) in zip(axes[0], panels, strict=True):
        places = np.asarray(exact, np.float64).ravel()
        ends = np.array([places.min() / 2, places.max() * 2])
        panel.plot(ends, ends, **style.EXACT)
        panel.axvline(bound, color="0.5", linewidth=0.8, linestyle=":")
        for (name, values), color in zip(series.items(), style.COLORS, strict=False):
            how = {"marker": style.MARKERS[color], "color": style.COLORS[color], "markersize": 3.5, "linestyle": "none"}
            panel.plot(places, np.ravel(values), label=name, **how)
        panel.set(title=title, xscale="log", yscale="log", xlabel="S(k), Monte Carlo")
    axes[0, 0].set_ylabel("S(k), network")
    axes[0, 0].legend()
    return figure


def choices(T: ArrayLike, wanted: Sequence[tuple[str, Mapping[str, ArrayLike]]]) -> Any:
    """Figure with one axis for each (label, variant -> (temperature, seed)), even in number; variants by row."""
    import matplotlib.pyplot as plt

    names = list(wanted[0][1])
    size = (9.5, (0.4 * len(names) + 0.9) * -(-len(wanted) // 2))
    figure, axes = plt.subplots(-(-len(wanted) // 2), 2, figsize=size, sharey=True, squeeze=False)
    for panel, (label, series) in zip(axes.flat, wanted, strict=True):
        for at, name in enumerate(names):
            mean, error = mean_and_error(series[name])
            for k, (temperature, color) in enumerate(zip(np.asarray(T), style.COLORS, strict=False)):
                how = {**style.MEASURED, "marker": style.MARKERS[color], "color": style.COLORS[color]}
                named = f"T = {temperature:.4g}" if at == 0 else None
                panel.errorbar(mean[k], at + 0.2 * (k - 0.5), xerr=error[k], label=named, **how)
        panel.set(xlabel=label)
        if panel.get_xlim()[0] < 0 < panel.get_xlim()[1]:
            panel.axvline(0, color="black", linewidth=0.8, zorder=0)
        for at in range(len(names) - 1):
            panel.axhline(at + 0.5, color="0.9", linewidth=0.6)
    axes[0, 0].set(yticks=range(len(names)), yticklabels=names)
    axes[0, 0].invert_yaxis()
    axes.flat[-1].legend(loc="upper right")
    return figure


def training(
    epochs: ArrayLike,
    losses: Mapping[str, ArrayLike],
    T: ArrayLike,
    active: Mapping[str, ArrayLike],
    lines: Mapping[str, ArrayLike],
) -> tuple[Any, dict[str, Any]]:
    """Figure and its numbers: losses, name -> (seed, epoch), and latent variables, name -> (temperature, seed).

    lines: name -> (temperature,), drawn as lines beside the latter.
    """
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.3))
    drawn: dict[str, Any] = {"epoch": np.asarray(epochs), "T": np.asarray(T)}
    for (name, curves), color in zip(losses.items(), style.COLORS, strict=False):
        for k, curve in enumerate(np.asarray(curves)):
            left.plot(epochs, curve, color=style.COLORS[color], linewidth=0.9, label=name if k == 0 else None)
        drawn[name] = np.asarray(curves).mean(axis=0)
    left.set(xlabel="epoch", ylabel="loss")
    left.legend()
    drawn |= against_temperature(right, T, active, label="latent variables, or nats")
    for name, values in lines.items():
        right.plot(T, values, color="black", linewidth=1, label=name)
        drawn[name] = np.asarray(values)
    right.legend()
    return figure, drawn
