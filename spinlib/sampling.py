"""The main function, `sample`: configurations and observables of a model at some temperatures."""

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

__all__ = ["sample"]


# The number of site updates below which a second thread gains nothing.
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
    """Draw configurations of a model from its Boltzmann distribution, by Markov chains at some temperatures.

    Parameters
    ----------
    model : Ising, Potts, XY, LongRangeIsing or PlanarPotts
        The model. CellularPotts has no known stationary law.
    temperatures : float or array_like of float, shape (temperature,)
        Temperatures > 0 in J / k_B.
    n_samples : int
        Draws per chain.
    method : str
        "metropolis", "heat_bath", "multispin", "swendsen_wang", "wolff" or "convolution" for Ising and Potts;
        "metropolis", "over_relaxation" or "wolff" for XY; "metropolis" for LongRangeIsing and PlanarPotts. A method
        that is named here runs at all temperatures. "auto" (the default) takes at each temperature the method that
        needs the least time for an independent draw. See Notes.
    start : str or array_like
        "random"; "cold" (`model.cold()`: all spins alike, Ising of the field's sign); or spins of shape (*shape),
        (chain, *shape) or (temperature, chain, *shape). A random start below the critical temperature can leave
        single-flip methods in stripes for very long.
    sweeps_between : int
        Sweeps from draw to draw, as each method's module defines them.
    burn_in : int, optional
        Sweeps before the first draw. By default 200 for cluster methods, 1,000 for convolution and over-relaxation,
        else 10,000 (`BURN_IN` of the method's module). It is 200 where "auto" became single flips, the start is
        "random", no bond can be frustrated and no spin is fixed. The burn-in then begins with some tens of
        Swendsen-Wang sweeps at temperatures at which single flips are slow; these leave no stripes.
    n_chains : int
        Independent chains per temperature.
    observables : sequence of str or callable, or mapping of str to callable
        Names, of "energy", "magnetization", "structure_factor_zero" and "structure_factor_min" (`spinlib.observables`,
        for periodic lattices; the correlation length follows from both); functions of spins by name, {"staggered": f};
        or a sequence of names and such functions. A function gets the spins of some chains, (chain, *shape), read-only,
        and returns a real number, or an array of them, for each: (chain,) or (chain, ...). It is called for every draw,
        so that spins need not be kept, and once before all, with the cold state of two chains. A function that numba
        compiled is called from compiled code.
    keep_spins : bool
        Whether the Dataset contains the spins.
    seed : int
        Seed >= 0 of all random numbers.
    device : str
        A torch device. Only "convolution" uses it.
    threads : int, optional
        Threads on which temperatures and blocks of chains are computed; for "convolution", how many torch takes. By
        default two where that is faster and there are two cores, but no more than OMP_NUM_THREADS says, and one where
        an observable is a function.
    out : path or array, optional
        Where the spins go instead of into memory: a path that ends in .zarr or .nc, for the whole Dataset, or in .npy,
        for the spins alone; or an array of theirs, (temperature, chain, draw, *shape). The Dataset reads spins from
        there when they are asked for. A path must not exist; the file has another name until it is complete.
    executor : concurrent.futures.Executor, optional
        It gets one task per block of chains, instead of threads.
    checkpoint : path, optional
        A folder that keeps draws and chains every few seconds, so that the same call after an interruption, or with
        more draws or more temperatures, computes only the rest (`spinlib.samplers.chains.checkpoint`; of packed spins,
        words that are full).
    progress : bool
        Whether to show a progress bar, which counts sweeps, those of the burn-in too.

    Returns
    -------
    xarray.Dataset, dimensions (temperature, chain, draw)
        Energies, magnetisations, other observables, and spins. Notes list its variables and attributes.

    Raises
    ------
    TypeError
        An argument of another type; a kind of model without a sampler, such as CellularPotts.
    ValueError
        An argument that is not as above; a model that the method refuses; spins (without `out`), observables and
        sampler that would take more than 2 GiB of memory.

    Notes
    -----
    The Dataset has

    - `energy`: per site, in units of J
    - `magnetization`: per site, `model.order_parameter`. Ising: mean spin; Potts: (q x - 1) / (q - 1), x the share of
      the most frequent state; XY, PlanarPotts: length of the mean unit vector
    - structure factors, and what the functions return, with further dimensions NAME_0, NAME_1, ...
    - `spins`, if kept, with the axes x0, x1, ... behind: int8; angles are float64, of XY in [-pi, pi), of PlanarPotts
      in [0, pi)
    - attrs: the methods that "auto" became (if there are several, a coordinate `method` has that of each temperature)
      and why (`choice`), model, field, seed (as text), burn_in, burn_in_method, sweeps_between, start, device,
      spinlib_version; of each observable also field and n_sites

    "multispin" has packed bits, for Ising on even square lattices with one |J| and no field. It is Metropolis, or heat
    bath where a temperature exceeds 5 |J|. "convolution" is Algorithm 1 of paper dp, in torch, except that a site is
    left out once in 256 times; without this it is not ergodic. "over_relaxation" has Metropolis steps in between. A
    sweep of LongRangeIsing is N^2 steps.

    "auto" takes cluster methods near the critical temperature, and single flips far from it, packed where that applies.
    It takes single flips where a field, frustrated bonds or a boundary that fixes spins hinder clusters. For XY it
    takes Wolff without frustrated bonds, else over-relaxation; over-relaxation also if no temperature reaches |J| / 2.
    attrs["choice"] says what decided.

    The samples follow from the arguments and `seed` alone: the same call gives the same samples. threads, executor and
    checkpoint change no sample. Calls with one seed that differ in the model (in a single coupling, say), the method,
    the temperature's value or the start (in a single spin) have random numbers of their own. A loop over temperatures
    therefore gives independent chains, and a run that continues from the last spins of another does not repeat it.

    Chains do not depend on n_samples or on what is measured; sweeps_between and burn_in choose draws of one and the
    same series. Chains of a named method do not depend on other temperatures or chains, with two exceptions: the chains
    of a temperature share random numbers in "convolution", and up to 64 chains share words of random bits in
    "multispin", temperature by temperature.

    Ctrl-C is answered within a second, or one sweep if that takes longer.

    Examples
    --------
    >>> from spinlib import sample
    >>> from spinlib.models import Ising
    >>> draws = sample(Ising((8, 8)), [1.0, 5.0], 50, method="swendsen_wang", n_chains=2, seed=1)
    >>> dict(draws.sizes)
    {'temperature': 2, 'chain': 2, 'draw': 50, 'x0': 8, 'x1': 8}
    >>> cold, hot = draws.energy.mean(("chain", "draw")).values
    >>> bool(cold < -1.9), bool(hot > -0.7)
    (True, True)
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
    """The requested number of threads; else two, if there are two cores, enough work, and no function of the user.

    A number in OMP_NUM_THREADS is not exceeded.
    """
    if threads is not None:
        return threads
    if n_sweeps * model.n_sites < _SITES_FOR_TWO_THREADS or any(one.function is not None for one in measurements):
        return 1
    told = os.environ.get("OMP_NUM_THREADS", "")
    return min(2, available_cores(), int(told) if told.isdecimal() and int(told) else 2)
