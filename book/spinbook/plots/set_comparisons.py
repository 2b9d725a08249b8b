"""Sets of configurations beside each other: correlations at several temperatures, snapshots, and what sweeps repair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import learned, style
from .lattices import draw_spins


def correlations(
    rows: Sequence[tuple[str, Mapping[str, Mapping[str, ArrayLike]], Mapping[str, ArrayLike]]], *, floor: float = 1e-3
) -> tuple[Any, dict[str, Any]]:
    """G(r), r = 1, 2, ..., on logarithmic axes, and the columns drawn: a row for each (label, panels, lines).

    panels: title -> temperature -> G of runs (run, r), drawn as mean and standard deviation over runs. lines:
    temperature -> G (r), the same in all panels of the row. What lies below `floor` is not drawn.
    """
    import matplotlib.pyplot as plt

    n_columns = max(len(panels) for _, panels, _ in rows)
    # Many columns are narrower, or a page would shrink their text until nobody can read it.
    size = ((3.3 if n_columns < 4 else 2.5) * n_columns, 3.2 * len(rows))
    figure, axes = plt.subplots(
        len(rows), n_columns, figsize=size, squeeze=False, sharex=True, sharey=True, layout="constrained"
    )
    columns: dict[str, Any] = {}
    for (label, panels, lines), line_of_axes in zip(rows, axes, strict=True):
        for axis, (title, curves) in zip(line_of_axes, panels.items(), strict=True):
            for (name, values), color in zip(curves.items(), style.COLORS, strict=False):
                numbers = np.asarray(values, np.float64)
                r, mean = np.arange(1, numbers.shape[1] + 1), numbers.mean(axis=0)
                spread = numbers.std(axis=0, ddof=1)
                how = {**style.MEASURED, "color": style.COLORS[color], "marker": style.MARKERS[color]}
                shown = mean > floor
                axis.errorbar(r[shown], mean[shown], spread[shown], label=name, **how)
                columns |= {"r": r, f"{title}, {label}, {name}": mean, f"{title}, {label}, {name}, spread": spread}
                if name in lines:
                    line = np.asarray(lines[name], np.float64)
                    axis.plot(r, np.where(line > floor, line, np.nan), color=style.COLORS[color], linewidth=1)
                    columns[f"independent, {label}, {name}"] = line
            axis.set(title=title, xscale="log", yscale="log", ylim=(floor, 1.3))
            ticks = [one for one in (1, 2, 4, 8, 16, 32) if one <= len(r)]
            axis.set_xticks(ticks, [f"{one}" for one in ticks])
            axis.minorticks_off()
        line_of_axes[0].set_ylabel(f"G(r), {label}")
    for axis in axes[-1]:
        axis.set_xlabel("distance r [sites]")
    figure.legend(*axes[-1, 0].get_legend_handles_labels(), loc="outside lower center", ncols=6)
    return figure, columns


def against_independent(
    T: ArrayLike, series: learned.Over, independent: tuple[ArrayLike, ArrayLike], label: str
) -> tuple[Any, dict[str, Any]]:
    """Means over trainings (temperature, training) with their errors, beside a line (T, values) of independent sets."""
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(5.4, 3.6), layout="constrained")
    axis.plot(*independent, **{**style.EXACT, "label": "independent"})
    columns = {"T": T, **learned.against_temperature(axis, T, series, label=label)}
    axis.legend(fontsize=8)
    return figure, columns | {"T of independent": independent[0], "independent": independent[1]}


def snapshots(rows: Mapping[str, ArrayLike], titles: Sequence[str]) -> tuple[Any, dict[str, Any]]:
    """Two configurations of each row at each temperature, (temperature, 2, L, L), and their mean spins.

    titles: of the temperatures, over pairs of columns.
    """
    import matplotlib.pyplot as plt

    n_columns = 2 * len(titles)
    figure, axes = plt.subplots(
        len(rows), n_columns, figsize=(1.15 * n_columns, 1.2 * len(rows) + 0.3), squeeze=False, layout="constrained"
    )
    columns: dict[str, Any] = {"temperature": [one for one in titles for _ in range(2)]}
    for row, (line_of_axes, (name, pictures)) in enumerate(zip(axes, rows.items(), strict=True)):
        both = np.asarray(pictures).reshape(n_columns, *np.shape(pictures)[2:])
        for k, (axis, spins) in enumerate(zip(line_of_axes, both, strict=True)):
            draw_spins(axis, spins, "" if row else titles[k // 2])
            axis.title.set_fontsize(9)
        line_of_axes[0].set_ylabel(name, fontsize=8)
        columns[f"m, {name}"] = both.mean(axis=(1, 2))
    return figure, columns


def after_sweeps(
    sweeps: ArrayLike, panels: Sequence[tuple[str, Mapping[str, ArrayLike], float]], *, label: str = "sweeps"
) -> tuple[Any, dict[str, Any]]:
    """A panel for each (label, start -> values of sets (set, rung), exact value), over the number of sweeps.

    Bars are standard deviations over sets. Rungs stand on a scale that is linear up to 1 and logarithmic above.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        1, len(panels), figsize=(3.6 * len(panels), 3.4), squeeze=False, sharex=True, layout="constrained"
    )
    places = np.asarray(sweeps)
    columns: dict[str, Any] = {label: places}
    for axis, (name, starts, exact) in zip(axes[0], panels, strict=True):
        axis.axhline(exact, **style.EXACT)
        for (start, values), color in zip(starts.items(), style.COLORS, strict=False):
            numbers = np.asarray(values, np.float64)
            mean, spread = numbers.mean(axis=0), numbers.std(axis=0, ddof=1)
            how = {**style.MEASURED, "color": style.COLORS[color], "marker": style.MARKERS[color], "linestyle": "-"}
            axis.errorbar(places, mean, spread, label=start, linewidth=0.8, **{**how})
            columns |= {f"{name}, {start}": mean, f"{name}, {start}, spread": spread}
        axis.set_xscale("symlog", linthresh=1, linscale=0.4)
        axis.set(xlim=(-0.15, 1.3 * places[-1]), xlabel=label, ylabel=name)
    axes[0, 0].legend(fontsize=7.5)
    return figure, columns
