"""The interface of an ensemble: chains in the format of their kernel, which are swept, measured and stored in it.

Most methods use `spinlib.samplers.chains.arrays.Arrays`; the others have an `ensemble.py` in their folder.
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
        """Advance every chain by n sweeps; the result does not depend on how sweeps are split into calls."""

    def draw(self, n: int, sweeps_between: int, names: Collection[str], keep_spins: bool) -> Draws:
        """`n` draws, each after so many sweeps: of "energy" and "magnetization" those named, float64 (draw, chain), as
        `spinlib.samplers.chains.measure` defines them, and "spins" (draw, chain, *shape) of the model's dtype if they
        are kept. The result does not depend on how draws are split into calls."""

    def spins(self) -> np.ndarray:
        """(chain, *shape) of the model's dtype, which the next sweep may overwrite."""

    def state(self) -> State:
        """Copies, by name, of all that determines the chains' future: spins and generators in the kernel's format."""

    def restore(self, state: State) -> None:
        """Continue bit for bit from a `state` of the same chains; ValueError for the state of other chains."""


class Replicas(Ensemble, Protocol):
    """Chains whose temperatures can be changed; chains that share a random stream cannot."""

    def set_temperatures(self, temperatures: np.ndarray) -> None:
        """From now on chain k is at temperatures[k], in J / k_B."""


def overwrite(arrays: State, state: State) -> None:
    """Copy a state to arrays of the same names, shapes and dtypes; ValueError where they differ."""
    if set(arrays) != set(state):
        raise ValueError(f"state of {sorted(state)}: needed are {sorted(arrays)}")
    for name, array in arrays.items():
        given = state[name]
        if given.shape != array.shape or given.dtype != array.dtype:
            raise ValueError(f"state {name!r} of {given.dtype} {given.shape}: needed is {array.dtype} {array.shape}")
    for name, array in arrays.items():
        array[...] = state[name]
