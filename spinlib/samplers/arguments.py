"""Arguments that `spinlib.sample` and parallel tempering share, checked at the call."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index as as_integer
from typing import Any

import numpy as np

from spinlib.models.lattice_model import LatticeModel
from spinlib.samplers.chains import OBSERVABLES

MOST_BYTES = 2**31


def at_least(least: int, name: str, value: Any) -> int:
    """`value` as an integer; TypeError if it is none, ValueError if it is less."""
    try:
        number = as_integer(value)
    except TypeError as error:
        raise TypeError(f"{name} {value!r}: has to be an integer") from error
    if number < least:
        raise ValueError(f"{name} {number}: has to be at least {least}")
    return number


def checked_temperatures(temperatures: Any) -> np.ndarray:
    """float64 (temperature,); ValueError for other shapes and for what is not positive and finite."""
    grid = np.atleast_1d(np.array(temperatures, dtype=np.float64))
    if grid.ndim != 1 or not grid.size:
        raise ValueError(f"temperatures of shape {grid.shape}: a number or a sequence of numbers is needed")
    wrong = grid[~((grid > 0.0) & np.isfinite(grid))]
    if wrong.size:
        raise ValueError(f"temperature {wrong[0]}: has to be positive and finite")
    return grid


def checked_observables(observables: Sequence[str], keep_spins: bool) -> tuple[str, ...]:
    """Names, each of `OBSERVABLES`; ValueError for others, and if nothing at all would be returned."""
    names = (observables,) if isinstance(observables, str) else tuple(observables)
    for name in names:
        if name not in OBSERVABLES:
            raise ValueError(f"observable {name!r}: allowed are {', '.join(map(repr, OBSERVABLES))}")
    if not (names or keep_spins):
        raise ValueError("observables () and keep_spins False: nothing would be returned")
    return names


def check_memory(model: LatticeModel, n_configurations: int) -> None:
    """Raise ValueError where so many configurations of the model are more than 2 GiB."""
    n_spins, most = n_configurations * model.n_sites, MOST_BYTES // np.dtype(model.spin_dtype).itemsize
    if n_spins > most:
        raise ValueError(
            f"{n_spins} spins would be held, allowed are {most} (2 GiB): take fewer draws, "
            "or keep_spins=False to keep observables only"
        )


def checked_start(start: Any, model: Any, n_temperatures: int, n_chains: int) -> Any:
    """ "random", "cold" or spins (temperature, chain, *shape) of the model's dtype; raises as `model.check`."""
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
    return np.broadcast_to(spins.astype(model.spin_dtype), (n_temperatures, n_chains, *model.shape))
