"""Chains as arrays, swept by a method's `sweep` and measured by their model: the simplest ensemble."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from spinlib.models.lattice_model import LatticeModel
from spinlib.samplers.chains.ensemble import Draws, State, overwrite


class ModelArrays:
    """Spins (chain, *shape) of the model's dtype, with one stream per chain.

    sweep: the method's `sweep`, (model, spins, temperatures, rng, n), in place. Its result must not depend on how
    sweeps are split into calls.
    """

    def __init__(
        self,
        sweep: Callable[..., Any],
        model: LatticeModel,
        spins: np.ndarray,
        temperatures: np.ndarray,
        rng: np.ndarray,
    ) -> None:
        self._sweep, self._model, self._spins, self._rng = sweep, model, spins, rng
        self.set_temperatures(temperatures)
        self.sweep(0)  # raises for arrays that do not belong together

    def sweep(self, n: int) -> None:
        self._sweep(self._model, self._spins, self._temperatures, self._rng, n)

    def set_temperatures(self, temperatures: np.ndarray) -> None:
        self._temperatures = temperatures

    def draw(self, n: int, sweeps_between: int, names: Collection[str], keep_spins: bool) -> Draws:
        made: dict[str, list[np.ndarray]] = {name: [] for name in (*names, *(["spins"] if keep_spins else []))}
        for _ in range(n):
            self.sweep(sweeps_between)
            for name, values in made.items():
                values.append(self._measured(name))
        return {name: np.stack(values) for name, values in made.items()}

    def _measured(self, name: str) -> np.ndarray:
        if name == "spins":
            return self._spins.copy()
        if name == "energy":
            return self._model.energy(self._spins) / self._model.n_sites
        return self._model.order_parameter(self._spins)

    def spins(self) -> np.ndarray:
        return self._spins

    def state(self) -> State:
        return {"spins": self._spins.copy(), "rng": self._rng.copy()}

    def restore(self, state: State) -> None:
        overwrite({"spins": self._spins, "rng": self._rng}, state)
