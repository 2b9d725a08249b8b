"""One block of chains: from the first configuration through burn-in to the measured draws.

A block is what `spinlib.sample` gives to one worker: some chains of one temperature. Its size follows from the model
and the method, and its random streams from the seed, so the samples do not depend on how many workers there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from spinlib.models import XY, Ising, Potts
from spinlib.samplers import METHODS, methods
from spinlib.samplers.ensemble import ensemble
from spinlib.samplers.random import streams

OBSERVABLES = ("energy", "magnetization")

# Small lattices share a block, because one call of a kernel costs as much as updating thousands of sites.
_SITES_PER_BLOCK = 2**16


@dataclass(frozen=True)
class Block:
    """Chains `chains` of one temperature and what to do with them; see `spinlib.sample` for the meanings.

    start: "random", "cold" or the spins of these chains, (chain, *shape) of the model's dtype.
    """

    model: Ising | Potts | XY
    method: str
    temperature: float
    temperature_index: int
    chains: range
    start: Any
    n_samples: int
    sweeps_between: int
    burn_in: int
    burn_in_method: str
    observables: tuple[str, ...]
    keep_spins: bool
    seed: int
    device: str


def split(method: str, model: Ising | Potts | XY, n_chains: int) -> Iterator[range]:
    """The chains of one temperature, block by block."""
    if method == "convolution":
        # All members of a batch are updated together, with one stream.
        size = n_chains
    elif method == "multispin":
        size = METHODS[method].chains_per_block(model)
    else:
        size = max(1, _SITES_PER_BLOCK // model.n_sites)
    for first in range(0, n_chains, size):
        yield range(first, min(first + size, n_chains))


def run(block: Block, report: Callable[[int], Any] = lambda n: None) -> dict[str, np.ndarray]:
    """The draws of a block: "spins" (chain, draw, *shape) if kept, each observable float64 (chain, draw).

    report is called with the number of chains after every draw.
    """
    spins = first_configurations(block)
    if block.burn_in_method != block.method:
        keys = streams(block.seed, f"{block.burn_in_method} burn-in", block.temperature_index, block.chains)
        temperatures = np.full(len(spins), block.temperature)
        methods(block.model)[block.burn_in_method].sweep(block.model, spins, temperatures, keys, block.burn_in)
    replicas = ensemble(
        block.method,
        block.model,
        spins,
        block.temperature,
        block.seed,
        block.temperature_index,
        block.chains,
        block.device,
    )
    shape = (len(block.chains), block.n_samples)
    draws: dict[str, np.ndarray] = {name: np.empty(shape) for name in block.observables}
    if block.keep_spins:
        draws["spins"] = np.empty((*shape, *block.model.shape), dtype=block.model.spin_dtype)
    if block.burn_in_method == block.method:
        replicas.sweep(block.burn_in)
    for draw in range(block.n_samples):
        replicas.sweep(block.sweeps_between)
        if "energy" in draws:
            draws["energy"][:, draw] = replicas.energy()
        if "magnetization" in draws:
            draws["magnetization"][:, draw] = replicas.magnetization()
        if block.keep_spins:
            draws["spins"][:, draw] = replicas.spins()
        report(len(block.chains))
    return draws


def first_configurations(block: Block) -> np.ndarray:
    """(chain, *shape) of the model's dtype. Random starts come from streams of their own, one per chain."""
    if not isinstance(block.start, str):
        return np.array(block.start, dtype=block.model.spin_dtype, order="C")
    keys = streams(block.seed, f"{block.method} start", block.temperature_index, block.chains)
    return start_spins(block.model, block.start, keys)


def start_spins(model: Ising | Potts | XY, start: str, keys: np.ndarray) -> np.ndarray:
    """A "random" or "cold" configuration for each key, uint64 (chain, 4): (chain, *shape) of the model's dtype."""
    spins = np.empty((len(keys), *model.shape), dtype=model.spin_dtype)
    if start == "cold":
        spins[:] = model.cold()
        return spins
    for chain, key in enumerate(keys):
        spins[chain] = model.random(np.random.default_rng(key))
    return spins
