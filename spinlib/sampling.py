"""The front door to the samplers: configurations and observables of a model at some temperatures."""

from __future__ import annotations

import os
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

from tqdm.auto import tqdm

from spinlib.models import XY, CellularPotts, Ising, LongRangeIsing, PlanarPotts, Potts
from spinlib.models.lattice_model import LatticeModel
from spinlib.samplers import methods
from spinlib.samplers.chains import checkpoint as stored
from spinlib.samplers.chains.call import checked_call
from spinlib.samplers.chains.dataset import spin_dims
from spinlib.samplers.chains.destination import destination
from spinlib.samplers.chains.executors import fill
from spinlib.samplers.chains.measurements import Observables
from spinlib.samplers.chains.threads import available_cores, torch_threads

if TYPE_CHECKING:
    import xarray as xr


# Updates of sites below which a second thread gains nothing.
_SITES_FOR_TWO_THREADS = 10**7


def sample(
    model: Ising | Potts | XY | LongRangeIsing | PlanarPotts,
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
    threads: int | None = None,
    out: Any = None,
    executor: Executor | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> xr.Dataset:
    """Draw configurations of `model` from the Boltzmann distribution at each temperature, by Markov chains.

    temperatures: numbers > 0 in J / k_B. n_samples: draws per chain. n_chains: independent chains per temperature.

    method: "metropolis", "heat_bath", "multispin" (packed bits, for Ising on even square lattices with one |J| and no
    field; Metropolis, or heat bath where a temperature exceeds 5 |J|), "swendsen_wang", "wolff", "convolution" (paper
    dp, Algorithm 1, in torch, but that a site is left out once in 256 times, without which it is not ergodic; the only
    one that uses `device`); for XY "metropolis", "over_relaxation" (with Metropolis) or "wolff"; for LongRangeIsing and
    PlanarPotts "metropolis", in a sweep of N^2 steps for the first. "auto" takes at each temperature what needs the
    least time for an independent draw, in the words of attrs["choice"]: near the critical temperature clusters, far
    from it single flips, packed where that applies. Where a field or frustrated bonds hinder clusters, single flips;
    for XY Wolff without frustrated bonds, else over-relaxation, as also if no temperature reaches |J| / 2. A method
    that is named here is the one that runs, at all temperatures.

    start: "random", "cold" (`model.cold()`: all spins alike, Ising of the field's sign) or spins of shape (*shape),
    (chain, *shape) or (temperature, chain, *shape). A random start below the critical temperature can leave single-flip
    methods in stripes for very long.
    burn_in: sweeps before the first draw; by default 200 for cluster methods, 1,000 for convolution and
    over-relaxation, else 10,000 (`BURN_IN` of the method's module). Where "auto" became single flips, the
    start is "random" and no bond can be frustrated, it is 200, and the burn-in begins with some tens of Swendsen-Wang
    sweeps at temperatures at which single flips are slow; these leave no stripes. sweeps_between: sweeps from draw to
    draw, as each method's module defines them.

    observables: names, of "energy", "magnetization", "structure_factor_zero" and "structure_factor_min"
    (`spinlib.observables`, for periodic lattices; the correlation length follows from both); functions of spins by
    name, {"staggered": f}; or a sequence of names and such functions. A function gets the spins of some chains,
    (chain, *shape), read-only, and returns a real number, or an array of them, for each: (chain,) or (chain, ...). It
    is called for every draw, so that spins need not be kept, and once before all, with the cold state of two chains. A
    function that numba compiled is called from compiled code.

    out: where the spins go instead of into memory: a path that ends in .zarr or .nc, for the whole Dataset, or in .npy,
    for the spins alone, or an array of theirs, (temperature, chain, draw, *shape). What is returned reads spins from
    there when they are asked for. A path must not exist; the file has another name until it is complete.

    Returns a Dataset with dimensions (temperature, chain, draw): `energy` per site (units of J), `magnetization` per
    site (Ising: mean spin; Potts: (q x - 1) / (q - 1), x the share of the most frequent state; XY, PlanarPotts: length
    of the mean unit vector; each model's `order_parameter`), structure factors, what the functions return (further
    dimensions are NAME_0, NAME_1, ...) and, if keep_spins, `spins` (int8; angles are float64, of XY in [-pi, pi), of
    PlanarPotts in [0, pi)) with the axes x0, x1, ... behind. attrs: the methods that "auto" became (if there are
    several, a coordinate `method` has that of each temperature) and why, model, field, seed (as text), burn_in,
    burn_in_method, sweeps_between, start, device, spinlib_version; of each observable also field and n_sites.

    The samples follow from the arguments and `seed` alone: the same call gives the same samples. Calls with one seed
    that differ in the model (in a single coupling, say), the method, the temperature's value or the start (in a single
    spin) have random numbers of their own, so that a loop over temperatures gives independent chains, and a run that
    continues from the last spins of another does not repeat it. Chains do not depend on n_samples or on what is
    measured; sweeps_between and burn_in choose draws of one and the same series. Nor do chains of a named method depend
    on other temperatures or chains, but for "convolution", whose chains of a temperature share random numbers, and
    "multispin", of which up to 64 chains share words of random bits, temperature by temperature.

    threads: on how many threads temperatures and blocks of chains are computed; by default two where that is faster
    and there are two cores, but no more than OMP_NUM_THREADS says, and one where an observable is a function. For
    "convolution", how many torch takes. executor: any concurrent.futures.Executor, instead of threads; it gets one task
    per block of chains. checkpoint: a folder that keeps draws and chains every few seconds, so that the same call after
    an interruption, or with more draws or more temperatures, computes only the rest
    (`spinlib.samplers.chains.checkpoint`; of packed spins, words that are full). None of the three changes a sample.
    progress: show a progress bar, which counts sweeps, those of the burn-in too. Ctrl-C is answered within a second, or
    one sweep if that takes longer.

    Raises ValueError or TypeError for arguments that are not as above, for a model that the method refuses, and if
    spins (without `out`), observables and sampler would take more than 2 GiB of memory. CellularPotts has no known
    stationary law: TypeError.
    """
    _require_sampled_kind(model)
    call = checked_call(
        model,
        temperatures,
        n_samples,
        method=method,
        start=start,
        sweeps_between=sweeps_between,
        burn_in=burn_in,
        n_chains=n_chains,
        observables=observables,
        keep_spins=keep_spins,
        seed=seed,
        device=device,
        threads=threads,
        executor=executor,
    )
    call.check_memory(to_memory=out is None)
    folder = None if checkpoint is None else stored.folder(checkpoint)
    if folder is not None:
        stored.check(call.measurements)
    draws = call.empty_dataset(to_memory=out is None)
    target = None
    if out is not None:
        if not keep_spins:
            raise ValueError("out and keep_spins False: spins would be kept nowhere")
        shape = (len(call.grid), call.n_chains, call.numbers["n_samples"], *model.shape)
        target = destination(out, spin_dims(model), shape, model.spin_dtype)
    tasks = call.tasks(draws, target)
    n_sweeps = sum(len(task.block.chains) * task.block.n_sweeps for task in tasks)
    n_threads = _threads(call.threads, model, n_sweeps, call.measurements)
    by_torch = any(one.takes_device for one in call.methods)
    try:
        with (
            tqdm(total=n_sweeps, unit="sweep", disable=not progress) as bar,
            torch_threads(n_threads if by_torch and threads is not None else None),
        ):
            fill(tasks, executor, folder, bar.update, 1 if by_torch else n_threads)
    except BaseException:
        if target is not None:
            target.discard()
        raise
    return draws if target is None else target.finish(draws)


def _require_sampled_kind(model: Any) -> None:
    if isinstance(model, CellularPotts):
        raise TypeError("CellularPotts cannot be sampled: use spinlib.samplers.cellular_potts.simulate")
    methods(model)


def _threads(threads: int | None, model: LatticeModel, n_sweeps: int, measurements: Any) -> int:
    """The number that was asked for; else two, if there are two cores and enough to do, and no function of the user's.

    A number in OMP_NUM_THREADS is not exceeded.
    """
    if threads is not None:
        return threads
    if n_sweeps * model.n_sites < _SITES_FOR_TWO_THREADS or any(one.function is not None for one in measurements):
        return 1
    told = os.environ.get("OMP_NUM_THREADS", "")
    return min(2, available_cores(), int(told) if told.isdecimal() and int(told) else 2)
