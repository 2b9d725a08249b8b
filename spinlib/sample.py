"""The front door to the samplers: configurations and observables of a model at some temperatures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, as_completed
from operator import index as as_integer
from typing import Any

import numpy as np
import xarray as xr
from tqdm.auto import tqdm

from spinlib.models import CellularPotts, Ising, Potts
from spinlib.samplers import METHODS, chains
from spinlib.samplers.chains import OBSERVABLES, Block

# Sweeps. Cluster updates forget their start within tens of sweeps at any temperature; single flips near the critical
# temperature take of the order of L**2 sweeps, of which this is the affordable part.
BURN_IN = {
    "metropolis": 10_000,
    "heat_bath": 10_000,
    "multispin": 10_000,
    "convolution": 1_000,
    "swendsen_wang": 200,
    "wolff": 200,
}

MOST_SPINS = 2**31


def sample(
    model: Ising | Potts,
    temperatures: Any,
    n_samples: int,
    *,
    method: str = "auto",
    start: Any = "random",
    sweeps_between: int = 1,
    burn_in: int | None = None,
    n_chains: int = 1,
    observables: Sequence[str] = ("energy", "magnetization"),
    keep_spins: bool = True,
    seed: int = 0,
    device: str = "cpu",
    executor: Executor | None = None,
    progress: bool = False,
) -> xr.Dataset:
    """Draw configurations of `model` from the Boltzmann distribution at each temperature, by Markov chains.

    temperatures: numbers > 0 in J / k_B. n_samples: draws per chain. n_chains: independent chains per temperature.

    method: "metropolis", "heat_bath", "multispin" (Metropolis on packed bits, even square Ising lattices only),
    "swendsen_wang", "wolff", "convolution" (paper dp, Algorithm 1, in torch; the only one that uses `device`) or
    "auto": Swendsen-Wang without a field and without frustrated bonds, else Metropolis, or heat bath if a
    temperature exceeds 5 |J|.

    start: "random", "cold" (all +1, or all 0) or spins of shape (*shape), (chain, *shape) or (temperature, chain,
    *shape). A random start below the critical temperature can leave single-flip methods in stripes for very long.
    burn_in: sweeps before the first draw; by default `BURN_IN[method]`: 200 for cluster methods, 1,000 for
    convolution, else 10,000. sweeps_between: sweeps from draw to draw; sweeps are defined in each method's module.

    Returns a Dataset with dimensions (temperature, chain, draw): `energy` per site (units of J), `magnetization` per
    site (Ising: mean spin; Potts: (q x - 1) / (q - 1), x the share of the most frequent state) and, if keep_spins,
    `spins` int8 with the axes x0, x1, ... behind. attrs: the method that "auto" became, model, seed, burn_in,
    sweeps_between, start, device, spinlib_version.

    The samples follow from the arguments and `seed` alone. executor: any concurrent.futures.Executor; it gets one
    task per temperature and block of chains, and changes no sample. progress: show a progress bar.

    Raises ValueError or TypeError for arguments that are not as above, for a model that the method refuses, and for
    more than 2 GiB of spins. CellularPotts has no known stationary law: TypeError.
    """
    if isinstance(model, CellularPotts):
        raise TypeError("CellularPotts cannot be sampled: use spinlib.samplers.cellular_potts.simulate")
    if not isinstance(model, Ising | Potts):
        raise TypeError(f"model {model!r}: allowed are Ising and Potts")
    grid = _checked_temperatures(temperatures)
    n_samples = _at_least(1, "n_samples", n_samples)
    n_chains = _at_least(1, "n_chains", n_chains)
    method = _resolved(method, model, grid)
    burn_in = BURN_IN[method] if burn_in is None else _at_least(0, "burn_in", burn_in)
    names = _checked_observables(observables)
    if not (names or keep_spins):
        raise ValueError("observables () and keep_spins False: nothing would be returned")
    if device != "cpu" and method != "convolution":
        raise ValueError(f"device {device!r}: method {method!r} runs on 'cpu'; only 'convolution' takes a device")
    n_spins = len(grid) * n_chains * model.n_sites * (n_samples if keep_spins else 1)
    if n_spins > MOST_SPINS:
        raise ValueError(
            f"{n_spins} spins would be held, allowed are {MOST_SPINS} (2 GiB): take fewer draws, "
            "or keep_spins=False to keep observables only"
        )
    first = _checked_start(start, model, len(grid), n_chains)
    settings: dict[str, Any] = {
        "model": model,
        "method": method,
        "n_samples": n_samples,
        "sweeps_between": _at_least(1, "sweeps_between", sweeps_between),
        "burn_in": burn_in,
        "observables": names,
        "keep_spins": bool(keep_spins),
        "seed": _at_least(0, "seed", seed),
        "device": str(device),
    }
    blocks = [
        Block(
            temperature=float(temperature),
            temperature_index=i,
            chains=members,
            start=first if isinstance(first, str) else first[i, members.start : members.stop],
            **settings,
        )
        for i, temperature in enumerate(grid)
        for members in chains.split(method, model, n_chains)
    ]
    draws = _empty_dataset(grid, n_chains, settings, first if isinstance(first, str) else "given")
    with tqdm(total=len(grid) * n_chains * n_samples, unit="draw", disable=not progress) as bar:
        for block, result in _results(blocks, executor, bar):
            for name, values in result.items():
                draws[name].values[block.temperature_index, block.chains.start : block.chains.stop] = values
    return draws


def _empty_dataset(grid: np.ndarray, n_chains: int, settings: dict[str, Any], start: str) -> xr.Dataset:
    """Coordinates, attributes and arrays that are still to be filled."""
    from spinlib import __version__

    model, shape = settings["model"], (len(grid), n_chains, settings["n_samples"])
    stored = ("method", "seed", "burn_in", "sweeps_between", "device")
    dataset = xr.Dataset(
        coords={"temperature": ("temperature", grid, {"units": "J/k_B"})},
        attrs={name: settings[name] for name in stored}
        | {"model": repr(model), "start": start, "spinlib_version": __version__},
    )
    dims = ("temperature", "chain", "draw")
    for name in settings["observables"]:
        meaning = {"long_name": f"{name} per site"} | ({"units": "J"} if name == "energy" else {})
        dataset[name] = (dims, np.empty(shape), meaning)
    if settings["keep_spins"]:
        axes = (f"x{axis}" for axis in range(len(model.shape)))
        dataset["spins"] = ((*dims, *axes), np.empty((*shape, *model.shape), dtype=np.int8))
    return dataset


def _results(blocks: list[Block], executor: Executor | None, bar: Any) -> Iterator[tuple[Block, dict[str, np.ndarray]]]:
    """Each block with its draws, in any order. What a worker raises gets a note of where that was."""
    if executor is None:
        for block in blocks:
            yield block, chains.run(block, bar.update)
        return
    tasks = {executor.submit(chains.run, block): block for block in blocks}
    try:
        for task in as_completed(list(tasks)):
            # Not kept here, so that the draws of a finished task are not held twice.
            block = tasks.pop(task)
            try:
                draws = task.result()
            except Exception as error:
                error.add_note(f"sampling {block.model!r} with {block.method} at temperature {block.temperature}")
                raise
            del task
            yield block, draws
            bar.update(len(block.chains) * block.n_samples)
    finally:
        for task in tasks:
            task.cancel()


def _resolved(method: str, model: Ising | Potts, temperatures: np.ndarray) -> str:
    """The method that `method` means for this model, which does not refuse it."""
    if method == "auto":
        couplings = np.asarray(model.coupling)
        mixed = couplings.ndim or model.lattice.neighborhood not in ("nearest", "honeycomb")
        frustrated = couplings.min() < 0.0 and (mixed or isinstance(model, Potts))
        if not frustrated and getattr(model, "field", 0.0) == 0.0:
            return "swendsen_wang"
        return "heat_bath" if temperatures.max() > 5.0 * np.abs(couplings).max() else "metropolis"
    if method not in METHODS:
        raise ValueError(f"method {method!r}: allowed are 'auto', {', '.join(map(repr, METHODS))}")
    METHODS[method].refuse(model)
    return method


def _checked_temperatures(temperatures: Any) -> np.ndarray:
    grid = np.atleast_1d(np.array(temperatures, dtype=np.float64))
    if grid.ndim != 1 or not grid.size:
        raise ValueError(f"temperatures of shape {grid.shape}: a number or a sequence of numbers is needed")
    wrong = grid[~((grid > 0.0) & np.isfinite(grid))]
    if wrong.size:
        raise ValueError(f"temperature {wrong[0]}: has to be positive and finite")
    return grid


def _checked_observables(observables: Sequence[str]) -> tuple[str, ...]:
    names = (observables,) if isinstance(observables, str) else tuple(observables)
    for name in names:
        if name not in OBSERVABLES:
            raise ValueError(f"observable {name!r}: allowed are {', '.join(map(repr, OBSERVABLES))}")
    return names


def _checked_start(start: Any, model: Ising | Potts, n_temperatures: int, n_chains: int) -> Any:
    """ "random", "cold" or spins int8 (temperature, chain, *shape)."""
    if isinstance(start, str):
        if start not in ("random", "cold"):
            raise ValueError(f"start {start!r}: allowed are 'random', 'cold' or spins")
        return start
    spins = np.asarray(start)
    leading = spins.shape[: -model.lattice.ndim] if spins.ndim >= model.lattice.ndim else None
    if leading not in ((), (n_chains,), (n_temperatures, n_chains)):
        shape = str(model.shape)[1:]
        raise ValueError(
            f"start of shape {spins.shape}: allowed are {model.shape}, ({n_chains}, {shape} "
            f"and ({n_temperatures}, {n_chains}, {shape}"
        )
    model.check(spins)
    return np.broadcast_to(spins.astype(np.int8), (n_temperatures, n_chains, *model.shape))


def _at_least(least: int, name: str, value: Any) -> int:
    try:
        number = as_integer(value)
    except TypeError as error:
        raise TypeError(f"{name} {value!r}: has to be an integer") from error
    if number < least:
        raise ValueError(f"{name} {number}: has to be at least {least}")
    return number
