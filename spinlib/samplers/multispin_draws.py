"""Draws of packed spins in one compiled call: sweeps, then the counts that energy and magnetisation follow from.

Four Python calls for each draw would cost more than the sweeps of a small lattice.
"""

from __future__ import annotations

import numpy as np

from spinlib.compilation import njit
from spinlib.samplers import multispin_kernel as kernel
from spinlib.samplers.bit_counts import count_unsatisfied, count_up


@njit(cache=True, nogil=True, error_model="numpy")
def draw(
    block: kernel.Block, sweeps_between: int, arrivals: np.ndarray, unsatisfied: np.ndarray, up: np.ndarray
) -> None:
    """As many draws as the arrays have rows, each after so many sweeps on one thread.

    arrivals: as for `spinlib.samplers.multispin_kernel.sweep`. unsatisfied: int64 (draw, 64), becomes the number of
    bonds that are not satisfied, for each bit of the words. up: int64 (2, draw, 64), becomes the number of set bits of
    each colour; neither is counted if its array has no draws.
    """
    for number in range(max(unsatisfied.shape[0], up.shape[1])):
        kernel.sweep(block, sweeps_between, 0, 1, arrivals)
        if unsatisfied.shape[0]:
            unsatisfied[number] = count_unsatisfied(block.words, block.signs, block.n_columns)
        if up.shape[1]:
            for color in range(2):
                up[color, number] = count_up(block.words, block.n_columns, color)
