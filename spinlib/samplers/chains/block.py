"""One block of chains: from the first configuration through burn-in to the measured draws.

A block is the part of a call that one worker computes: chains of one temperature, or of several where spins are packed.
The key of a random stream holds all that distinguishes one call from another: the seed, the methods, the model with all
its couplings, the value of the temperature, the start with all its spins, and the number of the chain. Packed chains
share random numbers; the key of their stream holds the keys of all chains of a word. So samples depend neither on the
number of workers nor on how many draws follow.
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

# The method of the first sweeps of a burn-in in which single flips would be slow.
CLUSTERS = "swendsen_wang"

# The memory for spins and numbers of one call's draws.
_BYTES_PER_CALL = 2**24
# Site updates of the first call: a fraction of a second even if an update takes a microsecond.
_UPDATES_AT_FIRST = 2**18
# More draws in one call would not be faster.
_DRAWS_PER_CALL = 4096


class Chain(NamedTuple):
    """One chain of a call of `spinlib.sample`.

    temperature: in J / k_B. repetition: how often the call lists the same temperature before this entry. number: the
    chain's index at this temperature.
    """

    temperature: float
    repetition: int
    number: int


@dataclass(frozen=True)
class Block:
    """The chains of one task, with the arguments of `spinlib.sample` that concern them.

    start: "random", "cold" or the spins of these chains, (chain, *shape) of the model's dtype. cluster_sweeps: the
    number of sweeps at the beginning of the burn-in that `CLUSTERS` makes, whatever the method.
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
        """The sweeps of each chain, from the start to the last draw."""
        return self.burn_in + self.n_samples * self.sweeps_between

    def n_draws(self, sweeps: int) -> int:
        """The number of draws made after so many sweeps."""
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
    """A run of the chains of a block, from the start or from the `state` of an earlier run.

    sweeps: the number made so far, per chain. Raises ValueError for a state of another block.
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
        """The state from which a run continues bit for bit."""
        return self._ensemble.state() | {"sweeps": np.array(self.sweeps)}

    @property
    def n_draws(self) -> int:
        """The number of draws made so far."""
        return self.block.n_draws(self.sweeps)

    def advance(
        self,
        draws: Mapping[str, Any],
        first: int = 0,
        seconds: float = math.inf,
        report: Callable[[int], Any] = lambda n: None,
    ) -> None:
        """Sweep and measure until all draws of the block are made, or for about so many seconds.

        draws: the arrays of `empty_draws`, or objects that take values in the same way; they are filled from draw
        number `first` on. report is called after every slice of at most half a second, with the number of sweeps of all
        chains together.
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
        """Make at most so many sweeps in one call."""
        self.sweeps += self._pace.sweep(self._ensemble.sweep, most)

    def _draw(self, draws: Mapping[str, Any], first: int) -> None:
        """Make some draws in one call, or some of the sweeps before the next draw where these take long."""
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
        """The ensemble of the burn-in's cluster method, or afterwards of the method itself, with streams of its own."""
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
    """The contents of a model for digests; encoded once, since models do not change."""
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
        # numpy takes 32-bit words without conversion.
        spins[chain] = model.random(np.random.default_rng(key.view(np.uint32)))
    return spins
