"""One call of `spinlib.sample`: its checked arguments, its methods, and its tasks for workers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from spinlib.arguments import at_least
from spinlib.models.lattice_model import LatticeModel
from spinlib.samplers import methods
from spinlib.samplers.chains import partition
from spinlib.samplers.chains.arguments import checked_start, checked_temperatures
from spinlib.samplers.chains.block import CLUSTERS, Block, Chain
from spinlib.samplers.chains.choice import Choice, checked_method, choose, cluster_sweeps
from spinlib.samplers.chains.dataset import empty_dataset
from spinlib.samplers.chains.destination import BufferedRows, Rows
from spinlib.samplers.chains.executors import Task
from spinlib.samplers.chains.measurements import Measurement, Observables, checked_observables
from spinlib.samplers.chains.memory import check_memory
from spinlib.samplers.contract import Method
from spinlib.samplers.contract import method as method_of

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Call:
    """The checked arguments of `spinlib.sample`, and the methods that were chosen.

    grid: float64 (temperature,). start: "random", "cold" or spins (temperature, chain, *shape). numbers: n_samples,
    sweeps_between, burn_in and seed. methods: the methods in use. clusters_first: whether the burn-in of a single-flip
    method begins with cluster sweeps.
    """

    model: LatticeModel
    grid: np.ndarray
    n_chains: int
    start: Any
    numbers: dict[str, int]
    choice: Choice
    methods: list[Method]
    clusters_first: bool
    measurements: tuple[Measurement, ...]
    keep_spins: bool
    device: str
    threads: int | None

    @property
    def burn_in_methods(self) -> list[str]:
        used = [one.name for one in self.methods]
        return list(dict.fromkeys([CLUSTERS, *used] if self.clusters_first else used))

    def check_memory(self, to_memory: bool) -> None:
        """Raise ValueError where the call would take more than 2 GiB. to_memory: whether kept spins stay in memory."""
        n_draws = len(self.grid) * self.n_chains * self.numbers["n_samples"]
        for name in self.burn_in_methods:
            check_memory(
                self.model,
                methods(self.model)[name],
                n_values=n_draws * sum(math.prod(measurement.shape) for measurement in self.measurements),
                n_kept=n_draws if self.keep_spins and to_memory else 0,
                n_chains=len(self.grid) * self.n_chains,
                chains_at_a_time=partition.most_chains(name, self.model, len(self.grid), self.n_chains),
            )

    def empty_dataset(self, to_memory: bool) -> xr.Dataset:
        """The Dataset that `spinlib.sample` returns, not filled yet; with spins if they are kept in memory."""
        attributes = self.numbers | {
            "method": ", ".join(one.name for one in self.methods),
            "choice": self.choice.reason,
            "burn_in_method": ", ".join(self.burn_in_methods),
            "start": self.start if isinstance(self.start, str) else "given",
            "device": self.device,
        }
        del attributes["n_samples"]
        n_samples, kept = self.numbers["n_samples"], self.keep_spins and to_memory
        draws = empty_dataset(self.model, self.grid, self.n_chains, n_samples, self.measurements, kept, attributes)
        if len(self.methods) > 1:
            draws = draws.assign_coords(method=("temperature", list(self.choice.methods)))
        return draws

    def tasks(self, draws: xr.Dataset, target: Any) -> list[Task]:
        """A task for each block of chains, with the arrays to which it writes its draws."""
        arrays: dict[str, Any] = {str(name): variable.values for name, variable in draws.data_vars.items()}
        if target is not None:
            arrays["spins"] = target.array
        tasks, lock = [], Lock()
        for name, members in partition.split(self.choice.methods, self.model, self.grid, self.n_chains):
            chains = partition.chains(self.grid, self.n_chains, members)
            block = Block(
                model=self.model,
                method=name,
                chains=chains,
                start=self.start if isinstance(self.start, str) else Rows(self.start, members, self.n_chains)[:, :],
                cluster_sweeps=self._cluster_sweeps(name, chains),
                observables=self.measurements,
                keep_spins=self.keep_spins,
                device=self.device,
                **self.numbers,
            )
            rows: dict[str, Any] = {name: Rows(array, members, self.n_chains) for name, array in arrays.items()}
            if target is not None and target.draws_per_write > 1:
                rows["spins"] = BufferedRows(target.array, members, self.n_chains, target.draws_per_write, lock)
            tasks.append(Task(block, rows))
        return tasks

    def _cluster_sweeps(self, name: str, chains: Sequence[Chain]) -> int:
        """The number of cluster sweeps in a block's burn-in."""
        if not self.clusters_first or method_of(name, self.model).is_cluster:
            return 0
        return min(self.numbers["burn_in"], cluster_sweeps(self.model, [chain.temperature for chain in chains]))


def checked_call(
    model: LatticeModel,
    temperatures: Any,
    n_samples: int,
    *,
    method: str,
    start: Any,
    sweeps_between: int,
    burn_in: int | None,
    n_chains: int,
    observables: Observables,
    keep_spins: bool,
    seed: int,
    device: str,
    threads: int | None,
    executor: Executor | None,
) -> Call:
    """Check the arguments of `spinlib.sample`, one after the other."""
    grid = checked_temperatures(temperatures)
    numbers = {
        "n_samples": at_least(1, "n_samples", n_samples),
        "sweeps_between": at_least(1, "sweeps_between", sweeps_between),
        "seed": at_least(0, "seed", seed),
    }
    n_chains = at_least(1, "n_chains", n_chains)
    burn_in = None if burn_in is None else at_least(0, "burn_in", burn_in)
    threads = None if threads is None else at_least(1, "threads", threads)
    first = checked_start(start, model, len(grid), n_chains)
    if method == "auto":
        choice = choose(model, grid, n_chains, numbers["n_samples"], burn_in, numbers["sweeps_between"])
    else:
        choice = Choice((checked_method(method, model),) * len(grid), "asked for")
    used = [method_of(name, model) for name in dict.fromkeys(choice.methods)]
    if device != "cpu" and not all(one.takes_device for one in used):
        raise ValueError(f"device {device!r}: method {used[0].name!r} runs on 'cpu'; only 'convolution' takes a device")
    measurements = checked_observables(observables, model, keep_spins, executor)
    clusters_first = choice.clusters_first and isinstance(first, str) and first == "random"
    if burn_in is None:
        burn_in = method_of(CLUSTERS, model).burn_in if clusters_first else max(one.burn_in for one in used)
    return Call(
        model=model,
        grid=grid,
        n_chains=n_chains,
        start=first,
        numbers=numbers | {"burn_in": burn_in},
        choice=choice,
        methods=used,
        clusters_first=clusters_first,
        measurements=measurements,
        keep_spins=bool(keep_spins),
        device=str(device),
        threads=threads,
    )
