"""Baselines: the Metropolis sweep of the square Ising model in a dozen lines, as a reader might first write it.

Both are correct and have one random number per site; neither is part of spinlib.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numba import njit


@njit(cache=True, nogil=True, error_model="numpy")
def loop_sweep(spins: np.ndarray, temperature: float, generator: np.random.Generator, n: int) -> None:
    """`n` sweeps of one lattice int8 (H, W), H and W even, periodic, J = 1, by two loops, colour after colour."""
    height, width = spins.shape
    accept = np.array([math.exp(-2.0 * field / temperature) for field in range(5)])
    for _ in range(n):
        for color in range(2):
            for i in range(height):
                for j in range((i + color) % 2, width, 2):
                    field = spins[i - 1, j] + spins[(i + 1) % height, j] + spins[i, j - 1] + spins[i, (j + 1) % width]
                    field *= spins[i, j]
                    if field <= 0 or generator.random() < accept[field]:
                        spins[i, j] = -spins[i, j]


def roll_sweep(spins: torch.Tensor, temperature: float, generator: torch.Generator, n: int) -> None:
    """`n` sweeps of lattices float32 (B, H, W), H and W even, periodic, J = 1, with shifted copies for a kernel."""
    rows, columns = (torch.arange(length, device=spins.device) for length in spins.shape[1:])
    even = (rows[:, None] + columns) % 2 == 0
    for _ in range(n):
        noise = torch.rand(spins.shape, generator=generator, dtype=torch.float64, device=spins.device)
        for color in (even, ~even):
            field = sum(torch.roll(spins, shift, axis) for axis in (1, 2) for shift in (1, -1))
            accept = noise < torch.exp((-2.0 / temperature) * (spins * field).double())
            spins.copy_(torch.where(accept & color, -spins, spins))
