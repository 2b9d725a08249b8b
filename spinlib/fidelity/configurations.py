"""Configurations that somebody hands over: an array, a labelled array or an npz file, checked."""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np

from spinlib.files import read_npz
from spinlib.models import Ising
from spinlib.statistics import labelled

__all__ = ["FEWEST", "chains_of", "from_file"]

FEWEST = 100  # configurations: with fewer, errors and tests say little


def chains_of(samples: Any, model: Ising) -> np.ndarray:
    """Configurations as int8 (chain, draw, *shape), after they have been checked.

    samples: array or torch tensor (draw, *shape) or (chain, draw, *shape); labelled spins along "draw" and perhaps
    "chain", with other dimensions of length 1. ValueError: another lattice, other values, too few. TypeError: no
    numbers, or a Dataset.
    """
    ndim = len(model.shape)
    if labelled.is_labelled(samples):
        sites = [dim for dim in samples.dims if str(dim) in {f"x{axis}" for axis in range(ndim)}]
        sites = sorted(sites, key=str) if len(sites) == ndim else list(samples.dims[-ndim:])
        order = [dim for dim in (labelled.CHAIN, labelled.DRAW) if dim in samples.dims]
        others = [dim for dim in samples.dims if dim not in (*order, *sites)]
        if labelled.DRAW not in order or any(samples.sizes[dim] > 1 for dim in others):
            raise ValueError(
                f"samples of dimensions {dict(samples.sizes)}: needed are draw, perhaps chain, and the lattice axes, "
                "at one temperature; choose it with isel or sel"
            )
        samples = samples.isel(dict.fromkeys(others, 0)).transpose(*order, *sites).values
    given = samples.detach().cpu().numpy() if hasattr(samples, "detach") else np.asarray(samples)
    if given.dtype.kind not in "iuf":
        raise TypeError(f"samples of dtype {given.dtype}: allowed are numbers, -1 and +1")
    if given.shape[-ndim:] != model.shape or given.ndim not in (ndim + 1, ndim + 2):
        raise ValueError(
            f"samples of shape {given.shape}: the lattice of the model has the shape {model.shape}; allowed are "
            f"(draw, *{model.shape}) and (chain, draw, *{model.shape})"
        )
    n = math.prod(given.shape[:-ndim])
    if n < FEWEST:
        raise ValueError(f"{n} configurations: too few, at least {FEWEST} are needed")
    wrong = given[~(np.abs(given) == 1)]
    if wrong.size:
        hint = ""
        if np.isin(given, (0, 1)).all():
            hint = "; these look like bits: give 2 * samples - 1"
        elif given.dtype.kind == "f":
            hint = "; outputs of a network become spins by np.where(samples > 0, 1, -1)"
        raise ValueError(f"spin value {wrong[0].item()}: allowed are -1 and +1{hint}")
    spins = given.astype(np.int8).reshape(-1, *given.shape[-ndim - 1 :])
    if spins.shape[1] < 2:
        raise ValueError(f"samples of shape {given.shape}: a chain needs 2 draws; independent ones are one chain")
    return spins


def from_file(path: str | os.PathLike[str], name: str | None = None) -> np.ndarray:
    """The configurations of an npz file, which is never unpickled.

    name: of the array; it is not needed where the file holds one array, or one called "spins" or "samples".
    ValueError: a damaged file, a pickle, or no such array.
    """
    arrays = read_npz(path)
    wanted = [name] if name is not None else [one for one in ("spins", "samples") if one in arrays] or list(arrays)
    if len(wanted) != 1 or wanted[0] not in arrays:
        raise ValueError(f"file {str(path)!r} holds {', '.join(arrays) or 'nothing'}: name the array of configurations")
    return arrays[wanted[0]]
