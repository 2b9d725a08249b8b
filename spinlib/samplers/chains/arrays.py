"""Chains as int8 arrays: the ensemble of every method without an ensemble of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from spinlib.models import Ising, Potts
from spinlib.samplers.chains import batch, draws, measure
from spinlib.samplers.chains.ensemble import Draws, State, overwrite


class Arrays:
    """int8 spins (chain, *shape), swept in place by the kernel of a plan, with one stream per chain.

    plan_for: the method's `plan`.
    """

    def __init__(
        self,
        plan_for: Callable[[Any, np.ndarray], Any],
        model: Ising | Potts,
        spins: np.ndarray,
        temperatures: np.ndarray,
        rng: np.ndarray,
    ) -> None:
        self._model, self._plan_for, self._meter = model, plan_for, measure.meter(model)
        self._spins, self._rng, self._rows = spins, rng, batch.rows(model, spins, temperatures, rng, 0)
        self.set_temperatures(temperatures)

    def sweep(self, n: int) -> None:
        draws.sweep(self._rows, self._plan, self._rng, n, self._meter)

    def set_temperatures(self, temperatures: np.ndarray) -> None:
        self._plan = self._plan_for(self._model, temperatures)

    def draw(self, n: int, sweeps_between: int, names: Collection[str], keep_spins: bool) -> Draws:
        energy, magnetization = "energy" in names, "magnetization" in names
        counts = measure.counts(self._model, n, len(self._rows), energy, magnetization)
        kept = np.empty((n if keep_spins else 0, *self._rows.shape), np.int8)
        draws.draw(self._rows, self._plan, self._rng, n, sweeps_between, self._meter, counts, kept)
        made = {"energy": measure.energies(self._model, counts)} if energy else {}
        if magnetization:
            made["magnetization"] = measure.magnetizations(self._model, counts)
        return made | ({"spins": kept.reshape(n, *self._spins.shape)} if keep_spins else {})

    def spins(self) -> np.ndarray:
        return self._spins

    def state(self) -> State:
        return {"spins": self._spins.copy(), "rng": self._rng.copy()}

    def restore(self, state: State) -> None:
        overwrite({"spins": self._spins, "rng": self._rng}, state)
