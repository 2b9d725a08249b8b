"""Pictures of configurations: spins of +1 and -1, and cells of the cellular Potts model."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import ListedColormap
from numpy.typing import NDArray

from spinbook.plots import style

# Dark and light cells, in the colours of paper dp.
CELL_TYPES = (style.COLORS["vermillion"], style.COLORS["blue"])


def draw_spins(axis: Any, spins: NDArray[Any], title: str = "") -> None:
    """Spins of +1 (light) and -1 (dark), of shape (row, column)."""
    axis.imshow(spins, cmap=ListedColormap(style.SPINS), vmin=-1, vmax=1, interpolation="nearest")
    _frame(axis, title)


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
