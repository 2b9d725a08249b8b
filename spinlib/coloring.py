"""Regular colourings of lattices: no two neighbours share a colour.

The pattern repeats along each axis, with the smallest number of colours that the neighbourhood allows on a large
lattice.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def n_colors(neighborhood: str, ndim: int) -> int:
    """Number of colours."""
    if neighborhood == "next_nearest":
        return (3, 4, 4)[ndim - 1]
    if neighborhood in ("moore", "moore2"):
        return period(neighborhood, ndim, 0) ** ndim
    return 3 if neighborhood == "triangular" else 2


def period(neighborhood: str, ndim: int, axis: int) -> int:
    """Number of sites after which the pattern repeats along an axis."""
    if neighborhood == "triangular":
        return (2, 3)[axis]
    return 3 if neighborhood == "moore2" or (neighborhood == "next_nearest" and ndim == 1) else 2


def pattern(
    neighborhood: str, shape: tuple[int, ...], boundary: tuple[str, ...], first: tuple[int, ...] | None = None
) -> np.ndarray:
    """Colour 0, 1, ... of every site of a lattice, int8; of its `first` sites along each axis alone, if given.

    Raises ValueError where the pattern does not close around an axis, naming the nearest lengths at which it does.
    """
    ndim = len(shape)
    for axis, (length, name) in enumerate(zip(shape, boundary, strict=True)):
        wanted = period(neighborhood, ndim, axis)
        if name != "free" and length % wanted:
            below, above = length // wanted * wanted, (length // wanted + 1) * wanted
            raise ValueError(
                f"shape {shape}: no colouring with {n_colors(neighborhood, ndim)} colours, because axis {axis} is "
                f"{name} and its length no multiple of {wanted}, such as "
                + (f"{below} or {above}" if below >= 2 else f"{above}")
            )
    sides = shape if first is None else first
    if neighborhood == "triangular":
        row, column = np.ogrid[: sides[0], : sides[1]]
        # The terms of a row are reduced to the range of a colour first, so that bytes suffice.
        return ((column % 3).astype(np.int8) + ((-row - row // 2) % 3).astype(np.int8)) % np.int8(3)
    sites = [
        (place % period(neighborhood, ndim, axis)).astype(np.int8)
        for axis, place in enumerate(np.ogrid[tuple(slice(length) for length in sides)])
    ]
    if neighborhood in ("nearest", "honeycomb"):
        return np.asarray(sum(sites) % np.int8(2))
    if neighborhood == "next_nearest" and ndim == 3:
        # A colour is a corner of the 2 x 2 x 2 block together with the opposite corner, which is not a neighbour.
        return np.int8(2) * (sites[0] ^ sites[1]) + (sites[1] ^ sites[2])
    color: Any = np.int8(0)
    for axis, place in enumerate(sites):
        color = color * np.int8(period(neighborhood, ndim, axis)) + place
    return color
