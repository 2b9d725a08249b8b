"""The Dataset in which draws are returned, before it is filled."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from spinlib.models.lattice_model import LatticeModel

DIMS = ("temperature", "chain", "draw")


def empty_dataset(
    model: LatticeModel,
    temperatures: np.ndarray,
    n_chains: int,
    n_samples: int,
    observables: tuple[str, ...],
    keep_spins: bool,
    attributes: dict[str, Any],
) -> xr.Dataset:
    """Coordinates, attributes (with the model's and spinlib's version) and arrays that are still to be filled."""
    from spinlib import __version__

    shape = (len(temperatures), n_chains, n_samples)
    dataset = xr.Dataset(
        coords={"temperature": ("temperature", temperatures, {"units": "J/k_B"})},
        attrs=attributes | {"model": repr(model), "spinlib_version": __version__},
    )
    for name in observables:
        meaning = {"long_name": f"{name} per site"} | ({"units": "J"} if name == "energy" else {})
        dataset[name] = (DIMS, np.empty(shape), meaning)
    if keep_spins:
        axes = (f"x{axis}" for axis in range(len(model.shape)))
        dataset["spins"] = ((*DIMS, *axes), np.empty((*shape, *model.shape), dtype=model.spin_dtype))
    return dataset
