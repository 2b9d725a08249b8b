"""Runs of the cellular Potts model: `simulate` follows boundary lengths, areas and energy in time.

The dynamics, "serial", "parallel" and "ordered", are described in `spinlib.samplers.cellular_potts.copy_attempts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from tqdm import tqdm

from spinlib.models import CellularPotts
from spinlib.samplers.cellular_potts.copy_attempts import DYNAMICS, refuse, sweep
from spinlib.samplers.chains.contents import digest
from spinlib.samplers.chains.pace import Pace
from spinlib.samplers.random import keyed_streams

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["DYNAMICS", "refuse", "simulate", "sweep"]


def simulate(
    model: CellularPotts | Sequence[CellularPotts],
    cells: Any,
    n_sweeps: int,
    temperature: float,
    *,
    dynamics: str = "serial",
    n_runs: int | None = None,
    seed: int = 0,
    measure_at: Iterable[int] | None = None,
    snapshots_at: Iterable[int] = (),
    executor: Executor | None = None,
    progress: bool = False,
) -> xr.Dataset:
    """Run a cellular Potts model several times, independently, from one configuration.

    Each run has its own stream, which follows from the seed, the dynamics, its model, the temperature, the cells and
    its number: the result is the same for any number of workers, and calls with one seed that differ in any of these
    are independent.

    Parameters
    ----------
    model : CellularPotts or sequence of CellularPotts
        One for all runs, or one per run, of one lattice, number of cells and type names (so that runs can differ in
        which cells are of which type).
    cells : array_like
        Integers (*shape), the cell of every site; 0 is the medium.
    n_sweeps : int
        Length of a run in Monte Carlo steps (MCS).
    temperature : float
        k_B T, in the units of the contact energies.
    dynamics : {"serial", "parallel", "ordered"}
        How copies are attempted: see `spinlib.samplers.cellular_potts.copy_attempts`.
    n_runs : int, optional
        By default 1, or one per model.
    seed : int
        Of the random numbers, at least 0.
    measure_at : iterable of int, optional
        The MCS at which to measure, by default 101 evenly spaced ones (every one, if there are fewer), 0 and n_sweeps
        among them.
    snapshots_at : iterable of int
        The MCS whose configurations are kept.
    executor : concurrent.futures.Executor, optional
        Its workers share the runs.
    progress : bool
        Show a progress bar, which counts MCS.

    Returns
    -------
    xarray.Dataset
        `boundary_length` (run, time, pair), in nearest-neighbour contacts; `energy` (run, time), total; `area` (run,
        time, cell), in sites, 0 for a vanished cell; `types` (run, cell); `cells` (run, snapshot, *shape), int16.

    Raises
    ------
    TypeError, ValueError
        An argument is not as described above.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import CellularPotts
    >>> from spinlib.samplers import cellular_potts
    >>> model = CellularPotts((10, 10), types=[0, 1], coupling=[[0, 2], [2, 1]], target_area=25.0)
    >>> cells = np.zeros((10, 10), int)
    >>> cells[3:8, 3:8] = 1  # one cell in the medium
    >>> runs = cellular_potts.simulate(model, cells, 20, 1.0, n_runs=3, seed=1)
    >>> dict(runs.area.sizes)
    {'run': 3, 'time': 21, 'cell': 1}
    >>> runs.area[:, 0, 0].values.tolist()
    [25, 25, 25]
    """
    models = _one_model_per_run(model, n_runs)
    for one in dict.fromkeys(models):
        refuse(one, dynamics)
        one.check(cells)
    start = np.asarray(cells)
    if start.shape != models[0].shape:
        raise ValueError(f"cells of shape {start.shape}: has to be one configuration, {models[0].shape}")
    if not np.isfinite(temperature) or temperature <= 0:
        raise ValueError(f"temperature {temperature}: has to be finite and positive")
    if n_sweeps < 0:
        raise ValueError(f"n_sweeps {n_sweeps}: cannot be negative")
    if measure_at is None:
        measure_at = np.unique(np.linspace(0, n_sweeps, 101).astype(int))
    times = _Times(
        _checked_times("measure_at", measure_at, n_sweeps), _checked_times("snapshots_at", snapshots_at, n_sweeps)
    )
    start, temperature = start.astype(np.int16), float(temperature)
    call = {one: digest("cellular_potts", dynamics, one, temperature, start) for one in dict.fromkeys(models)}
    rng = keyed_streams(seed, [digest(call[one], run) for run, one in enumerate(models)])
    plans = [_Plan(one, start, temperature, dynamics, times, rng[run : run + 1]) for run, one in enumerate(models)]
    # The last time visited is where the run ends.
    n_mcs = int(max([0, *times.measured, *times.kept]))
    with tqdm(total=len(plans) * n_mcs, desc=f"{dynamics} runs", unit="MCS", disable=not progress) as bar:
        runs = []
        here = (_run(plan, bar.update) for plan in plans)
        for run in here if executor is None else executor.map(_run, plans):
            runs.append(run)
            bar.update(n_mcs if executor else 0)
    settings = {"dynamics": dynamics, "temperature": temperature, "n_sweeps": int(n_sweeps), "seed": str(seed)}
    return _dataset(models, times, runs).assign_attrs(settings)


class _Times(NamedTuple):
    measured: np.ndarray
    kept: np.ndarray


class _Plan(NamedTuple):
    """The input of one run, for a worker."""

    model: CellularPotts
    cells: np.ndarray
    temperature: float
    dynamics: str
    times: _Times
    rng: np.ndarray


class _Run(NamedTuple):
    boundary_length: np.ndarray
    energy: np.ndarray
    area: np.ndarray
    cells: np.ndarray


def _run(plan: _Plan, report: Callable[[int], Any] = lambda n: None) -> _Run:
    """report is called with numbers of MCS, about every half second."""
    cells, rng, temperatures = plan.cells[None].copy(), plan.rng.copy(), np.array([plan.temperature])
    measured, kept = plan.times
    visited = np.union1d(measured, kept)
    history, pace = np.empty((len(visited), *plan.model.shape), dtype=np.int16), Pace()

    def advance(n: int) -> None:
        sweep(plan.model, cells, temperatures, rng, n, plan.dynamics)
        report(n)

    for i, n in enumerate(np.diff(visited, prepend=0)):
        pace.sweep_all(advance, int(n))
        history[i] = cells[0]
    seen = history[np.isin(visited, measured)]
    lengths, areas = plan.model.boundary_lengths(seen), plan.model.areas(seen)[:, 1:]
    return _Run(lengths, plan.model.energy(seen), areas, history[np.isin(visited, kept)])


def _dataset(models: list[CellularPotts], times: _Times, runs: list[_Run]) -> xr.Dataset:
    import xarray as xr

    model = models[0]
    together = _Run(*(np.stack(values) for values in zip(*runs, strict=True)))
    axes = [f"axis_{axis}" for axis in range(len(model.shape))]
    return xr.Dataset(
        {
            "boundary_length": (("run", "time", "pair"), together.boundary_length),
            "energy": (("run", "time"), together.energy),
            "area": (("run", "time", "cell"), together.area),
            "types": (("run", "cell"), np.stack([one.types[1:] for one in models])),
            "cells": (("run", "snapshot", *axes), together.cells),
        },
        coords={
            "run": np.arange(len(models)),
            "time": times.measured,
            "pair": list(model.pair_names),
            "cell": np.arange(1, model.n_cells + 1),
            "snapshot": times.kept,
        },
        attrs={"neighborhood": model.lattice.neighborhood},
    )


def _one_model_per_run(model: Any, n_runs: int | None) -> list[CellularPotts]:
    if n_runs is not None and n_runs < 1:
        raise ValueError(f"n_runs {n_runs}: at least 1 is needed")
    if isinstance(model, CellularPotts):
        return [model] * (n_runs or 1)
    models = list(model) if isinstance(model, Sequence) else []
    if not models or not all(isinstance(one, CellularPotts) for one in models):
        raise TypeError(f"model {model!r}: has to be a CellularPotts or a sequence of them, one per run")
    if n_runs not in (None, len(models)):
        raise ValueError(f"n_runs {n_runs}: {len(models)} models are given, one per run")
    first = models[0]
    for one in models:
        if (one.lattice, one.n_cells, one.type_names) != (first.lattice, first.n_cells, first.type_names):
            raise ValueError(f"{one} beside {first}: runs need one lattice, number of cells and type names")
    return models


def _checked_times(name: str, times: Iterable[int], n_sweeps: int) -> np.ndarray:
    numbers = list(times)
    for number in numbers:
        if not isinstance(number, (int, np.integer)) or not 0 <= number <= n_sweeps:
            raise ValueError(f"{name} holds {number!r}: allowed are whole numbers 0 to n_sweeps = {n_sweeps}")
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        raise ValueError(f"{name} {numbers}: the numbers have to increase")
    return np.array(numbers, dtype=np.int64)
