"""Chains of planar spins as components, converted to angles only if configurations are kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from spinlib.models import XY
from spinlib.samplers.chains import batch
from spinlib.samplers.chains.ensemble import Draws, State, overwrite
from spinlib.samplers.random import keyed_streams
from spinlib.samplers.xy.components import Components

PlanFor = Callable[[Components, np.ndarray], Any]


def with_plan(plan_for: PlanFor) -> Callable[..., Vectors]:
    """The function `ensemble` of a method for planar spins (`spinlib.samplers.contract`), from its `plan`."""

    def ensemble(
        model: XY, spins: np.ndarray, temperatures: np.ndarray, seed: int, keys: Sequence[bytes], device: str = "cpu"
    ) -> Vectors:
        return Vectors(plan_for, model, spins, temperatures, keyed_streams(seed, keys))

    return ensemble


class Vectors:
    """Components of angles (chain, *shape), with one stream per chain. plan_for: the method's `plan`."""

    def __init__(
        self, plan_for: PlanFor, model: XY, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray
    ) -> None:
        batch.rows(model, spins, temperatures, rng, 0)
        self._plan_for, self._n_sites, self._rng = plan_for, model.n_sites, rng
        self._components = Components(model, spins)
        self.set_temperatures(temperatures)

    def sweep(self, n: int) -> None:
        self._components.sweep(self._plan, self._rng, n)

    def set_temperatures(self, temperatures: np.ndarray) -> None:
        self._plan = self._plan_for(self._components, temperatures)

    def draw(self, n: int, sweeps_between: int, names: Collection[str], keep_spins: bool) -> Draws:
        wanted = "energy" in names, "magnetization" in names, keep_spins
        energies, magnetizations, spins = self._components.draw(self._plan, self._rng, n, sweeps_between, *wanted)
        made = {"energy": energies / self._n_sites, "magnetization": magnetizations / self._n_sites, "spins": spins}
        return {name: values for (name, values), is_wanted in zip(made.items(), wanted, strict=True) if is_wanted}

    def spins(self) -> np.ndarray:
        return self._components.angles()

    def state(self) -> State:
        return {name: array.copy() for name, array in self._arrays().items()}

    def restore(self, state: State) -> None:
        overwrite(self._arrays(), state)

    def _arrays(self) -> State:
        return {"x": self._components.spins.x, "y": self._components.spins.y, "rng": self._rng}
