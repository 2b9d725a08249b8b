"""What an ensemble is: chains in the format of their method's kernel, in which they are swept, measured and stored.

Most methods have `spinlib.samplers.chains.arrays.Arrays`; the others have an `ensemble.py` in their folder.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import numpy as np

State = dict[str, np.ndarray]
Draws = dict[str, np.ndarray]


class Ensemble(Protocol):
    """Chains, each at its temperature; energies and magnetisations are per site."""

    def sweep(self, n: int) -> None:
        """Advance every chain by n sweeps; how sweeps are split into calls does not matter."""

    def draw(self, n: int, sweeps_between: int, names: Collection[str], keep_spins: bool) -> Draws:
        """`n` draws, each after so many sweeps: of "energy" and "magnetization" those named, float64 (draw, chain), as
        `spinlib.samplers.chains.measure` defines them, and "spins" (draw, chain, *shape) of the model's dtype if they
        are kept. How draws are split into calls does not matter."""

    def spins(self) -> np.ndarray:
        """(chain, *shape) of the model's dtype, which the next sweep may overwrite."""

    def state(self) -> State:
        """All that the chains' future follows from, spins and generators as the kernel has them: copies, by name."""

    def restore(self, state: State) -> None:
        """Continue where `state` of the same chains was taken, bit for bit; ValueError for that of others."""


class Replicas(Ensemble, Protocol):
    """Chains whose temperatures can be changed: all but those that share a random stream."""

    def set_temperatures(self, temperatures: np.ndarray) -> None:
        """From now on chain k is at temperatures[k], in J / k_B."""


def overwrite(arrays: State, state: State) -> None:
    """Copy a state to the arrays of the same names, shapes and dtypes; ValueError where it does not fit them."""
    if set(arrays) != set(state):
        raise ValueError(f"state of {sorted(state)}: needed are {sorted(arrays)}")
    for name, array in arrays.items():
        given = state[name]
        if given.shape != array.shape or given.dtype != array.dtype:
            raise ValueError(f"state {name!r} of {given.dtype} {given.shape}: needed is {array.dtype} {array.shape}")
    for name, array in arrays.items():
        array[...] = state[name]
