"""Vectorised single-spin-flip sweeps of an even, periodic square lattice with uniform coupling and no field.

The two colours of the checkerboard are kept in two arrays (chain, H, W / 2). Column k of row r holds the lattice's
column 2 k or 2 k + 1, so three of a site's neighbours stand at column k of the other array and the fourth beside
it: a row is updated by one loop over neighbouring memory, which the compiler turns into vector instructions.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from spinlib.models import Ising
from spinlib.samplers.random import advance, load, scramble, store


def applies(model: Ising) -> bool:
    """Whether this is an even, periodic square lattice with uniform coupling and no field."""
    lattice = model.lattice
    return (
        model.is_uniform
        and model.field == 0.0
        and lattice.neighborhood == "nearest"
        and lattice.boundary == ("periodic", "periodic")
        and not any(length % 2 for length in lattice.shape)
    )


def sweep(spins: np.ndarray, table: np.ndarray, rng: np.ndarray, n: int) -> None:
    """`n` sweeps in place, even sites then odd sites.

    spins: int8 (chain, H, W). table: uint64 (chain, 9), `spinlib.samplers.random.thresholds` of the flip probability
    for s times the sum of the neighbours, -4 .. 4. rng: uint64 (chain, 4).
    """
    n_chains, height, width = spins.shape
    even = np.empty((n_chains, height, width // 2), dtype=np.int8)
    odd = np.empty_like(even)
    for row in (0, 1):
        even[:, row::2] = spins[:, row::2, row::2]
        odd[:, row::2] = spins[:, row::2, 1 - row :: 2]
    _sweep(even, odd, table, rng, n)
    for row in (0, 1):
        spins[:, row::2, row::2] = even[:, row::2]
        spins[:, row::2, 1 - row :: 2] = odd[:, row::2]


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep(even, odd, table, rng, n):
    beside = np.empty(even.shape[2], dtype=np.int8)
    for c in range(even.shape[0]):
        state = load(rng[c])
        for _ in range(n):
            state = _update(even[c], odd[c], 0, table[c], beside, state)
            state = _update(odd[c], even[c], 1, table[c], beside, state)
        store(rng[c], state)


@njit(cache=True, nogil=True, error_model="numpy")
def _update(own, other, color, table, beside, state):
    height, half = own.shape
    t_minus_4, t_minus_2, t_0, t_2, t_4 = table[0], table[2], table[4], table[6], table[8]
    for r in range(height):
        above, below = (r - 1 if r else height - 1), (r + 1 if r < height - 1 else 0)
        # The neighbour in the same row at the other side: one column on or one column back.
        if (r + color) % 2:
            for k in range(half - 1):
                beside[k] = other[r, k + 1]
            beside[half - 1] = other[r, 0]
        else:
            for k in range(half - 1):
                beside[k + 1] = other[r, k]
            beside[0] = other[r, half - 1]
        key, state = advance(state)
        for k in range(half):
            s = own[r, k]
            m = s * (other[r, k] + beside[k] + other[above, k] + other[below, k])
            # Selections instead of table[m + 4]: a look-up per lane is slower.
            t = t_4 if m == 4 else t_2 if m == 2 else t_0 if m == 0 else t_minus_2 if m == -2 else t_minus_4
            own[r, k] = -s if (scramble(key, k) >> uint64(11)) < t else s
    return state
