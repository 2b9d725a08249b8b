"""Chains in the format of the method's kernel, in which they are swept, measured and stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from spinlib.models import XY, Ising, Potts
from spinlib.samplers import METHODS, XY_METHODS, measure
from spinlib.samplers.contents import digest
from spinlib.samplers.random import keyed_generator, keyed_streams
from spinlib.samplers.xy_components import Components

# Above so many |J|, Metropolis flips nearly all spins in every sweep, and heat bath is the better choice.
HOT = 5.0

State = dict[str, np.ndarray]


class Ensemble(Protocol):
    """Chains, each at its temperature; energies and magnetisations are per site, float64 (chain,)."""

    def sweep(self, n: int) -> None:
        """Advance every chain by n sweeps; how sweeps are split into calls does not matter."""

    def energy(self) -> np.ndarray:
        """As `spinlib.samplers.measure.energy`."""

    def magnetization(self) -> np.ndarray:
        """As `spinlib.samplers.measure.magnetization`."""

    def spins(self) -> np.ndarray:
        """(chain, *shape) of the model's dtype, which the next sweep may overwrite."""

    def state(self) -> State:
        """All that the chains' future follows from, spins and generators as the kernel has them: copies, by name."""

    def restore(self, state: State) -> None:
        """Continue where `state` of the same chains was taken, bit for bit; ValueError for that of others."""


@runtime_checkable
class Drawing(Ensemble, Protocol):
    """Chains that make many draws in one compiled call."""

    def draw(self, names: Sequence[str], n: int, sweeps_between: int) -> dict[str, np.ndarray]:
        """`n` draws, each after so many sweeps: of "energy" and "magnetization" those named, at least one, float64
        (chain, n), as separate calls of `sweep`, `energy` and `magnetization` would give them."""


class Replicas(Ensemble, Protocol):
    """Chains whose temperatures can be changed: those of any method but "convolution"."""

    def set_temperatures(self, temperatures: np.ndarray) -> None:
        """From now on chain k is at temperatures[k], in J / k_B."""


def ensemble(
    method: str,
    model: Ising | Potts | XY,
    spins: np.ndarray,
    temperatures: np.ndarray,
    seed: int,
    keys: Sequence[bytes],
    device: str = "cpu",
) -> Ensemble:
    """The chains of a method, from spins (chain, *shape), which may be taken over and overwritten.

    temperatures: float64 (chain,). keys: one per chain (`spinlib.samplers.contents.digest`); chains that share a
    stream, 64 of one word or all of a convolution's batch, have that of a digest over their keys.
    """
    if method == "convolution" and not isinstance(model, XY):
        return _Tensors(model, spins, temperatures, seed, keys, device)
    return replicas(method, model, spins, temperatures, seed, keys)


def replicas(
    method: str,
    model: Ising | Potts | XY,
    spins: np.ndarray,
    temperatures: np.ndarray,
    seed: int,
    keys: Sequence[bytes],
) -> Replicas:
    """`ensemble` of any method but "convolution"."""
    if method == "multispin":
        return _Words(model, spins, temperatures, seed, keys)
    rng = keyed_streams(seed, keys)
    if isinstance(model, XY):
        return _Vectors(method, model, spins, temperatures, rng)
    return _Arrays(method, model, spins, temperatures, rng)


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


class _Arrays:
    """int8 spins, swept in place, with one stream per chain."""

    def __init__(
        self, method: str, model: Ising | Potts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray
    ) -> None:
        self._method, self._model = METHODS[method], model
        self._spins, self._temperatures, self._rng = spins, temperatures, rng

    def sweep(self, n: int) -> None:
        self._method.sweep(self._model, self._spins, self._temperatures, self._rng, n)

    def set_temperatures(self, temperatures: np.ndarray) -> None:
        self._temperatures = temperatures

    def energy(self) -> np.ndarray:
        return measure.energy(self._model, self._spins)

    def magnetization(self) -> np.ndarray:
        return measure.magnetization(self._model, self._spins)

    def spins(self) -> np.ndarray:
        return self._spins

    def state(self) -> State:
        return {"spins": self._spins.copy(), "rng": self._rng.copy()}

    def restore(self, state: State) -> None:
        overwrite({"spins": self._spins, "rng": self._rng}, state)


class _Vectors:
    """Planar spins as components, which become angles only if the configurations are wanted."""

    def __init__(self, method: str, model: XY, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray) -> None:
        self._method, self._n_sites = XY_METHODS[method], model.n_sites
        self._components = Components(model, spins)
        self._temperatures, self._rng = temperatures, rng

    def sweep(self, n: int) -> None:
        self._method.sweep_components(self._components, self._temperatures, self._rng, n)

    def set_temperatures(self, temperatures: np.ndarray) -> None:
        self._temperatures = temperatures

    def energy(self) -> np.ndarray:
        return self._components.energy() / self._n_sites

    def magnetization(self) -> np.ndarray:
        return self._components.magnetization() / self._n_sites

    def spins(self) -> np.ndarray:
        return self._components.angles()

    def state(self) -> State:
        return {name: array.copy() for name, array in self._arrays().items()}

    def restore(self, state: State) -> None:
        overwrite(self._arrays(), state)

    def _arrays(self) -> State:
        return {"x": self._components.spins.x, "y": self._components.spins.y, "rng": self._rng}


class _Words:
    """Packed spins, which stay packed unless wanted: Metropolis, or heat bath if a temperature exceeds HOT |J|."""

    def __init__(
        self, model: Any, spins: np.ndarray, temperatures: np.ndarray, seed: int, keys: Sequence[bytes]
    ) -> None:
        self._n_sites, module = model.n_sites, METHODS["multispin"]
        dynamics = "heat_bath" if temperatures.max() > HOT * np.abs(model.coupling_values).max() else "metropolis"
        module.refuse(model)
        size, rng = module.chains_per_block(model), np.zeros((len(keys), 4), np.uint64)
        # Only the stream of a word's first chain is used.
        rng[::size] = keyed_streams(seed, [digest(keys[k : k + size]) for k in range(0, len(keys), size)])
        self._packed = module.PackedSpins(model, spins, temperatures, rng, dynamics=dynamics)

    def sweep(self, n: int) -> None:
        self._packed.sweep(n)

    def set_temperatures(self, temperatures: np.ndarray) -> None:
        self._packed.set_temperatures(temperatures)

    def energy(self) -> np.ndarray:
        return self._packed.energy() / self._n_sites

    def magnetization(self) -> np.ndarray:
        return self._packed.magnetization() / self._n_sites

    def draw(self, names: Sequence[str], n: int, sweeps_between: int) -> dict[str, np.ndarray]:
        wanted = [name in names for name in ("energy", "magnetization")]
        energies, magnetizations = self._packed.draw(n, sweeps_between, *wanted)
        totals = {"energy": energies, "magnetization": magnetizations}
        return {name: values / self._n_sites for name, values in totals.items() if values is not None}

    def spins(self) -> np.ndarray:
        return self._packed.unpack()

    def state(self) -> State:
        return {name: array.copy() for name, array in self._packed.arrays().items()}

    def restore(self, state: State) -> None:
        overwrite(self._packed.arrays(), state)


class _Tensors:
    """A torch tensor [B, 1, *shape] on a device, with one generator for all chains; sites are left out now and then."""

    def __init__(
        self,
        model: Ising | Potts,
        spins: np.ndarray,
        temperatures: np.ndarray,
        seed: int,
        keys: Sequence[bytes],
        device: str,
    ) -> None:
        import torch

        self._model, self._temperatures = model, temperatures
        self._tensor = torch.from_numpy(spins)[:, None].to(device, torch.float32)
        self._rng = keyed_generator(seed, digest(list(keys)), device)

    def sweep(self, n: int) -> None:
        module = METHODS["convolution"]
        module.sweep(self._model, self._tensor, self._temperatures, self._rng, n, skip=module.SKIP)

    def energy(self) -> np.ndarray:
        return measure.energy(self._model, self.spins())

    def magnetization(self) -> np.ndarray:
        return measure.magnetization(self._model, self.spins())

    def spins(self) -> np.ndarray:
        return self._tensor[:, 0].cpu().numpy().astype(np.int8)

    def state(self) -> State:
        return {"spins": self.spins(), "generator": self._rng.get_state().numpy()}

    def restore(self, state: State) -> None:
        import torch

        spins, generator = (np.empty_like(array) for array in self.state().values())
        overwrite({"spins": spins, "generator": generator}, state)
        self._tensor.copy_(torch.from_numpy(spins)[:, None])
        self._rng.set_state(torch.from_numpy(generator))
