"""Arguments that `spinlib.sample` and parallel tempering share, checked at the call."""

from __future__ import annotations

from typing import Any

import numpy as np


def checked_temperatures(temperatures: Any) -> np.ndarray:
    """Temperatures as float64 (temperature,); ValueError unless all are positive and finite."""
    grid = np.atleast_1d(np.array(temperatures, dtype=np.float64))
    if grid.ndim != 1 or not grid.size:
        raise ValueError(f"temperatures of shape {grid.shape}: a number or a sequence of numbers is needed")
    wrong = grid[~((grid > 0.0) & np.isfinite(grid))]
    if wrong.size:
        raise ValueError(f"temperature {wrong[0]}: has to be positive and finite")
    return grid


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
