"""One block of chains: from the first configuration through burn-in to the measured draws.

A block is what `spinlib.sample` gives to one worker: some chains of one temperature. Its size follows from the model
and the method. Every random stream has a key that holds what tells apart two calls: the seed, the methods, the model
with all its couplings, the temperature's value, the start with all its spins, and the chain's number. So samples do not
depend on how many workers there are, on other temperatures, or on how many draws follow.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from spinlib.models import XY, Ising, Potts
from spinlib.samplers import METHODS
from spinlib.samplers.contents import digest
from spinlib.samplers.ensemble import Drawing, Ensemble, State, ensemble
from spinlib.samplers.measurements import Measurement, measured
from spinlib.samplers.pace import Pace
from spinlib.samplers.random import keyed_streams

# Small lattices share a block, because one call of a kernel costs as much as updating thousands of sites.
_SITES_PER_BLOCK = 2**16
# Draws that compiled code makes at once. More would not be faster, and each takes some 1.5 KiB until it is stored.
DRAWS_PER_CALL = 1024


@dataclass(frozen=True)
class Block:
    """Chains `chains` of one temperature and what to do with them; see `spinlib.sample` for the meanings.

    repetition: how often the same temperature stands before this one in the call. start: "random", "cold" or the spins
    of these chains, (chain, *shape) of the model's dtype.
    """

    model: Ising | Potts | XY
    method: str
    temperature: float
    repetition: int
    chains: range
    start: Any
    n_samples: int
    sweeps_between: int
    burn_in: int
    burn_in_method: str
    observables: tuple[Measurement, ...]
    keep_spins: bool
    seed: int
    device: str

    @property
    def n_sweeps(self) -> int:
        """Of each chain, from the start to the last draw."""
        return self.burn_in + self.n_samples * self.sweeps_between

    def n_draws(self, sweeps: int) -> int:
        """How many draws have been made after so many sweeps."""
        return max(0, sweeps - self.burn_in) // self.sweeps_between


def chains_per_block(method: str, model: Ising | Potts | XY, n_chains: int) -> int:
    """How many of a temperature's chains share a block."""
    if method == "convolution":
        # All members of a batch are updated together, with one stream.
        return n_chains
    if method == "multispin":
        return METHODS[method].chains_per_block(model)
    return max(1, _SITES_PER_BLOCK // model.n_sites)


def split(method: str, model: Ising | Potts | XY, n_chains: int) -> Iterator[range]:
    """The chains of one temperature, block by block."""
    size = chains_per_block(method, model, n_chains)
    for first in range(0, n_chains, size):
        yield range(first, min(first + size, n_chains))


def empty_draws(block: Block, n_draws: int) -> dict[str, np.ndarray]:
    """Arrays for so many draws of a block: "spins" (chain, draw, *shape) if kept, observables (chain, draw, ...)."""
    shape = (len(block.chains), n_draws)
    draws = {measurement.name: np.empty((*shape, *measurement.shape)) for measurement in block.observables}
    if block.keep_spins:
        draws["spins"] = np.empty((*shape, *block.model.shape), dtype=block.model.spin_dtype)
    return draws


def run(block: Block, report: Callable[[int], Any] = lambda n: None) -> dict[str, np.ndarray]:
    """All draws of a block as `empty_draws` lays them out. report: as for `Run.advance`."""
    draws = empty_draws(block, block.n_samples)
    Run(block).advance(draws, report=report)
    return draws


class Run:
    """The chains of a block on their way; begins anew, or where the `state` of an earlier run was taken.

    sweeps: of each chain so far. Raises ValueError for a state that is not of this block.
    """

    def __init__(self, block: Block, state: State | None = None) -> None:
        self.block, self.sweeps, self._pace = block, 0, Pace()
        if state is None:
            self._ensemble = self._made(first_configurations(block))
            return
        rest = dict(state)
        self.sweeps = int(rest.pop("sweeps", -1))
        if not 0 <= self.sweeps <= 2**62:
            raise ValueError(f"state after {self.sweeps} sweeps")
        self._ensemble = self._made(np.stack([block.model.cold()] * len(block.chains)))
        self._ensemble.restore(rest)

    def state(self) -> State:
        """What a run needs to continue from here, bit for bit."""
        return self._ensemble.state() | {"sweeps": np.array(self.sweeps)}

    @property
    def n_draws(self) -> int:
        """How many have been made."""
        return self.block.n_draws(self.sweeps)

    def advance(
        self,
        draws: Mapping[str, np.ndarray],
        first: int = 0,
        seconds: float = math.inf,
        report: Callable[[int], Any] = lambda n: None,
    ) -> None:
        """Sweep and measure until all draws of the block are made, or for about so many seconds.

        draws: as `empty_draws` makes them; they are filled from draw number `first` on. report is called with the
        number of sweeps, of all chains together, after every slice of at most half a second.
        """
        block, until = self.block, time.monotonic() + seconds
        while self.sweeps < block.n_sweeps:
            if self._draws_in_one_call():
                done = self._draw(draws, first)
                report(done * len(block.chains))
                if time.monotonic() > until:
                    return
                continue
            # The end of the burn-in, or the next draw.
            due = block.burn_in
            if self.sweeps >= due:
                due += (self.n_draws + 1) * block.sweeps_between
            done = self._pace.sweep(self._ensemble.sweep, due - self.sweeps)
            self.sweeps += done
            if self.sweeps == due == block.burn_in:
                self._end_burn_in()
            elif self.sweeps == due:
                draw = self.n_draws - 1 - first
                for name, values in measured(block.observables, self._ensemble, block.model, block.keep_spins).items():
                    draws[name][:, draw] = values
            report(done * len(block.chains))
            if time.monotonic() > until:
                return

    def _draws_in_one_call(self) -> bool:
        """Whether the next sweeps lead to draws that compiled code makes, in a slice of at most half a second."""
        block = self.block
        return (
            self.sweeps >= block.burn_in
            and (self.sweeps - block.burn_in) % block.sweeps_between == 0
            and self._pace.allows(block.sweeps_between)
            and isinstance(self._ensemble, Drawing)
            and not block.keep_spins
            and not any(measurement.needs_spins for measurement in block.observables)
        )

    def _draw(self, draws: Mapping[str, np.ndarray], first: int) -> int:
        """Some draws in one call; returns the number of sweeps."""
        block, ensemble, begin = self.block, self._ensemble, self.n_draws - first
        assert isinstance(ensemble, Drawing)
        names = [measurement.name for measurement in block.observables]

        def call(n_sweeps: int) -> None:
            n = n_sweeps // block.sweeps_between
            for name, values in ensemble.draw(names, n, block.sweeps_between).items():
                draws[name][:, begin : begin + n] = values

        most = min(block.n_sweeps - self.sweeps, DRAWS_PER_CALL * block.sweeps_between)
        done = self._pace.sweep(call, most, block.sweeps_between)
        self.sweeps += done
        return done

    def _end_burn_in(self) -> None:
        if self.block.burn_in_method != self.block.method:
            self._ensemble = self._made(self._ensemble.spins())
            self._pace = Pace()

    def _made(self, spins: np.ndarray) -> Ensemble:
        """The ensemble of the burn-in or, after it, of the draws, with streams of its own."""
        block, burns_in = self.block, self.sweeps < self.block.burn_in
        method = block.burn_in_method if burns_in else block.method
        purpose = "burn-in" if burns_in and method != block.method else "draws"
        temperatures = np.full(len(spins), block.temperature)
        return ensemble(method, block.model, spins, temperatures, block.seed, keys(block, purpose), block.device)


def keys(block: Block, purpose: str) -> list[bytes]:
    """The key of each chain's stream for one purpose: "start", "burn-in" or "draws"."""
    methods = (block.method, block.burn_in_method)
    call = digest("sample", purpose, methods, block.model, block.temperature, block.repetition)
    starts = [block.start] * len(block.chains) if isinstance(block.start, str) else block.start
    return [digest(call, start, chain) for start, chain in zip(starts, block.chains, strict=True)]


def first_configurations(block: Block) -> np.ndarray:
    """(chain, *shape) of the model's dtype. Random starts come from streams of their own, one per chain."""
    if not isinstance(block.start, str):
        return np.array(block.start, dtype=block.model.spin_dtype, order="C")
    return start_spins(block.model, block.start, keyed_streams(block.seed, keys(block, "start")))


def start_spins(model: Ising | Potts | XY, start: str, keys: np.ndarray) -> np.ndarray:
    """A "random" or "cold" configuration for each key, uint64 (chain, 4): (chain, *shape) of the model's dtype."""
    spins = np.empty((len(keys), *model.shape), dtype=model.spin_dtype)
    if start == "cold":
        spins[:] = model.cold()
        return spins
    for chain, key in enumerate(keys):
        spins[chain] = model.random(np.random.default_rng(key))
    return spins
