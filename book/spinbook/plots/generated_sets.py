"""Generated sets of paper fid: a UNet as boxes, the way from noise to a configuration, distributions and logarithms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import style
from .learned import TEMPERATURE


def unet(network: Any, states: Mapping[str, np.ndarray], forward: Mapping[str, np.ndarray] | None = None) -> Any:
    """The levels of a `ConditionalUNet` as boxes, with channels and sides, below configurations (L, L) on the way.

    forward: configurations to which noise is added, in a row above those.
    """
    import matplotlib.pyplot as plt

    rows = [one for one in (forward, states) if one]
    figure = plt.figure(figsize=(9, 3.6 + 2.2 * len(rows)), layout="constrained")
    *above, below = np.ravel(np.asarray(figure.subfigures(len(rows) + 1, 1, height_ratios=[*(1 for _ in rows), 1.6])))
    for part, row in zip(above, rows, strict=True):
        for axis, (title, state) in zip(part.subplots(1, len(row)), row.items(), strict=True):
            axis.imshow(state, cmap="cividis", vmin=-2, vmax=2, interpolation="nearest")
            axis.set(title=title, xticks=[], yticks=[])
            axis.title.set_fontsize(9)
    # As narrow as a phone shows without shrinking it.
    axes = below.add_subplot(below.add_gridspec(1, 3, width_ratios=[1, 2, 1])[1])
    side, widths = network.shape[0], network.widths
    last = len(widths) - 1
    levels = [*range(len(widths)), *reversed(range(last))]
    for place, depth in enumerate(levels):
        inset = 0.5 * depth / last
        left = 1.5 if depth == last else inset if place < last else 3 - inset
        color = style.COLORS["sky" if place <= last else "orange"]
        axes.add_patch(plt.Rectangle((left, -depth), 1, 0.6, facecolor=color, edgecolor="black"))
        told = f"{widths[depth]}\n({side // 2**depth} x {side // 2**depth})"
        axes.annotate(told, (left + 0.5, 0.3 - depth), ha="center", va="center", fontsize=9)
        if place < last:
            axes.annotate("", (3 - inset, 0.3 - depth), (inset + 1, 0.3 - depth),
                          arrowprops={"arrowstyle": "->", "linestyle": ":"})  # fmt: skip
    # The embeddings, whose sum goes through a layer of its own to every level.
    for left, told in ((0.6, "step t:\nsines and cosines"), (2.0, "temperature T:\ntwo linear layers")):
        axes.annotate(told, (left + 0.7, 1.75), ha="center", va="center", fontsize=8)
        axes.annotate("", (2, 1.22), (left + 0.7, 1.5), arrowprops={"arrowstyle": "->"})
    summed = f"sum of the embeddings, {network.embedding} numbers,\nadded at every level by a linear layer of its own"
    axes.annotate(summed, (2, 1.0), ha="center", va="center", fontsize=8)
    axes.set(xlim=(-0.05, 4.05), ylim=(-last - 0.1, 2.0))
    axes.axis("off")
    return figure


def ways(
    panels: Mapping[str, Mapping[str, tuple[ArrayLike, ArrayLike]]], exact: Sequence[tuple[str, float, float]]
) -> tuple[Any, dict[str, Any]]:
    """The figure, and the columns drawn: energy (above) and |m| (below) on the way from a random start.

    panels: "energy" and "order" -> name -> (share of the way (step,), values (column, step)). exact: a column for each
    (title, energy, |m|), horizontal lines.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, len(exact), figsize=(9, 5), sharex=True, sharey="row", layout="constrained")
    columns: dict[str, Any] = {}
    for row, (quantity, label) in enumerate((("energy", "energy per site [J]"), ("order", "⟨|m|⟩"))):
        for column, told in enumerate(exact):
            axis = axes[row, column]
            axis.axhline(told[1 + row], color="black", linewidth=1, label="equilibrium")
            for (name, (x, values)), color, line in zip(
                panels[quantity].items(), style.COLORS.values(), ("-", "--", ":"), strict=False
            ):
                axis.plot(x, np.asarray(values)[column], line, color=color, label=name)
                columns |= {
                    f"{quantity}, {name}, share": x,
                    f"{quantity}, {name}, {told[0]}": np.asarray(values)[column],
                }
        axes[row, 0].set_ylabel(label)
    for axis, told in zip(axes[0], exact, strict=True):
        axis.set_title(told[0])
    for axis in axes[1]:
        axis.set_xlabel("share of the steps or sweeps")
    axes[0, -1].legend(fontsize=8)
    return figure, columns


def distributions(
    rows: Mapping[str, Mapping[str, ArrayLike]],
    *,
    label: str,
    bins: ArrayLike,
    exact: Mapping[str, ArrayLike] | None = None,
    columns: int = 3,
    log: bool = False,
) -> tuple[Any, dict[str, Any]]:
    """Shares of values in bins: a panel for each name, a line for each temperature in it; and the columns drawn.

    exact: temperature -> share of each bin, drawn into all panels. columns: of panels. log: ordinates.
    """
    import matplotlib.pyplot as plt

    edges, n_columns = np.asarray(bins, np.float64), min(columns, len(rows))
    n_rows = -(-len(rows) // n_columns)
    figure, axes = plt.subplots(
        n_rows, n_columns, figsize=((3.1 if n_columns > 2 else 4.4) * n_columns, 0.4 + 2.8 * n_rows), sharex=True,
        sharey=True, squeeze=False, layout="constrained",
    )  # fmt: skip
    drawn: dict[str, Any] = {"from": edges[:-1], "to": edges[1:]}
    for axis, (title, series) in zip(axes.flat, rows.items(), strict=False):
        for name, shares in (exact or {}).items():
            axis.stairs(shares, edges, color="black", linewidth=0.8, linestyle=":", baseline=None)
            drawn[f"exact, {name}"] = shares
        for (name, values), color in zip(series.items(), style.COLORS.values(), strict=False):
            given = np.ravel(values)
            share = np.histogram(np.clip(given, edges[0], edges[-1]), edges)[0] / len(given)
            axis.stairs(share, edges, color=color, label=name, baseline=None if log else 0)
            drawn[f"{title}, {name}"] = share
        axis.set(title=title, yscale="log" if log else "linear")
    for axis in axes.flat[len(rows) :]:
        axis.axis("off")
    for axis in axes[-1]:
        axis.set_xlabel(label)
    for axis in axes[:, 0]:
        axis.set_ylabel("share of configurations")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=5, fontsize=8)
    return figure, drawn


def logarithmic(
    T: ArrayLike, series: Mapping[str, tuple[ArrayLike, ArrayLike]], exact: tuple[ArrayLike, ArrayLike]
) -> tuple[Any, dict[str, Any]]:
    """-E and |m| against T on logarithmic axes: name -> (energy, |m|), means (temperature,); exact: as one of them."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    columns: dict[str, Any] = {"T": np.asarray(T)}
    for axis, k, label in zip(axes, (0, 1), ("minus energy per site [J]", "⟨|m|⟩"), strict=True):
        sign = -1.0 if k == 0 else 1.0
        axis.plot(T, sign * np.asarray(exact[k]), **style.EXACT)
        columns[f"{label}, exact"] = sign * np.asarray(exact[k])
        for (name, values), color in zip(series.items(), style.COLORS, strict=False):
            how = {"linestyle": "none", "markersize": 4, "marker": style.MARKERS[color], "color": style.COLORS[color]}
            axis.plot(T, sign * np.asarray(values[k]), label=name, **how)
            columns[f"{label}, {name}"] = sign * np.asarray(values[k])
        axis.set(xscale="log", yscale="log", xlabel=TEMPERATURE, ylabel=label)
    axes[0].legend()
    return figure, columns
