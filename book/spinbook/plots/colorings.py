"""Pictures of small lattices: their spins as arrows, and the colours of their sites."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinlib.lattice import Lattice

from . import style

# Two colours are black and white, as in paper dp; more are those of the book and then grey and black.
TWO = ("#333333", "#ffffff")
MANY = (*style.COLORS.values(), "#999999", "#333333")


def draw_arrows(axis: Any, spins: NDArray[Any], title: str = "") -> None:
    """Spins of +1 and -1, of shape (row, column), as arrows up and down in circles."""
    row, column = np.indices(spins.shape)
    axis.scatter(column.ravel(), row.ravel(), s=240, c="white", edgecolors="#999999", linewidths=0.8)
    for value, marker, color in ((1, r"$\uparrow$", "vermillion"), (-1, r"$\downarrow$", "blue")):
        y, x = np.nonzero(spins == value)
        axis.scatter(x, y, marker=marker, s=130, c=style.COLORS[color])
    _frame(axis, spins.shape, 0.0, title)


def draw_coloring(axis: Any, lattice: Lattice, coloring: NDArray[Any], title: str = "") -> None:
    """The colour of every site of a lattice with two axes; rows of a triangular one are shifted by half a site.

    Raises
    ------
    ValueError
        More colours than can be told apart.
    """
    n_colors = int(coloring.max()) + 1
    if n_colors > len(MANY):
        raise ValueError(f"{n_colors} colours: at most {len(MANY)} can be told apart")
    palette = TWO if n_colors <= len(TWO) else MANY
    row, column = np.indices(lattice.shape)
    shift = 0.5 if lattice.neighborhood == "triangular" else 0.0
    axis.scatter(
        (column + shift * (row % 2)).ravel(), row.ravel(), s=150, c=[palette[k] for k in coloring.ravel()],
        edgecolors="#777777", linewidths=0.8,
    )  # fmt: skip
    _frame(axis, lattice.shape, shift, title)


def _frame(axis: Any, shape: tuple[int, ...], shift: float, title: str) -> None:
    rows, columns = shape
    axis.set(xlim=(-0.6, columns - 0.4 + shift), ylim=(rows - 0.4, -0.6), aspect="equal", title=title)
    axis.axis("off")
