"""The Dataset of a call, with coordinates, attributes and empty arrays for the draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from spinlib.models.lattice_model import LatticeModel
from spinlib.samplers.chains.measurements import Measurement

if TYPE_CHECKING:
    import xarray as xr

DIMS = ("temperature", "chain", "draw")

_LONG_NAMES = {name: f"{name} per site" for name in ("energy", "magnetization")}


def empty_dataset(
    model: LatticeModel,
    temperatures: np.ndarray,
    n_chains: int,
    n_samples: int,
    observables: Sequence[Measurement],
    keep_spins: bool,
    attributes: dict[str, Any],
) -> xr.Dataset:
    """Coordinates, attributes (with the model's and spinlib's version) and arrays that are still to be filled.

    Attributes are text and numbers, which netCDF and zarr can hold; the seed is text, because it may have any size.
    The attributes of every observable hold field and number of sites, for results computed from it alone.
    """
    import xarray as xr

    from spinlib import __version__

    shape = (len(temperatures), n_chains, n_samples)
    about = {"field": float(getattr(model, "field", 0.0)), "n_sites": model.n_sites}
    variables: dict[str, Any] = {}
    for measurement in observables:
        name = measurement.name
        meaning = {"long_name": _LONG_NAMES.get(name, name)} | ({"units": "J"} if name == "energy" else {})
        axes = (f"{name}_{axis}" for axis in range(len(measurement.shape)))
        variables[name] = ((*DIMS, *axes), np.empty((*shape, *measurement.shape)), meaning | about)
    if keep_spins:
        variables["spins"] = (spin_dims(model), np.empty((*shape, *model.shape), dtype=model.spin_dtype))
    return xr.Dataset(
        variables,
        coords={"temperature": ("temperature", temperatures, {"units": "J/k_B"})},
        attrs=attributes
        | {"seed": str(attributes["seed"]), "model": repr(model), "field": about["field"]}
        | {"spinlib_version": __version__},
    )


def spin_dims(model: LatticeModel) -> tuple[str, ...]:
    """Names of the dimensions of spins."""
    return (*DIMS, *(f"x{axis}" for axis in range(len(model.shape))))
