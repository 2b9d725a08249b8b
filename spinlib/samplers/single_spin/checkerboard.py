"""Vectorised single-spin sweeps of an even, periodic square lattice: colours side by side, and the Ising sweep.

The two colours of the checkerboard are kept in two arrays (H, W / 2). Column k of row r holds the lattice's
column 2 k or 2 k + 1, so three of a site's neighbours stand at column k of the other array and the fourth beside
it: a row is updated by one loop over neighbouring memory, which the compiler turns into vector instructions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import uint64

from spinlib.compilation import njit
from spinlib.models import Ising, Potts
from spinlib.samplers.chains.draws import kernel_of
from spinlib.samplers.random import advance, load, scramble, store


def applies(model: Ising | Potts) -> bool:
    """Whether this is an even, periodic square lattice with uniform coupling and no field."""
    lattice = model.lattice
    return (
        model.field == 0.0
        and model.is_uniform
        and lattice.neighborhood == "nearest"
        and lattice.boundary == ("periodic", "periodic")
        and not any(length % 2 for length in lattice.shape)
    )


class IsingCheckerboard(NamedTuple):
    """height, width: of the lattice. table: uint64 (chain, 9), as for `sweep`."""

    height: int
    width: int
    table: np.ndarray


@njit(cache=True, nogil=True, error_model="numpy")
def split(spins, even, odd):
    """Copy a lattice (H, W) to its two colours (H, W / 2)."""
    for r in range(spins.shape[0]):
        first, second = (odd[r], even[r]) if r % 2 else (even[r], odd[r])
        for k in range(even.shape[1]):
            first[k], second[k] = spins[r, 2 * k], spins[r, 2 * k + 1]


@njit(cache=True, nogil=True, error_model="numpy")
def join(spins, even, odd):
    """The inverse of `split`."""
    for r in range(spins.shape[0]):
        first, second = (odd[r], even[r]) if r % 2 else (even[r], odd[r])
        for k in range(even.shape[1]):
            spins[r, 2 * k], spins[r, 2 * k + 1] = first[k], second[k]


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def fill_beside(beside, other, first, stop, color):
    """Fill in the neighbours of rows first .. stop - 1 of one colour: those in the same row at the other side.

    They stand one column on or one column back in the array of the other colour.
    """
    one = uint64(1)  # unsigned indices: with signed ones the loops are not vectorised
    last = uint64(other.shape[1]) - one
    start = uint64(0)
    for r in range(uint64(first), uint64(stop)):
        if (r + uint64(color)) % uint64(2):
            for k in range(last):
                beside[start + k] = other[r, k + one]
            beside[start + last] = other[r, uint64(0)]
        else:
            for k in range(last):
                beside[start + k + one] = other[r, k]
            beside[start] = other[r, last]
        start += last + one


@njit(cache=True, nogil=True, error_model="numpy")
def sweep(spins: np.ndarray, table: np.ndarray, rng: np.ndarray, n: int) -> None:
    """`n` sweeps of Ising spins in place, even sites then odd sites.

    spins: int8 (chain, H, W). table: uint64 (chain, 9), `spinlib.samplers.random.thresholds` of the flip probability
    for s times the sum of the neighbours, -4 .. 4. rng: uint64 (chain, 4).
    """
    _, height, width = spins.shape
    even, odd = np.empty((height, width // 2), np.int8), np.empty((height, width // 2), np.int8)
    beside = np.empty(width // 2, np.int8)
    for c in range(len(spins)):
        split(spins[c], even, odd)
        state = load(rng[c])
        for _ in range(n):
            state = _update(even, odd, 0, table[c], beside, state)
            state = _update(odd, even, 1, table[c], beside, state)
        store(rng[c], state)
        join(spins[c], even, odd)


@kernel_of(IsingCheckerboard)
def _sweep_rows(spins, plan, rng, n):
    sweep(spins.reshape((spins.shape[0], plan.height, plan.width)), plan.table, rng, n)


@njit(cache=True, nogil=True, error_model="numpy")
def _update(own, other, color, table, beside, state):
    t_minus_4, t_minus_2, t_0, t_2, t_4 = table[0], table[2], table[4], table[6], table[8]
    height, half = own.shape
    for r in range(height):
        above, below = (r - 1 if r else height - 1), (r + 1 if r < height - 1 else 0)
        fill_beside(beside, other, r, r + 1, color)
        key, state = advance(state)
        for k in range(half):
            s = own[r, k]
            m = s * (other[r, k] + beside[k] + other[above, k] + other[below, k])
            # Selections instead of table[m + 4], because a look-up per lane is slower.
            t = t_4 if m == 4 else t_2 if m == 2 else t_0 if m == 0 else t_minus_2 if m == -2 else t_minus_4
            own[r, k] = -s if (scramble(key, k) >> uint64(11)) < t else s
    return state
