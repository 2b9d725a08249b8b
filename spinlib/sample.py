"""The front door to the samplers: configurations and observables of a model at some temperatures."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np
import xarray as xr
from tqdm.auto import tqdm

from spinlib.checkpoint import folder as checkpoint_folder
from spinlib.executors import results
from spinlib.models import XY, CellularPotts, Ising, Potts
from spinlib.models.hamiltonian import require_own_hamiltonian
from spinlib.samplers import METHODS, chains, methods
from spinlib.samplers.arguments import (
    at_least,
    check_memory,
    checked_observables,
    checked_start,
    checked_temperatures,
)
from spinlib.samplers.chains import Block
from spinlib.samplers.dataset import empty_dataset
from spinlib.samplers.ensemble import HOT

# Sweeps. Cluster updates forget their start within tens of sweeps at any temperature; single flips near the critical
# temperature take of the order of L**2 sweeps, of which this is the affordable part.
BURN_IN = {
    "metropolis": 10_000,
    "heat_bath": 10_000,
    "multispin": 10_000,
    "convolution": 1_000,
    "over_relaxation": 1_000,
    "swendsen_wang": 200,
    "wolff": 200,
}


def sample(
    model: Ising | Potts | XY,
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
    checkpoint: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> xr.Dataset:
    """Draw configurations of `model` from the Boltzmann distribution at each temperature, by Markov chains.

    temperatures: numbers > 0 in J / k_B. n_samples: draws per chain. n_chains: independent chains per temperature.

    method: "metropolis", "heat_bath", "multispin" (packed bits, for Ising on even square lattices with one |J| and no
    field; Metropolis, or heat bath at a temperature above 5 |J|), "swendsen_wang", "wolff", "convolution" (paper dp,
    Algorithm 1, in torch; the only one that uses `device`) or "auto": multispin wherever it applies, else
    Swendsen-Wang without a field and without frustrated bonds, else Metropolis, or heat bath if a temperature exceeds
    5 |J|. For XY: "metropolis", "over_relaxation" (with Metropolis), "wolff" or "auto": Wolff without frustrated
    bonds, else over-relaxation, as also if no temperature reaches |J| / 2.

    start: "random", "cold" (Ising: all +1; Potts and XY: all 0) or spins of shape (*shape), (chain, *shape) or
    (temperature, chain, *shape). A random start below the critical temperature can leave single-flip methods in stripes
    for very long.
    burn_in: sweeps before the first draw; by default `BURN_IN[method]`: 200 for cluster methods, 1,000 for
    convolution and over-relaxation, else 10,000. Where "auto" became multispin, the start is "random" and no bond can
    be frustrated, the burn-in consists of Swendsen-Wang sweeps, which leave no stripes. sweeps_between: sweeps from
    draw to draw; sweeps are defined in each method's module.

    Returns a Dataset with dimensions (temperature, chain, draw): `energy` per site (units of J), `magnetization` per
    site (Ising: mean spin; Potts: (q x - 1) / (q - 1), x the share of the most frequent state; XY: length of the mean
    unit vector) and, if keep_spins, `spins` (int8; XY: angles in [-pi, pi), float64) with the axes x0, x1, ... behind.
    attrs: the method that "auto" became, model, seed, burn_in, burn_in_method, sweeps_between, start, device,
    spinlib_version.

    The samples follow from the arguments and `seed` alone. executor: any concurrent.futures.Executor; it gets one
    task per temperature and block of chains, and changes no sample. checkpoint: a folder that keeps the draws of each
    finished block, so that the same call after an interruption computes only the others (`spinlib.checkpoint`); it
    changes no sample either. progress: show a progress bar.

    Raises ValueError or TypeError for arguments that are not as above, for a model that the method refuses, and for
    more than 2 GiB of spins. CellularPotts has no known stationary law: TypeError.
    """
    if isinstance(model, CellularPotts):
        raise TypeError("CellularPotts cannot be sampled: use spinlib.samplers.cellular_potts.simulate")
    if not isinstance(model, Ising | Potts | XY):
        raise TypeError(f"model {model!r}: allowed are Ising, Potts and XY")
    grid = checked_temperatures(temperatures)
    n_samples = at_least(1, "n_samples", n_samples)
    n_chains = at_least(1, "n_chains", n_chains)
    free, method = method == "auto", resolved(method, model, grid)
    clusters = free and method == "multispin" and isinstance(start, str) and start == "random" and not frustrated(model)
    burn_in_method = "swendsen_wang" if clusters else method
    burn_in = BURN_IN[burn_in_method] if burn_in is None else at_least(0, "burn_in", burn_in)
    names = checked_observables(observables, keep_spins)
    if device != "cpu" and method != "convolution":
        raise ValueError(f"device {device!r}: method {method!r} runs on 'cpu'; only 'convolution' takes a device")
    check_memory(model, len(grid) * n_chains * (n_samples if keep_spins else 1))
    first = checked_start(start, model, len(grid), n_chains)
    settings: dict[str, Any] = {
        "model": model,
        "method": method,
        "n_samples": n_samples,
        "sweeps_between": at_least(1, "sweeps_between", sweeps_between),
        "burn_in": burn_in,
        "burn_in_method": burn_in_method,
        "observables": names,
        "keep_spins": bool(keep_spins),
        "seed": at_least(0, "seed", seed),
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
    folder = None if checkpoint is None else checkpoint_folder(checkpoint)
    stored = ("method", "seed", "burn_in", "burn_in_method", "sweeps_between", "device")
    attributes = {name: settings[name] for name in stored} | {"start": first if isinstance(first, str) else "given"}
    draws = empty_dataset(model, grid, n_chains, n_samples, names, keep_spins, attributes)
    with tqdm(total=len(grid) * n_chains * n_samples, unit="draw", disable=not progress) as bar:
        for block, result in results(blocks, executor, folder, bar.update):
            for name, values in result.items():
                draws[name].values[block.temperature_index, block.chains.start : block.chains.stop] = values
    return draws


def resolved(method: str, model: Ising | Potts | XY, temperatures: np.ndarray) -> str:
    """The method that `method` means for this model, which does not refuse it."""
    require_own_hamiltonian(model)
    if method == "auto":
        strongest = np.abs(model.coupling_values).max()
        if isinstance(model, XY):
            cold = temperatures.max() < 0.5 * strongest
            return "over_relaxation" if cold or frustrated(model) else "wolff"
        if _is_packable(model):
            return "multispin"
        if not frustrated(model) and getattr(model, "field", 0.0) == 0.0:
            return "swendsen_wang"
        return "heat_bath" if temperatures.max() > HOT * strongest else "metropolis"
    known = methods(model)
    if method not in known:
        raise ValueError(
            f"method {method!r}: allowed for {type(model).__name__} are 'auto', {', '.join(map(repr, known))}"
        )
    known[method].refuse(model)
    return method


def frustrated(model: Ising | Potts | XY) -> bool:
    """Whether bonds may contradict each other, so that clusters percolate while they mean nothing."""
    per_bond = not isinstance(model, Potts) and model.direction_couplings is None
    mixed = per_bond or model.lattice.neighborhood not in ("nearest", "honeycomb")
    return bool(model.coupling_values.min() < 0.0 and (mixed or isinstance(model, Potts)))


def _is_packable(model: Ising | Potts) -> bool:
    try:
        METHODS["multispin"].refuse(model)
    except (TypeError, ValueError):
        return False
    return True
