"""Neighbours as offsets: a byte per site instead of the lattice's table of neighbours, which does not fit the cache.

All sites far from the ends of an axis have neighbours at the same offsets, or, on lattices whose rows alternate, those
with an even coordinate and those with an odd one. Of the others, up to two sites at either end count as kinds of their
own; no neighbourhood reaches further.
"""

from __future__ import annotations

from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from spinlib.lattice import Lattice

_REACH = 2
_KINDS_PER_AXIS = 2 * _REACH + 2


class Stencils(NamedTuple):
    """kind: uint8 (N,), the kind of each site; offset: int64 (kinds, z), and weight: int8 (kinds, z), for each kind.

    Neighbour k of site x is x + offset[kind[x], k], with weights as in `Lattice.neighbors`.
    """

    kind: np.ndarray
    offset: np.ndarray
    weight: np.ndarray


_known: WeakKeyDictionary[Lattice, Stencils] = WeakKeyDictionary()


def stencils(lattice: Lattice) -> Stencils:
    """The stencils of a lattice, made once."""
    if lattice not in _known:
        _known[lattice] = _stencils(lattice)
    return _known[lattice]


def _stencils(lattice: Lattice) -> Stencils:
    kind = np.zeros(lattice.shape, dtype=np.uint8)
    for axis, length in enumerate(lattice.shape):
        coordinate = np.arange(length)
        along = _REACH + coordinate % 2
        along[:_REACH] = coordinate[:_REACH]
        at_end = coordinate >= max(_REACH, length - _REACH)
        along[at_end] = coordinate[at_end] - length + _KINDS_PER_AXIS
        kind *= _KINDS_PER_AXIS
        kind += along.astype(np.uint8).reshape(-1, *(1,) * (lattice.ndim - axis - 1))
    kind = kind.ravel()
    some_site = np.zeros(_KINDS_PER_AXIS**lattice.ndim, dtype=np.int64)
    some_site[kind] = np.arange(lattice.n_sites)
    index, weight, _ = lattice.neighbors_of(some_site)
    table = np.concatenate([index - some_site[:, None], weight], axis=1)
    # Kinds with the same neighbours are one, so that the kind seldom changes along a row.
    _, first, same = np.unique(table, axis=0, return_index=True, return_inverse=True)
    offset, weight = table[first, : index.shape[1]], weight[first]
    return Stencils(same.ravel().astype(np.uint8)[kind], offset, weight)
