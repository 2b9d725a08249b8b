"""Neighbours as offsets: a byte per site replaces the lattice's tables of neighbours, which do not fit the cache.

All sites far from the ends of an axis have neighbours at the same offsets, or, on lattices whose rows alternate, those
with an even coordinate and those with an odd one. Up to two sites at either end are kinds of their own; no
neighbourhood reaches further. One site of each kind gives the offsets, so that no table of all neighbours is made.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from spinlib.lattice import Lattice
from spinlib.models import XY, Ising, Potts

_REACH = 2
_KINDS_PER_AXIS = 2 * _REACH + 2
_BLOCK = 2**16


class Stencils(NamedTuple):
    """kind: uint8 (N,), the kind of each site; offset: int64, and weight: int8, (kinds, z) or, if forward, (f, kinds).

    Neighbour k of site x is x + offset[kind[x], k], with weights as in `Lattice.neighbors`; of forward stencils it is
    x + offset[k, kind[x]]. These count each bond once, in the order of `Lattice.bonds`: direction by direction, and in
    each by site; the weight is 0 where the bond is missing or is counted at its other end.
    """

    kind: np.ndarray
    offset: np.ndarray
    weight: np.ndarray


_known: WeakKeyDictionary[Lattice, tuple[Stencils, Stencils]] = WeakKeyDictionary()


def stencils(lattice: Lattice) -> Stencils:
    """The stencils of all neighbours, made once."""
    return _both(lattice)[0]


def forward_stencils(lattice: Lattice) -> Stencils:
    """The stencils with which each bond is met once, made once."""
    return _both(lattice)[1]


_totals: WeakKeyDictionary[Lattice, np.ndarray] = WeakKeyDictionary()


def total_weights(lattice: Lattice) -> np.ndarray:
    """The sum of the weights of all bonds of each direction of `forward_stencils`, int64 (f,)."""
    if lattice not in _totals:
        kind, _, weight = forward_stencils(lattice)
        sites = np.zeros(weight.shape[1], dtype=np.int64)
        for low in range(0, kind.size, _BLOCK):
            # numpy uses eight bytes for each kind that it counts.
            sites += np.bincount(kind[low : low + _BLOCK], minlength=sites.size)
        _totals[lattice] = weight.astype(np.int64) @ sites
    return _totals[lattice]


def direction_couplings(model: Ising | Potts | XY) -> Any:
    """The coupling of each direction of `stencils`, float64 (z,); None where there is one coupling per bond."""
    return model.direction_couplings


def forward_direction_couplings(model: Ising | Potts | XY) -> Any:
    """The same of `forward_stencils`, float64 (f,)."""
    couplings = direction_couplings(model)
    return None if couplings is None else couplings[model.lattice.directions[1]]


def _both(lattice: Lattice) -> tuple[Stencils, Stencils]:
    if lattice not in _known:
        _known[lattice] = _stencils(lattice)
    return _known[lattice]


def _stencils(lattice: Lattice) -> tuple[Stencils, Stencils]:
    kind = np.zeros(lattice.shape, dtype=np.uint8)
    some_site = np.zeros(1, dtype=np.int64)
    for axis, length in enumerate(lattice.shape):
        coordinate = np.arange(length)
        along = _REACH + coordinate % 2
        along[:_REACH] = coordinate[:_REACH]
        at_end = coordinate >= max(_REACH, length - _REACH)
        along[at_end] = coordinate[at_end] - length + _KINDS_PER_AXIS
        kind *= _KINDS_PER_AXIS
        kind += along.astype(np.uint8).reshape(-1, *(1,) * (lattice.ndim - axis - 1))
        # If a short axis lacks a kind, any site serves.
        some_coordinate = np.zeros(_KINDS_PER_AXIS, dtype=np.int64)
        some_coordinate[along] = coordinate
        some_site = np.add.outer(some_site * length, some_coordinate).ravel()
    kind = kind.reshape(math.prod(lattice.shape))
    index, weight, counted = lattice.neighbors_of(some_site)
    table = np.concatenate([index - some_site[:, None], weight, counted], axis=1)
    # Kinds with the same neighbours are merged, so that the kind seldom changes along a row.
    _, first, same = np.unique(table, axis=0, return_index=True, return_inverse=True)
    for low in range(0, kind.size, _BLOCK):
        # numpy uses eight bytes for each index.
        kind[low : low + _BLOCK] = same.ravel().astype(np.uint8)[kind[low : low + _BLOCK]]
    offset, weight, counted = table[first, : index.shape[1]], weight[first], counted[first]
    _, forward = lattice.directions
    return (
        Stencils(kind, offset, weight),
        Stencils(
            kind,
            np.ascontiguousarray(offset.T[forward]),
            np.ascontiguousarray(np.where(counted, weight, 0).astype(np.int8).T[forward]),
        ),
    )
