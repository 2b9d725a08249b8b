"""One block of chains: from the first configuration through burn-in to the measured draws.

A block is what `spinlib.sample` gives to one worker: some chains of one temperature, or, of packed spins, of several.
Every random stream has a key that holds what tells apart two calls: the seed, the methods, the model with all its
couplings, the temperature's value, the start with all its spins, and the chain's number; packed spins, whose chains
share random numbers, have the keys of all chains of a word in theirs. So samples do not depend on how many workers
there are, or on how many draws follow.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from spinlib.models.lattice_model import LatticeModel
from spinlib.samplers.chains.contents import Encoded, digest, encoded
from spinlib.samplers.chains.ensemble import Ensemble, State
from spinlib.samplers.chains.measurements import Measurement, measured
from spinlib.samplers.chains.pace import Pace
from spinlib.samplers.contract import method
from spinlib.samplers.random import keyed_streams

# The method of a burn-in's first sweeps, where single flips would be slow.
CLUSTERS = "swendsen_wang"

# Spins and numbers of the draws of one call, which are stored afterwards.
_BYTES_PER_CALL = 2**24
# Sweeps of the first call, as many as take a fraction of a second even if an update takes a microsecond.
_UPDATES_AT_FIRST = 2**18
# More draws in one call would not be faster.
_DRAWS_PER_CALL = 4096


class Chain(NamedTuple):
    """One chain of a call of `spinlib.sample`.

    temperature: in J / k_B. repetition: how often the same temperature stands before this one in the call. number: of
    the chain at this temperature.
    """

    temperature: float
    repetition: int
    number: int


@dataclass(frozen=True)
class Block:
    """Some chains and what to do with them; see `spinlib.sample` for the meanings.

    start: "random", "cold" or the spins of these chains, (chain, *shape) of the model's dtype. cluster_sweeps: how many
    sweeps of the burn-in, its first ones, are those of `CLUSTERS`, whatever the method.
    """

    model: LatticeModel
    method: str
    chains: tuple[Chain, ...]
    start: Any
    n_samples: int
    sweeps_between: int
    burn_in: int
    cluster_sweeps: int
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
        self.block, self.sweeps = block, 0
        self._draws_per_call = _draws_per_call(block)
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
        draws: Mapping[str, Any],
        first: int = 0,
        seconds: float = math.inf,
        report: Callable[[int], Any] = lambda n: None,
    ) -> None:
        """Sweep and measure until all draws of the block are made, or for about so many seconds.

        draws: as `empty_draws` makes them, or what takes values in the same way; they are filled from draw number
        `first` on. report is called with the number of sweeps, of all chains together, after every slice of at most
        half a second.
        """
        block, until = self.block, time.monotonic() + seconds
        while self.sweeps < block.n_sweeps:
            before = self.sweeps
            if before < block.cluster_sweeps:
                self._sweep(block.cluster_sweeps - before)
            elif before < block.burn_in:
                self._sweep(block.burn_in - before)
            else:
                self._draw(draws, first)
            if before < block.cluster_sweeps == self.sweeps:
                self._ensemble = self._made(self._ensemble.spins())
            report((self.sweeps - before) * len(block.chains))
            if time.monotonic() > until:
                return

    def _sweep(self, most: int) -> None:
        """Some sweeps, at most so many, in one call."""
        self.sweeps += self._pace.sweep(self._ensemble.sweep, most)

    def _draw(self, draws: Mapping[str, Any], first: int) -> None:
        """Some draws in one call, or, where the sweeps between two draws take long, some of these."""
        block, between = self.block, self.block.sweeps_between
        begin, beyond = divmod(self.sweeps - block.burn_in, between)
        if beyond or not self._pace.allows(between):
            self._sweep(between - beyond)
            if block.n_draws(self.sweeps) > begin:
                self._store(draws, begin - first, 1, 0)
            return

        def call(n_sweeps: int) -> None:
            self._store(draws, begin - first, n_sweeps // between, between)

        most = min(block.n_samples - begin, self._draws_per_call)
        self.sweeps += self._pace.sweep(call, most * between, between)

    def _store(self, draws: Mapping[str, Any], begin: int, n: int, sweeps_between: int) -> None:
        block = self.block
        made = measured(block.observables, self._ensemble, block.model, block.keep_spins, n, sweeps_between)
        for name, values in made.items():
            draws[name][:, begin : begin + n] = np.swapaxes(values, 0, 1)

    def _made(self, spins: np.ndarray) -> Ensemble:
        """The ensemble of the burn-in's clusters or, after them, of the method, with streams of its own."""
        block, by_clusters = self.block, self.sweeps < self.block.cluster_sweeps
        self._pace = Pace(max(1, _UPDATES_AT_FIRST // (len(spins) * block.model.n_sites)))
        chosen = method(CLUSTERS if by_clusters else block.method, block.model)
        temperatures = np.array([chain.temperature for chain in block.chains])
        purpose = "burn-in" if by_clusters else "draws"
        return chosen.ensemble(block.model, spins, temperatures, block.seed, keys(block, purpose), block.device)


def _draws_per_call(block: Block) -> int:
    wanted = block.keep_spins or any(measurement.needs_spins for measurement in block.observables)
    spins = block.model.n_sites * np.dtype(block.model.spin_dtype).itemsize if wanted else 0
    numbers = 8 * (4 + sum(math.prod(measurement.shape) for measurement in block.observables))
    return min(_DRAWS_PER_CALL, max(1, _BYTES_PER_CALL // (len(block.chains) * (spins + numbers))))


def keys(block: Block, purpose: str) -> list[bytes]:
    """The key of each chain's stream for one purpose: "start", "burn-in" or "draws"."""
    methods = encoded((block.method, CLUSTERS if block.cluster_sweeps else block.method))
    calls: dict[tuple[float, int], bytes] = {}
    for temperature, repetition, _ in block.chains:
        if (temperature, repetition) not in calls:
            call = digest(_SAMPLE, purpose, methods, _contents(block.model), temperature, repetition)
            calls[temperature, repetition] = call
    starts: Sequence[Any]
    starts = [encoded(block.start)] * len(block.chains) if isinstance(block.start, str) else block.start
    return [
        digest(calls[chain.temperature, chain.repetition], start, chain.number)
        for start, chain in zip(starts, block.chains, strict=True)
    ]


_SAMPLE = encoded("sample")
_known_contents: WeakKeyDictionary[LatticeModel, Encoded] = WeakKeyDictionary()


def _contents(model: LatticeModel) -> Encoded:
    """What stands for a model in a digest; made once, since models do not change."""
    if model not in _known_contents:
        _known_contents[model] = encoded(model)
    return _known_contents[model]


def first_configurations(block: Block) -> np.ndarray:
    """(chain, *shape) of the model's dtype. Random starts come from streams of their own, one per chain."""
    if not isinstance(block.start, str):
        return np.array(block.start, dtype=block.model.spin_dtype, order="C")
    return start_spins(block.model, block.start, keyed_streams(block.seed, keys(block, "start")))


def start_spins(model: LatticeModel, start: str, keys: np.ndarray) -> np.ndarray:
    """A "random" or "cold" configuration for each key, uint64 (chain, 4): (chain, *shape) of the model's dtype."""
    spins = np.empty((len(keys), *model.shape), dtype=model.spin_dtype)
    if start == "cold":
        spins[:] = model.cold()
        return spins
    for chain, key in enumerate(keys):
        # As 32-bit words, which numpy takes as they are.
        spins[chain] = model.random(np.random.default_rng(key.view(np.uint32)))
    return spins
