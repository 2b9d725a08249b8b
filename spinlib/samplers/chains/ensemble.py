"""Chains in the format of the method's kernel, in which they are swept, measured and stored."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Protocol

import numpy as np

from spinlib.models import XY, Ising, Potts
from spinlib.samplers import METHODS, XY_METHODS
from spinlib.samplers.chains import batch, draws, measure
from spinlib.samplers.chains.choice import HOT
from spinlib.samplers.chains.contents import digest
from spinlib.samplers.random import keyed_generator, keyed_streams
from spinlib.samplers.xy.components import Components

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

    temperatures: float64 (chain,). keys: one per chain (`spinlib.samplers.chains.contents.digest`); chains that share a
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
        module = METHODS[method]
        module.refuse(model)
        self._model, self._plan_for, self._meter = model, module.plan, measure.meter(model)
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


class _Vectors:
    """Planar spins as components, which become angles only if the configurations are wanted."""

    def __init__(self, method: str, model: XY, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray) -> None:
        module = XY_METHODS[method]
        module.refuse(model)
        batch.rows(model, spins, temperatures, rng, 0)
        self._plan_for, self._n_sites, self._rng = module.plan, model.n_sites, rng
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


class _Words:
    """Packed spins, which stay packed unless wanted: Metropolis, or heat bath if a temperature exceeds HOT |J|."""

    def __init__(
        self, model: Any, spins: np.ndarray, temperatures: np.ndarray, seed: int, keys: Sequence[bytes]
    ) -> None:
        self._n_sites, module = model.n_sites, METHODS["multispin"]
        dynamics = "heat_bath" if temperatures.max() > HOT * np.abs(model.coupling_values).max() else "metropolis"
        module.refuse(model)
        # As few as hold all chains in one word.
        enough = [number for number in module.allowed_replicas(model) if number >= len(keys)]
        size, rng = min(enough, default=64), np.zeros((len(keys), 4), np.uint64)
        # Only the stream of a word's first chain is used.
        rng[::size] = keyed_streams(seed, [digest(keys[k : k + size]) for k in range(0, len(keys), size)])
        self._packed = module.PackedSpins(model, spins, temperatures, rng, dynamics=dynamics, replicas=size)

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
        import torch

        spins, generator = (np.empty_like(array) for array in self.state().values())
        overwrite({"spins": spins, "generator": generator}, state)
        self._tensor.copy_(torch.from_numpy(spins)[:, None])
        self._rng.set_state(torch.from_numpy(generator))
