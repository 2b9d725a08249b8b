"""Pictures of configurations: spins of +1 and -1, and cells of the cellular Potts model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.colors import ListedColormap
from numpy.typing import NDArray

from spinbook.plots import style

# Dark and light cells, in the colours of paper dp.
CELL_TYPES = (style.COLORS["vermillion"], style.COLORS["blue"])


def draw_spins(axis: Any, spins: NDArray[Any], title: str = "", colors: tuple[str, str] = style.SPINS) -> None:
    """Spins of shape (row, column), in the colours of -1 and of +1: by default dark and light."""
    axis.imshow(spins, cmap=ListedColormap(colors), vmin=-1, vmax=1, interpolation="nearest")
    _frame(axis, title)


def panel(pictures: Sequence[NDArray[Any]], titles: Sequence[str], columns: int = 4) -> Any:
    """A figure of configurations with their titles, so many in a row, in blue (+1) and yellow (-1)."""
    import matplotlib.pyplot as plt

    n_rows = -(-len(pictures) // columns)
    figure, axes = plt.subplots(n_rows, columns, figsize=(2.2 * columns, 2.45 * n_rows), squeeze=False)
    for axis in axes.flat[len(pictures) :]:
        axis.axis("off")
    for axis, spins, title in zip(axes.flat, pictures, titles, strict=False):
        draw_spins(axis, spins, title, style.BLUE_AND_YELLOW)
    return figure


def draw_boundary(axis: Any, model: Any, title: str = "") -> None:
    """The sites and bonds of a small square lattice, bonds that wrap around as two ends.

    Spins that the boundary fixes are blue (+1) or yellow (-1), others grey. Bonds that an antiperiodic seam turns are
    dashed and orange.
    """
    sites = np.indices(model.shape).reshape(2, -1)
    for i, j, weight, along in zip(*model.lattice.bonds, strict=True):
        turned = weight < 0
        how = {"color": style.COLORS["vermillion"] if turned else "#888888", "linestyle": ":" if turned else "-"}
        step = np.eye(2)[along] if sites[along, j] > sites[along, i] else 0.45 * np.eye(2)[along]
        ends = (
            [(sites[:, i], step)] if sites[along, j] > sites[along, i] else [(sites[:, i], step), (sites[:, j], -step)]
        )
        for (row, column), (down, right) in ends:
            axis.plot([column, column + right], [row, row + down], linewidth=1.4, zorder=1, **how)
    fixed = np.zeros(model.shape) if model.fixed is None else model.fixed
    palette = {0: "#bbbbbb", 1: style.BLUE_AND_YELLOW[1], -1: style.BLUE_AND_YELLOW[0]}
    shown = [palette[int(one)] for one in fixed.ravel()]
    axis.scatter(sites[1], sites[0], s=42, c=shown, edgecolors="black", linewidths=0.5, zorder=2)
    axis.set(xlim=(-0.8, model.shape[1] - 0.2), ylim=(model.shape[0] - 0.2, -0.8), aspect="equal", title=title)
    axis.axis("off")


def draw_cells(axis: Any, cells: NDArray[Any], types: NDArray[Any], title: str = "") -> None:
    """Cells, numbers of shape (row, column), in the colour of their type, with their outlines.

    types: the type of each number, 0 for the medium, 1 for dark and 2 for light.
    """
    if not cells.any():
        axis.set(xlim=(-0.5, cells.shape[1] - 0.5), ylim=(cells.shape[0] - 0.5, -0.5), aspect="equal")
        axis.text(0.5, 0.5, "no cell\nis left", transform=axis.transAxes, ha="center", va="center", fontsize=9)
        _frame(axis, title)
        return
    # The medium is the page itself, light or dark.
    shown = np.ma.masked_equal(types[cells], 0)
    axis.imshow(shown, cmap=ListedColormap(CELL_TYPES), vmin=1, vmax=2, interpolation="nearest")
    y, x = np.nonzero(cells[1:] != cells[:-1])
    axis.hlines(y + 0.5, x - 0.5, x + 0.5, color="black", linewidth=0.5)
    y, x = np.nonzero(cells[:, 1:] != cells[:, :-1])
    axis.vlines(x + 0.5, y - 0.5, y + 0.5, color="black", linewidth=0.5)
    _frame(axis, title)


def _frame(axis: Any, title: str) -> None:
    axis.set(xticks=[], yticks=[], title=title)
    axis.spines[:].set(visible=True, color="#999999", linewidth=0.6)
