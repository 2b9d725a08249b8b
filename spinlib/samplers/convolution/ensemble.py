"""Chains as a torch tensor on a device."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import torch

from spinlib.models import Ising, Potts
from spinlib.samplers.chains import measure
from spinlib.samplers.chains.contents import digest
from spinlib.samplers.chains.ensemble import Draws, State, overwrite
from spinlib.samplers.random import keyed_generator


class Tensors:
    """A torch tensor [B, 1, *shape] on a device, with one generator for all chains.

    sweep: sweep(model, tensor, temperatures, generator, n), in place.
    """

    def __init__(
        self,
        sweep: Callable[..., Any],
        model: Ising | Potts,
        spins: np.ndarray,
        temperatures: np.ndarray,
        seed: int,
        keys: Sequence[bytes],
        device: str,
    ) -> None:
        self._sweep, self._model, self._temperatures = sweep, model, temperatures
        self._tensor = torch.from_numpy(spins)[:, None].to(device, torch.float32)
        self._rng = keyed_generator(seed, digest(list(keys)), device)

    def sweep(self, n: int) -> None:
        self._sweep(self._model, self._tensor, self._temperatures, self._rng, n)

    def draw(self, n: int, sweeps_between: int, names: Collection[str], keep_spins: bool) -> Draws:
        made: dict[str, list[np.ndarray]] = {name: [] for name in (*names, *(["spins"] if keep_spins else []))}
        for _ in range(n):
            self.sweep(sweeps_between)
            spins = self.spins()
            for name, values in made.items():
                values.append(spins if name == "spins" else getattr(measure, name)(self._model, spins))
        return {name: np.stack(values) for name, values in made.items()}

    def spins(self) -> np.ndarray:
        return self._tensor[:, 0].cpu().numpy().astype(np.int8)

    def state(self) -> State:
        return {"spins": self.spins(), "generator": self._rng.get_state().numpy()}

    def restore(self, state: State) -> None:
        spins, generator = (np.empty_like(array) for array in self.state().values())
        overwrite({"spins": spins, "generator": generator}, state)
        self._tensor.copy_(torch.from_numpy(spins)[:, None])
        self._rng.set_state(torch.from_numpy(generator))
