"""Configurations of one temperature, taken out of draws, for a network that learns their law (paper vae, Sec. 2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import xarray as xr


def at_temperature(draws: xr.Dataset, temperature: float) -> np.ndarray:
    """All configurations that were drawn at a temperature, chain after chain.

    Parameters
    ----------
    draws : xarray.Dataset
        As `spinlib.sample` returns it, with its spins.
    temperature : float
        One of the draws', in J / k_B.

    Returns
    -------
    numpy.ndarray
        (chain * draw, *shape), in the dtype of the spins.

    Raises
    ------
    ValueError
        For a temperature at which nothing was drawn, and for draws whose spins were not kept.

    Examples
    --------
    >>> from spinlib import sample
    >>> from spinlib.datasets.thermal import at_temperature
    >>> from spinlib.models import Ising
    >>> draws = sample(Ising((6,), boundary="free"), [1.0, 2.0], 5, n_chains=3, burn_in=10, seed=1)
    >>> at_temperature(draws, 2.0).shape
    (15, 6)
    >>> at_temperature(draws, 3.0)
    Traceback (most recent call last):
        ...
    ValueError: temperature 3.0: the draws are at 1.0, 2.0
    """
    if "spins" not in draws:
        raise ValueError("draws: their spins were not kept")
    known = draws.temperature.values.tolist()
    if temperature not in known:
        raise ValueError(f"temperature {temperature}: the draws are at {', '.join(map(str, known))}")
    # Of two runs at one temperature the first, as `sel` could not say.
    spins = draws.spins.isel(temperature=known.index(temperature)).values
    return spins.reshape(-1, *spins.shape[2:])
