"""Cell sorting in the cellular Potts model: the set-up of paper dp, Table II and Figs. 5 and 6.

36 cells of 5 x 5 sites, 18 dark and 18 light at random, stand as a square in the medium. The paper runs them
at k_B T = 8 with 24 neighbours ("Moore neighborhood with second neighbors", a 5 x 5 patch).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spinlib.models.cellular_potts import MEDIUM, CellularPotts

__all__ = ["COUPLING", "DARK", "LIGHT", "TEMPERATURE", "TYPE_NAMES", "aggregate", "sorting_model"]

DARK, LIGHT = 1, 2
TYPE_NAMES = ("medium", "dark", "light")

# Paper dp, Table II; rows and columns are medium, dark, light. Light cells are the more cohesive type.
COUPLING = ((0.0, 16.0, 16.0), (16.0, 14.0, 11.0), (16.0, 11.0, 2.0))
TEMPERATURE = 8.0


def sorting_model(
    shape: Sequence[int] = (60, 60),
    n_cells: int = 36,
    *,
    seed: int,
    neighborhood: str = "moore2",
    coupling_factor: float = 1.0,
) -> CellularPotts:
    """Paper dp's model of cell sorting: Table II, A = 25, lambda = 1, half of the cells light, at random.

    Types are MEDIUM, DARK, LIGHT = 0, 1, 2.

    Parameters
    ----------
    shape : sequence of int
        Sites per axis.
    n_cells : int
        Number of cells, at least 1. If it is odd, there is one more dark cell.
    seed : int
        Draws which cells are light.
    neighborhood : str
        See `CellularPotts`.
    coupling_factor : float
        Multiplies all of Table II.

    Returns
    -------
    CellularPotts

    Raises
    ------
    ValueError
        n_cells < 1.

    Examples
    --------
    >>> from spinlib.models.cell_sorting import sorting_model
    >>> model = sorting_model(seed=1)
    >>> model.n_cells, model.types[1:].tolist().count(2), model.pair_names[0]
    (36, 18, 'medium-dark')
    """
    if n_cells < 1:
        raise ValueError(f"n_cells = {n_cells}: at least 1 cell is needed")
    light = n_cells // 2
    kinds = np.repeat([DARK, LIGHT], [n_cells - light, light])
    types = np.concatenate([[MEDIUM], np.random.default_rng(seed).permutation(kinds)])
    coupling = coupling_factor * np.array(COUPLING)
    return CellularPotts(shape, types, coupling, neighborhood=neighborhood, type_names=TYPE_NAMES)


def aggregate(shape: Sequence[int] = (60, 60), cells_per_side: int = 6, cell_side: int = 5) -> np.ndarray:
    """A square aggregate of square cells in the middle of the medium.

    Parameters
    ----------
    shape : sequence of int
        Sites per axis, on two axes.
    cells_per_side : int
        Cells along a side of the aggregate.
    cell_side : int
        Sites along a side of a cell.

    Returns
    -------
    ndarray, int16 `shape`
        Cells 1, 2, ... row by row, and 0 for the medium.

    Raises
    ------
    ValueError
        An aggregate that does not fit; sizes that are not positive.

    Examples
    --------
    >>> from spinlib.models.cell_sorting import aggregate
    >>> aggregate((4, 6), cells_per_side=2, cell_side=2).tolist()
    [[0, 1, 1, 2, 2, 0], [0, 1, 1, 2, 2, 0], [0, 3, 3, 4, 4, 0], [0, 3, 3, 4, 4, 0]]
    """
    side = cells_per_side * cell_side
    if cells_per_side < 1 or cell_side < 1 or len(shape) != 2 or side > min(shape):
        raise ValueError(
            f"{cells_per_side} x {cells_per_side} cells of side {cell_side} on shape {tuple(shape)}: "
            "sizes have to be positive, and the aggregate has to fit on a lattice of two axes"
        )
    numbers = 1 + np.arange(cells_per_side**2, dtype=np.int16).reshape(cells_per_side, cells_per_side)
    top, left = ((length - side) // 2 for length in shape)
    cells = np.zeros(tuple(shape), dtype=np.int16)
    cells[top : top + side, left : left + side] = np.kron(numbers, np.ones((cell_side, cell_side), dtype=np.int16))
    return cells
