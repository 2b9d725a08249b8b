"""Parallel tempering: replicas at a ladder of temperatures, which they exchange (replica exchange Monte Carlo).

K. Hukushima and K. Nemoto, J. Phys. Soc. Jpn. 65, 1604 (1996); the exchange itself is in
`spinlib.samplers.tempering.replica_exchange`. A replica that is trapped at a low temperature escapes at a high one. So
spin glasses and other rough energy landscapes are sampled in which a single chain would stay in one valley. Between two
exchanges every replica is swept by a method of `spinlib.sample`. Temperatures are exchanged, not spins: packed replicas
stay packed.

`spinlib.samplers.tempering.temperature_ladder` proposes temperatures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from tqdm.auto import tqdm

from spinlib.arguments import at_least
from spinlib.models import XY, Ising, LongRangeIsing, PlanarPotts, Potts
from spinlib.models.lattice_model import LatticeModel
from spinlib.samplers import methods
from spinlib.samplers.chains.arguments import checked_start
from spinlib.samplers.chains.block import start_spins
from spinlib.samplers.chains.choice import resolved
from spinlib.samplers.chains.contents import digest
from spinlib.samplers.chains.dataset import DIMS, empty_dataset
from spinlib.samplers.chains.ensemble import Replicas
from spinlib.samplers.chains.measurements import Measurement, Observables, checked_observables, measured
from spinlib.samplers.chains.memory import check_memory
from spinlib.samplers.chains.pace import Pace
from spinlib.samplers.contract import SITES_PER_BLOCK
from spinlib.samplers.contract import method as method_of
from spinlib.samplers.random import keyed_streams
from spinlib.samplers.tempering.replica_exchange import Ladders
from spinlib.samplers.tempering.temperature_ladder import checked_ladder

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["sample"]

# The least share of the bits of packed words that a task must use.
_BITS_USED = 0.9


def sample(
    model: Ising | Potts | XY | LongRangeIsing | PlanarPotts,
    temperatures: Any,
    n_samples: int,
    *,
    method: str = "auto",
    start: Any = "random",
    sweeps_per_exchange: int = 1,
    exchanges_between: int = 1,
    burn_in: int = 1_000,
    n_chains: int = 1,
    observables: Observables = ("energy", "magnetization"),
    keep_spins: bool = True,
    seed: int = 0,
    executor: Executor | None = None,
    progress: bool = False,
) -> xr.Dataset:
    """Draw configurations of a model from its Boltzmann distribution at each temperature of a ladder.

    One round is `sweeps_per_exchange` sweeps of every replica and one exchange of every other pair of neighbours.

    Parameters
    ----------
    model : Ising, Potts, XY, LongRangeIsing or PlanarPotts
        The model.
    temperatures : array_like of float, shape (temperature,)
        At least two, rising, in J / k_B.
    n_samples : int
        Draws per ladder.
    method : str
        As in `spinlib.sample`, except "convolution".
    start : str or array_like
        As in `spinlib.sample`.
    sweeps_per_exchange : int
        Sweeps of every replica from exchange to exchange.
    exchanges_between : int
        Rounds from draw to draw.
    burn_in : int
        Rounds before the first draw.
    n_chains : int
        Independent ladders.
    observables : sequence of str or callable, or mapping of str to callable
        As in `spinlib.sample`.
    keep_spins : bool
        Whether the Dataset has the spins.
    seed : int
        Seed >= 0 of all random numbers.
    executor : concurrent.futures.Executor, optional
        It receives a task per block of ladders. Samples do not depend on it.
    progress : bool
        Whether to show a progress bar, which counts rounds, those of the burn-in too.

    Returns
    -------
    xarray.Dataset
        That of `spinlib.sample`, each chain of which is a ladder's series at one temperature, with three variables
        more, which Notes explain.

    Raises
    ------
    TypeError
        An argument of another type; a kind of model without a sampler.
    ValueError
        An argument that is not as above; a model that the method refuses; more than 2 GiB of spins.

    Notes
    -----
    The Dataset has besides

    - `replica` (temperature, chain, draw): the number of the replica there
    - `exchange_acceptance` (pair, chain): the share of the attempts that succeeded between temperatures k and k + 1,
      NaN if there was none, from the end of the burn-in on
    - `round_trips` (chain): how often a replica has gone from the first temperature to the last and back, from the end
      of the burn-in on

    The samples follow from the arguments and `seed` alone. Ladders of two calls with one seed that differ in the model,
    the method, a temperature, sweeps_per_exchange or the start have random numbers of their own, as in
    `spinlib.sample`.

    References
    ----------
    K. Hukushima and K. Nemoto, J. Phys. Soc. Jpn. 65, 1604 (1996).

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import parallel_tempering
    >>> draws = parallel_tempering.sample(Ising((4, 4)), [2.0, 2.5, 3.0], 20, burn_in=10, seed=1)
    >>> sorted(draws.replica[:, 0, 0].values.tolist())
    [0, 1, 2]
    >>> draws.exchange_acceptance.shape
    (2, 1)
    """
    methods(model)  # raises where there is none
    ladder = checked_ladder(temperatures)
    if method in methods(model) and method_of(method, model).takes_device:
        raise ValueError(f"method {method!r}: its chains share one random stream; allowed are the other methods")
    method = resolved(method, model, ladder)
    n_samples, n_chains = at_least(1, "n_samples", n_samples), at_least(1, "n_chains", n_chains)
    measurements = checked_observables(observables, model, keep_spins, executor)
    tasks_chains = list(_split(method, model, len(ladder), n_chains))
    in_all = len(ladder) * n_chains * n_samples
    check_memory(
        model,
        methods(model)[method],
        n_values=in_all * (1 + sum(math.prod(measurement.shape) for measurement in measurements)),
        n_kept=in_all if keep_spins else 0,
        n_chains=len(ladder) * n_chains,
        chains_at_a_time=len(ladder) * len(tasks_chains[0]),
    )
    first = checked_start(start, model, len(ladder), n_chains)
    numbers = {
        "sweeps_per_exchange": at_least(1, "sweeps_per_exchange", sweeps_per_exchange),
        "exchanges_between": at_least(1, "exchanges_between", exchanges_between),
        "burn_in": at_least(0, "burn_in", burn_in),
        "seed": at_least(0, "seed", seed),
    }
    tasks = [
        _Task(
            model=model,
            method=method,
            temperatures=ladder,
            chains=members,
            start=first if isinstance(first, str) else first[:, members.start : members.stop],
            n_samples=n_samples,
            observables=measurements,
            keep_spins=bool(keep_spins),
            **numbers,
        )
        for members in tasks_chains
    ]
    attributes = {"method": method, "start": first if isinstance(first, str) else "given", **numbers}
    draws = empty_dataset(model, ladder, n_chains, n_samples, measurements, keep_spins, attributes)
    draws["replica"] = (DIMS, np.empty((len(ladder), n_chains, n_samples), dtype=np.int32))
    draws["exchange_acceptance"] = (("pair", "chain"), np.empty((len(ladder) - 1, n_chains)))
    draws["round_trips"] = ("chain", np.empty(n_chains, dtype=np.int64))
    n_rounds = tasks[0].n_rounds
    with tqdm(total=n_chains * n_rounds, unit="round", disable=not progress) as bar:
        here = (_run(task, bar.update) for task in tasks)
        for task, result in zip(tasks, here if executor is None else executor.map(_run, tasks), strict=True):
            for name, values in result.items():
                draws[name][{"chain": slice(task.chains.start, task.chains.stop)}] = values
            bar.update(len(task.chains) * n_rounds if executor else 0)
    return draws


@dataclass(frozen=True)
class _Task:
    """A task: the ladders `chains`, with the arguments of `sample` that concern them.

    start: "random", "cold" or the spins of these ladders, (temperature, chain, *shape).
    """

    model: LatticeModel
    method: str
    temperatures: np.ndarray
    chains: range
    start: Any
    n_samples: int
    sweeps_per_exchange: int
    exchanges_between: int
    burn_in: int
    observables: tuple[Measurement, ...]
    keep_spins: bool
    seed: int

    @property
    def n_rounds(self) -> int:
        return self.burn_in + self.n_samples * self.exchanges_between


def _split(method: str, model: LatticeModel, n_temperatures: int, n_chains: int) -> Iterator[range]:
    """The ladders, task by task; where a task begins does not depend on the number of ladders."""
    size = max(1, SITES_PER_BLOCK // (n_temperatures * model.n_sites))
    bits = method_of(method, model).chains_per_word(model)
    if bits:
        size = 1
        while size * n_temperatures < _BITS_USED * bits * -(-size * n_temperatures // bits):
            size += 1
    for first in range(0, n_chains, size):
        yield range(first, min(first + size, n_chains))


def _run(task: _Task, report: Callable[[int], Any] = lambda n: None) -> dict[str, np.ndarray]:
    """The task's share of the Dataset's variables. report is called with numbers of rounds, of all its ladders."""
    model, n_temperatures, n_ladders = task.model, len(task.temperatures), len(task.chains)
    by_replica = (n_ladders, n_temperatures)
    temperatures = np.tile(task.temperatures, n_ladders)
    method, spins = method_of(task.method, model), _first_configurations(task)
    walkers = cast(Replicas, method.ensemble(model, spins, temperatures, task.seed, _keys(task, "replica")))
    ladders = Ladders(task.temperatures, keyed_streams(task.seed, _keys(task, "exchange")[::n_temperatures]))
    pace = Pace()

    def rounds(n: int) -> None:
        for _ in range(n):
            pace.sweep_all(walkers.sweep, task.sweeps_per_exchange)
            ladders.exchange(walkers.draw(1, 0, ["energy"], False)["energy"].reshape(by_replica) * model.n_sites)
            walkers.set_temperatures(ladders.temperatures.ravel())
            report(n_ladders)

    def at_temperatures(values: np.ndarray) -> np.ndarray:
        """Values (replica, ...) of all ladders as (temperature, chain, ...)."""
        of_ladders = values.reshape(*by_replica, *values.shape[1:])
        return of_ladders[np.arange(n_ladders), ladders.replica_at.T]

    shape = (n_temperatures, n_ladders, task.n_samples)
    draws = {measurement.name: np.empty((*shape, *measurement.shape)) for measurement in task.observables}
    draws["replica"] = np.empty(shape, dtype=np.int32)
    if task.keep_spins:
        draws["spins"] = np.empty((*shape, *model.shape), dtype=model.spin_dtype)
    rounds(task.burn_in)
    ladders.restart()
    for draw in range(task.n_samples):
        rounds(task.exchanges_between)
        for name, values in measured(task.observables, walkers, model, task.keep_spins).items():
            draws[name][:, :, draw] = at_temperatures(values[0])
        draws["replica"][:, :, draw] = ladders.replica_at.T
    with np.errstate(invalid="ignore"):
        draws["exchange_acceptance"] = (ladders.accepted / ladders.attempted).T
    draws["round_trips"] = ladders.round_trips.sum(axis=1)
    return draws


def _first_configurations(task: _Task) -> np.ndarray:
    """(ladder * temperature, *shape) of the model's dtype, C-contiguous."""
    if isinstance(task.start, str):
        return start_spins(task.model, task.start, keyed_streams(task.seed, _keys(task, "start")))
    return np.moveaxis(task.start, 0, 1).reshape(-1, *task.model.shape).copy()


def _keys(task: _Task, purpose: str) -> list[bytes]:
    """A key for each replica of each ladder (ladder * temperature): the digest that identifies call and replica."""
    call = digest("parallel tempering", purpose, task.method, task.model, task.temperatures, task.sweeps_per_exchange)
    starts = [task.start] * len(task.chains) if isinstance(task.start, str) else np.moveaxis(task.start, 0, 1)
    ladders = [digest(call, start, chain) for start, chain in zip(starts, task.chains, strict=True)]
    return [digest(ladder, replica) for ladder in ladders for replica in range(len(task.temperatures))]
