"""Sampling with an energy given by a function: `sample` returns a Dataset like that of `spinlib.sample`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm.auto import tqdm

from spinlib.arguments import at_least
from spinlib.models import Ising, LongRangeIsing
from spinlib.samplers.chains.arguments import checked_start, checked_temperatures
from spinlib.samplers.chains.contents import digest
from spinlib.samplers.chains.dataset import DIMS, empty_dataset
from spinlib.samplers.chains.measurements import BUILT_IN, Measurement, each_draw
from spinlib.samplers.chains.memory import check_memory
from spinlib.samplers.learned_energy.sweeps import Energy, corrected_sweep, evaluated, sweep
from spinlib.samplers.learned_energy.table import numbers_of, states_of, sweep_table, table_of
from spinlib.samplers.random import keyed_streams

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["METHODS", "sample"]

METHODS = ("table", "corrected", "single_flip")
# Up to so many sites "auto" uses a table of all energies: that of 16 sites takes a moment.
_AUTO_TABLE_SITES = 16


def sample(
    energy: Energy,
    model: Ising | LongRangeIsing,
    temperatures: Any,
    n_samples: int,
    *,
    method: str = "auto",
    start: Any = "random",
    sweeps_between: int = 1,
    burn_in: int = 1000,
    n_chains: int = 1,
    observables: Mapping[str, Callable[[np.ndarray], Any]] | None = None,
    keep_spins: bool = True,
    seed: int = 0,
    streams: np.ndarray | None = None,
    progress: bool = False,
) -> xr.Dataset:
    """Draw configurations from exp(-E / T), where E is a function such as a network, by Markov chains.

    The temperatures are sampled one after the other. The function is called for all chains of a temperature at once.

    Parameters
    ----------
    energy : callable
        Of int8 spins (chain, *shape) of -1 and +1: the total energy of each, (chain,), in units of J.
    model : Ising or LongRangeIsing
        The lattice of the spins. For "corrected" it is also the Hamiltonian that proposes sweeps; its energy should be
        close to the function.
    temperatures : float or sequence of float
        In J / k_B, positive.
    n_samples : int
        Draws of each chain.
    method : {"auto", "table", "corrected", "single_flip"}
        "table" evaluates the energies of all states once, for at most 20 sites, and flips single spins. "corrected"
        proposes whole sweeps of `model`, with one evaluation per sweep. "single_flip" evaluates the energy for every
        proposed flip. "auto" is "table" up to 16 sites, else "corrected". A sweep is as many proposals as there are
        sites, at random sites.
    start : {"random", "cold"} or array
        Independent random signs; all spins +1; or spins of shape (*shape), (chain, *shape) or (temperature, chain,
        *shape).
    sweeps_between, burn_in : int
        Sweeps from draw to draw, and sweeps before them: the first draw comes after burn_in + sweeps_between.
    n_chains : int
        Independent chains at each temperature.
    observables : mapping, optional
        Functions of spins by name, beside energy and magnetisation: of (chain, *shape), read-only, to real numbers
        (chain,) or (chain, ...).
    keep_spins : bool
        Whether the configurations are returned.
    seed : int
        Together with the model, the method, the start and the temperature's value it determines the random numbers of
        each chain. The function has no influence: runs of two functions with one seed use the same random numbers.
    streams : array, optional
        Random streams to use instead of those of the seed, uint64 (temperature, chain, 4), as
        `spinlib.samplers.random.streams` makes them; they are left as they are.
    progress : bool
        Show a progress bar, which counts sweeps.

    Returns
    -------
    xarray.Dataset
        With the dimensions (temperature, chain, draw): `energy`, the function's, per site; `magnetization`, the mean
        spin; the observables; `spins`, int8, if kept; and for "corrected" `acceptance`, the share of the proposed
        sweeps that were accepted since the draw before.

    Raises
    ------
    ValueError
        For arguments that are not as above, a table of more than 20 sites, answers of the function that are not one
        finite number per chain, and where more than 2 GiB would be returned.
    TypeError
        For other models.

    References
    ----------
    K. Mills and I. Tamblyn, Phys. Rev. E 97, 032119 (2018), Sec. IV.
    J. Christen and C. Fox, J. Comput. Graph. Stat. 14, 795 (2005).

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import learned_energy
    >>> model = Ising((4, 4))
    >>> def learned(spins):
    ...     return 1.01 * model.energy(spins)
    >>> draws = learned_energy.sample(learned, model, [2.0, 4.0], 100, n_chains=20, method="corrected", seed=1)
    >>> draws.energy.shape, bool(draws.acceptance.mean() > 0.9)
    ((2, 20, 100), True)
    >>> bool(np.allclose(draws.energy * 16, learned(draws.spins.values)))
    True
    """
    if not isinstance(model, Ising | LongRangeIsing):
        raise TypeError(f"model {model!r}: allowed are Ising and LongRangeIsing")
    if method != "auto" and method not in METHODS:
        raise ValueError(f"method {method!r}: allowed are 'auto', {', '.join(map(repr, METHODS))}")
    if method == "auto":
        method = "table" if model.n_sites <= _AUTO_TABLE_SITES else "corrected"
    grid = checked_temperatures(temperatures)
    n_samples, n_chains = at_least(1, "n_samples", n_samples), at_least(1, "n_chains", n_chains)
    sweeps_between, burn_in = at_least(1, "sweeps_between", sweeps_between), at_least(0, "burn_in", burn_in)
    given = checked_start(start, model, len(grid), n_chains)
    rng = _streams(streams, at_least(0, "seed", seed), (method, model, given), grid, n_chains)
    measured = _measurements(observables, model)
    n_draws = len(grid) * n_chains * n_samples
    check_memory(
        model,
        sys.modules[__name__],
        n_values=n_draws * sum(int(np.prod(one.shape)) for one in measured),
        n_kept=n_draws if keep_spins else 0,
        n_chains=n_chains,
        chains_at_a_time=n_chains,
    )
    attributes = {
        **{"method": method, "start": given if isinstance(given, str) else "given", "seed": seed},
        **{"sweeps_between": sweeps_between, "burn_in": burn_in},
    }
    draws = empty_dataset(model, grid, n_chains, n_samples, measured, keep_spins, attributes)
    if method == "corrected":
        about = {"long_name": "share of accepted sweeps"}
        draws["acceptance"] = (DIMS, np.empty((len(grid), n_chains, n_samples)), about)
    table = table_of(energy, model.shape) if method == "table" else None
    n_sweeps = len(grid) * (burn_in + n_samples * sweeps_between)
    with tqdm(total=n_sweeps, unit="sweep", disable=not progress) as bar:
        for i, temperature in enumerate(grid):
            spins = _first_spins(given, i, rng[i], model)
            chains = _Chains(energy, model, method, table, spins, np.full(n_chains, temperature), rng[i])
            chains.advance(burn_in)
            bar.update(burn_in)
            for k in range(n_samples):
                accepted = chains.advance(sweeps_between)
                now = chains.spins
                draws.energy.values[i, :, k] = chains.energies / model.n_sites
                draws.magnetization.values[i, :, k] = now.reshape(n_chains, -1).mean(axis=1)
                for one in measured[2:]:
                    draws[one.name].values[i, :, k] = each_draw(one.name, one.function, now[None], one.shape)[0]
                if keep_spins:
                    draws.spins.values[i, :, k] = now
                if method == "corrected":
                    draws.acceptance.values[i, :, k] = accepted
                bar.update(sweeps_between)
    return draws


class _Chains:
    """The chains of one temperature."""

    def __init__(
        self,
        energy: Energy,
        model: Any,
        method: str,
        table: np.ndarray | None,
        spins: np.ndarray,
        temperatures: np.ndarray,
        rng: np.ndarray,
    ) -> None:
        self._of, self._model, self._method, self._table = energy, model, method, table
        self._spins, self._temperatures, self._rng = spins, temperatures, rng
        self._states = numbers_of(spins) if table is not None else np.empty(0, np.int64)
        self._energies = np.empty(0) if table is not None else evaluated(energy, spins)

    def advance(self, n: int) -> Any:
        """Make `n` sweeps; returns the accepted share of corrected sweeps."""
        if self._table is not None:
            sweep_table(self._table, self._states, self._temperatures, self._rng, n)
            return None
        arguments = self._spins, self._energies, self._temperatures, self._rng, n
        if self._method == "corrected":
            return corrected_sweep(self._of, self._model, *arguments)
        return sweep(self._of, *arguments)

    @property
    def spins(self) -> np.ndarray:
        return self._spins if self._table is None else states_of(self._states, self._model.shape)

    @property
    def energies(self) -> np.ndarray:
        return self._energies if self._table is None else self._table[self._states]


def _streams(given: Any, seed: int, call: Any, grid: np.ndarray, n_chains: int) -> np.ndarray:
    """One stream per temperature and chain, which may be advanced."""
    shape = (len(grid), n_chains, 4)
    if given is not None:
        found = np.array(given)
        if found.shape != shape or found.dtype != np.uint64:
            raise ValueError(f"streams {found.dtype} of shape {found.shape}: uint64 {shape} is needed")
        return found
    key, before = digest("learned_energy", *call), {value: 0 for value in grid.tolist()}
    keys = []
    for value in grid.tolist():
        keys += [digest(key, value, before[value], chain) for chain in range(n_chains)]
        before[value] += 1
    return keyed_streams(seed, keys).reshape(shape)


def _first_spins(start: Any, i: int, rng: np.ndarray, model: Any) -> np.ndarray:
    """Spins (chain, *shape) at the i-th temperature."""
    if not isinstance(start, str):
        return np.ascontiguousarray(start[i])
    if start == "cold":
        return np.ones((len(rng), *model.shape), np.int8)
    # Another generator, seeded by the chain's stream, draws them: the stream itself is left for the sweeps.
    coins = [np.random.default_rng(words.tolist()).integers(2, size=model.shape) for words in rng]
    return (2 * np.array(coins) - 1).astype(np.int8)


def _measurements(observables: Any, model: Any) -> tuple[Measurement, ...]:
    found = [Measurement("energy"), Measurement("magnetization")]
    for name, function in (observables or {}).items():
        if not callable(function):
            raise TypeError(f"observable {name!r}: {function!r} is no function of spins")
        if name in (*BUILT_IN, "spins", "acceptance", "temperature", "chain", "draw"):
            raise ValueError(f"observable {name!r}: a function needs a name of its own")
        values = np.asarray(function(np.ones((2, *model.shape), np.int8)))
        if values.ndim == 0 or len(values) != 2:
            raise ValueError(f"observable {name!r}: shape {values.shape} for 2 chains, (2,) or (2, ...) is needed")
        found.append(Measurement(name, function, values.shape[1:]))
    return tuple(found)
