"""The front door to the samplers: configurations and observables of a model at some temperatures."""

from __future__ import annotations

import math
import os
from collections import Counter
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm.auto import tqdm

from spinlib import checkpoint as stored
from spinlib.executors import Task, fill
from spinlib.models import XY, CellularPotts, Ising, Potts
from spinlib.models.hamiltonian import require_own_hamiltonian
from spinlib.samplers import METHODS, chains, methods
from spinlib.samplers.arguments import at_least, checked_start, checked_temperatures
from spinlib.samplers.chains import Block
from spinlib.samplers.dataset import empty_dataset
from spinlib.samplers.ensemble import HOT
from spinlib.samplers.measurements import Observables, checked_observables
from spinlib.samplers.memory import check_memory

if TYPE_CHECKING:
    import xarray as xr

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
    observables: Observables = ("energy", "magnetization"),
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
    Algorithm 1, in torch, but that a site is left out once in 256 times, without which it is not ergodic; the only one
    that uses `device`) or "auto": multispin wherever it applies, else Swendsen-Wang without a field and without
    frustrated bonds, else Metropolis, or heat bath if a temperature exceeds 5 |J|. For XY: "metropolis",
    "over_relaxation" (with Metropolis), "wolff" or "auto": Wolff without frustrated bonds, else over-relaxation, as
    also if no temperature reaches |J| / 2.

    start: "random", "cold" (`model.cold()`: all spins alike, Ising of the field's sign) or spins of shape (*shape),
    (chain, *shape) or (temperature, chain, *shape). A random start below the critical temperature can leave single-flip
    methods in stripes for very long.
    burn_in: sweeps before the first draw; by default `BURN_IN[method]`: 200 for cluster methods, 1,000 for
    convolution and over-relaxation, else 10,000. Where "auto" became multispin, the start is "random" and no bond can
    be frustrated, the burn-in consists of Swendsen-Wang sweeps, which leave no stripes. sweeps_between: sweeps from
    draw to draw; sweeps are defined in each method's module.

    observables: names, of "energy", "magnetization", "structure_factor_zero" and "structure_factor_min"
    (`spinlib.correlations`, for periodic lattices; the correlation length follows from both); functions of spins by
    name, {"staggered": f}; or a sequence of names and such functions. A function gets the spins of some chains,
    (chain, *shape), read-only, and returns a real number, or an array of them, for each: (chain,) or (chain, ...). It
    is called after every draw, so that spins need not be kept, and once before all, with the cold state of two chains.

    Returns a Dataset with dimensions (temperature, chain, draw): `energy` per site (units of J), `magnetization` per
    site (Ising: mean spin; Potts: (q x - 1) / (q - 1), x the share of the most frequent state; XY: length of the mean
    unit vector), structure factors, what the functions return (further dimensions are NAME_0, NAME_1, ...) and, if
    keep_spins, `spins` (int8; XY: angles in [-pi, pi), float64) with the axes x0, x1, ... behind. attrs: the method
    that "auto" became, model, field, seed (as text), burn_in, burn_in_method, sweeps_between, start, device,
    spinlib_version; of each observable also field and n_sites.

    The samples follow from the arguments and `seed` alone: the same call gives the same samples. Calls with one seed
    that differ in the model (in a single coupling, say), the method, the temperature's value or the start (in a single
    spin) have random numbers of their own, so that a loop over temperatures gives independent chains, and a run that
    continues from the last spins of another does not repeat it. Chains do not depend on other temperatures, on
    n_samples, or on what is measured; sweeps_between and burn_in choose draws of one and the same series, and a number
    of chains may change the samples of "multispin" and "convolution", whose chains share random numbers.

    executor: any concurrent.futures.Executor; it gets one task per temperature and block of chains, and changes no
    sample. checkpoint: a folder that keeps draws and chains every few seconds, so that the same call after an
    interruption, or with more draws or more temperatures, computes only the rest (`spinlib.checkpoint`); it changes no
    sample either. progress: show a progress bar, which counts sweeps, those of the burn-in too. Ctrl-C is answered
    within a second, or one sweep if that takes longer.

    Raises ValueError or TypeError for arguments that are not as above, for a model that the method refuses, and if
    spins, observables and sampler would take more than 2 GiB. CellularPotts has no known stationary law: TypeError.
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
    if device != "cpu" and method != "convolution":
        raise ValueError(f"device {device!r}: method {method!r} runs on 'cpu'; only 'convolution' takes a device")
    measurements = checked_observables(observables, model, keep_spins, executor)
    n_in_all = len(grid) * n_chains
    for one in {method, burn_in_method}:
        check_memory(
            model,
            methods(model)[one],
            n_values=n_in_all * n_samples * sum(math.prod(measurement.shape) for measurement in measurements),
            n_kept=n_in_all * n_samples if keep_spins else 0,
            n_chains=n_chains,
            chains_at_a_time=chains.chains_per_block(method, model, n_chains),
        )
    first = checked_start(start, model, len(grid), n_chains)
    settings: dict[str, Any] = {
        "model": model,
        "method": method,
        "n_samples": n_samples,
        "sweeps_between": at_least(1, "sweeps_between", sweeps_between),
        "burn_in": burn_in,
        "burn_in_method": burn_in_method,
        "observables": measurements,
        "keep_spins": bool(keep_spins),
        "seed": at_least(0, "seed", seed),
        "device": str(device),
    }
    told = ("method", "seed", "burn_in", "burn_in_method", "sweeps_between", "device")
    attributes = {name: settings[name] for name in told} | {"start": first if isinstance(first, str) else "given"}
    folder = None if checkpoint is None else stored.folder(checkpoint)
    draws = empty_dataset(model, grid, n_chains, n_samples, measurements, keep_spins, attributes)
    tasks, before = [], Counter[float]()
    for i, temperature in enumerate(grid.tolist()):
        for members in chains.split(method, model, n_chains):
            block = Block(
                temperature=temperature,
                repetition=before[temperature],
                chains=members,
                start=first if isinstance(first, str) else first[i, members.start : members.stop],
                **settings,
            )
            of_block = {str(name): values.values[i, members.start : members.stop] for name, values in draws.items()}
            tasks.append(Task(block, of_block))
        before[temperature] += 1
    if folder is not None:
        stored.check(measurements)
    with tqdm(total=n_in_all * tasks[0].block.n_sweeps, unit="sweep", disable=not progress) as bar:
        fill(tasks, executor, folder, bar.update)
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
