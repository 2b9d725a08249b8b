"""The chains of a block in the format of the method's kernel, in which they are swept and measured."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from spinlib.models import XY, Ising, Potts
from spinlib.samplers import METHODS, XY_METHODS, measure
from spinlib.samplers.random import streams, torch_generator
from spinlib.samplers.xy_components import Components

# Above so many |J|, Metropolis flips nearly all spins in every sweep, and heat bath is the better choice.
HOT = 5.0


class Ensemble(Protocol):
    """Chains of one temperature; energies and magnetisations are per site, float64 (chain,)."""

    def sweep(self, n: int) -> None:
        """Advance every chain by n sweeps."""

    def energy(self) -> np.ndarray:
        """As `spinlib.samplers.measure.energy`."""

    def magnetization(self) -> np.ndarray:
        """As `spinlib.samplers.measure.magnetization`."""

    def spins(self) -> np.ndarray:
        """(chain, *shape) of the model's dtype, which the next sweep may overwrite."""


class Replicas(Ensemble, Protocol):
    """Chains that may differ in temperature."""

    def set_temperatures(self, temperatures: np.ndarray) -> None:
        """From now on chain k is at temperatures[k], in J / k_B."""


def ensemble(
    method: str,
    model: Ising | Potts | XY,
    spins: np.ndarray,
    temperature: float,
    seed: int,
    temperature_index: int,
    chains: range,
    device: str,
) -> Ensemble:
    """The ensemble of a method, starting from spins (chain, *shape), with the streams of these chains."""
    if method == "convolution" and not isinstance(model, XY):
        return _Tensors(model, spins, temperature, seed, temperature_index, chains[0], device)
    rng = streams(seed, method, temperature_index, chains)
    return replicas(method, model, spins, np.full(len(spins), temperature), rng)


def replicas(
    method: str, model: Ising | Potts | XY, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray
) -> Replicas:
    """The ensemble of any method but "convolution", with a temperature (chain,) and a stream (chain, 4) per chain."""
    if isinstance(model, XY):
        return _Vectors(method, model, spins, temperatures, rng)
    if method == "multispin":
        return _Words(model, spins, temperatures, rng)
    return _Arrays(method, model, spins, temperatures, rng)


class _Arrays:
    """int8 spins, swept in place, with one stream per chain."""

    def __init__(
        self, method: str, model: Ising | Potts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray
    ) -> None:
        self._method, self._model = METHODS[method], model
        self._spins, self._temperatures, self._rng = spins.copy(order="C"), temperatures, rng

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


class _Words:
    """Packed spins, which stay packed unless wanted: Metropolis, or heat bath if a temperature exceeds HOT |J|."""

    def __init__(self, model: Ising | Potts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray) -> None:
        self._n_sites = model.n_sites
        dynamics = "heat_bath" if temperatures.max() > HOT * np.abs(model.coupling_values).max() else "metropolis"
        self._packed = METHODS["multispin"].PackedSpins(model, spins, temperatures, rng, dynamics=dynamics)

    def sweep(self, n: int) -> None:
        self._packed.sweep(n)

    def set_temperatures(self, temperatures: np.ndarray) -> None:
        self._packed.set_temperatures(temperatures)

    def energy(self) -> np.ndarray:
        return self._packed.energy() / self._n_sites

    def magnetization(self) -> np.ndarray:
        return self._packed.magnetization() / self._n_sites

    def spins(self) -> np.ndarray:
        return self._packed.unpack()


class _Tensors:
    """A torch tensor [B, 1, *shape] on a device, with one generator for all chains."""

    def __init__(
        self,
        model: Ising | Potts,
        spins: np.ndarray,
        temperature: float,
        seed: int,
        temperature_index: int,
        block: int,
        device: str,
    ) -> None:
        import torch

        self._model, self._temperature = model, temperature
        self._tensor = torch.from_numpy(spins)[:, None].to(device, torch.float32)
        self._rng = torch_generator(seed, "convolution", temperature_index, block, device)

    def sweep(self, n: int) -> None:
        METHODS["convolution"].sweep(self._model, self._tensor, self._temperature, self._rng, n)

    def energy(self) -> np.ndarray:
        return measure.energy(self._model, self.spins())

    def magnetization(self) -> np.ndarray:
        return measure.magnetization(self._model, self.spins())

    def spins(self) -> np.ndarray:
        return self._tensor[:, 0].cpu().numpy().astype(np.int8)
