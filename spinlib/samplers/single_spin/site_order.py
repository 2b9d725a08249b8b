"""The order in which single-spin methods visit the sites, and a lattice's neighbours as their kernels take them.

Sites are visited colour after colour where the lattice has a valid colouring, because updates within one colour do not
depend on each other; else in typewriter order. On a row of the last axis the sites of one colour are a fixed distance
apart, so that a byte per row and colour tells their places.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numba import uint64

from spinlib.compilation import njit
from spinlib.immutable import read_only
from spinlib.lattice import Lattice
from spinlib.neighborhoods import reach
from spinlib.samplers.stencils import Stencils, stencils

_NONE = -1


class SiteOrder(NamedTuple):
    """first: int8 (n_colors, rows), the column of a row's first site of a colour, -1 if there is none.

    step: columns from one site of that colour to the next. width: sites in a row. margin: sites at either end of a row
    whose neighbours can lie across it.
    """

    first: np.ndarray
    step: int
    width: int
    margin: int

    def sites(self) -> np.ndarray:
        """The flat indices of all sites in this order, int64 (N,)."""
        rows = [
            np.arange(row * self.width + int(column), (row + 1) * self.width, self.step)
            for columns in self.first
            for row, column in enumerate(columns)
            if column != _NONE
        ]
        return np.concatenate(rows)


@lru_cache(maxsize=16)
def site_order(lattice: Lattice) -> SiteOrder:
    """The order for this lattice."""
    width, margin = lattice.shape[-1], reach(lattice.neighborhood, lattice.ndim)
    try:
        colors, period = lattice.row_colors()
    except ValueError:
        return SiteOrder(read_only(np.zeros((1, lattice.n_sites // width), np.int8)), 1, width, margin)
    first = np.full((lattice.n_colors, len(colors)), _NONE, np.int8)
    # From the last column of a period to the first, so that the first site of a colour is written last and stays.
    for column in range(period - 1, -1, -1):
        first[colors[:, column], np.arange(len(colors))] = column
    return SiteOrder(read_only(first), period, width, margin)


@lru_cache(maxsize=16)
def paired_stencils(lattice: Lattice) -> Stencils:
    """`spinlib.samplers.stencils` with an even number of neighbours: if need be, the last one has weight 0.

    Loops over neighbours take two at a time.
    """
    kind, offset, weight = stencils(lattice)
    odd = offset.shape[1] % 2
    none = np.zeros((len(offset), odd), np.int8)
    offset, weight = (np.concatenate([table, none.astype(table.dtype)], axis=1) for table in (offset, weight))
    return Stencils(kind, read_only(offset), read_only(weight))


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def run_end(column, order):
    """The column before which a run ends that begins at `column`, both uint64.

    A run is a site within reach of an end of the row, or all sites of a row and colour that are not: these have their
    neighbours at the same distances.
    """
    margin, last = uint64(order.margin), uint64(order.width - order.margin)
    return last if margin <= column < last else column + uint64(1)
