"""Chains as packed spins, which are unpacked only on request."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from spinlib.samplers.chains.contents import digest
from spinlib.samplers.chains.ensemble import Draws, State, overwrite
from spinlib.samplers.multispin.packed_spins import PackedSpins
from spinlib.samplers.multispin.replicas import allowed_replicas
from spinlib.samplers.random import keyed_streams
from spinlib.samplers.single_spin.metropolis import HOT


class Words:
    """Packed spins (chain, H, W): Metropolis, or heat bath if a temperature exceeds HOT |J|."""

    def __init__(
        self,
        model: Any,
        spins: np.ndarray,
        temperatures: np.ndarray,
        seed: int,
        keys: Sequence[bytes],
        device: str = "cpu",
    ) -> None:
        self._n_sites = model.n_sites
        dynamics = "heat_bath" if temperatures.max() > HOT * np.abs(model.coupling_values).max() else "metropolis"
        # The smallest number of replicas with which one word holds all chains.
        enough = [number for number in allowed_replicas(model) if number >= len(keys)]
        size, rng = min(enough, default=64), np.zeros((len(keys), 4), np.uint64)
        # Only the stream of the first chain of a word is used.
        rng[::size] = keyed_streams(seed, [digest(keys[k : k + size]) for k in range(0, len(keys), size)])
        self._packed = PackedSpins(model, spins, temperatures, rng, dynamics=dynamics, replicas=size)

    def sweep(self, n: int) -> None:
        self._packed.sweep(n)

    def set_temperatures(self, temperatures: np.ndarray) -> None:
        self._packed.set_temperatures(temperatures)

    def draw(self, n: int, sweeps_between: int, names: Collection[str], keep_spins: bool) -> Draws:
        spins = np.empty((self._packed.n_chains, n, *self._packed.model.shape), np.int8) if keep_spins else None
        wanted = [name in names for name in ("energy", "magnetization")]
        energies, magnetizations = self._packed.draw(n, sweeps_between, *wanted, spins=spins)
        totals = {"energy": energies, "magnetization": magnetizations}
        made = {name: values.T / self._n_sites for name, values in totals.items() if values is not None}
        return made | ({} if spins is None else {"spins": np.swapaxes(spins, 0, 1)})

    def spins(self) -> np.ndarray:
        return self._packed.unpack()

    def state(self) -> State:
        return {name: array.copy() for name, array in self._packed.arrays().items()}

    def restore(self, state: State) -> None:
        overwrite(self._packed.arrays(), state)
