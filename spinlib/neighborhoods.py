"""Neighbourhoods: the directions to a site's neighbours, and the shells of equal distance that they form."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import numpy as np

__all__ = ["NEIGHBORHOODS", "SHELLS", "neighborhood_with", "shells"]

NEIGHBORHOODS = ("nearest", "next_nearest", "triangular", "honeycomb", "moore", "moore2")
SHELLS = ("nearest", "next_nearest", "third_nearest", "fourth_nearest", "fifth_nearest")


class Step(NamedTuple):
    """A direction to a neighbour.

    shift: per axis a number of sites, or one number per site where it depends on the site. counted: whether, or from
    which sites, this direction counts the bond; the opposite direction then does not. axis: of a single step, else -1.
    """

    shift: tuple[Any, ...]
    counted: Any
    axis: int


def steps(neighborhood: str, shape: tuple[int, ...]) -> list[Step]:
    """All directions of a neighbourhood. A direction that counts all its bonds is followed by its opposite."""
    if neighborhood in ("triangular", "honeycomb"):
        row, column = np.ogrid[: shape[0], : shape[1]]
        along_row = [Step((0, 1), True, 1), Step((0, -1), False, 1)]
        if neighborhood == "honeycomb":
            even = (row % 2).astype(np.int8) == (column % 2).astype(np.int8)
            return [Step((np.where(even, np.int8(1), np.int8(-1)), 0), even, 0), *along_row]
        left, right = row % 2 - 1, row % 2
        return [
            *along_row,
            *(Step((1, left), True, -1), Step((-1, right), False, -1)),
            *(Step((1, right), True, -1), Step((-1, left), False, -1)),
        ]
    both = []
    for shift in half_of_offsets(neighborhood, len(shape)):
        axis = shift.index(1) if sum(map(abs, shift)) == 1 else -1
        opposite = tuple(-component for component in shift)
        both += [Step(shift, True, axis), Step(opposite, False, axis)]
    return both


def reach(neighborhood: str, ndim: int) -> int:
    """The largest step along an axis to a neighbour, 1 or 2."""
    return 2 if neighborhood == "moore2" or (neighborhood == "next_nearest" and ndim == 1) else 1


def half_of_offsets(neighborhood: str, ndim: int) -> Iterator[tuple[int, ...]]:
    """One offset of each pair +-d, nearest first, in the order of the axes."""
    far = reach(neighborhood, ndim)
    offsets = [d for d in product(range(-far, far + 1), repeat=ndim) if d > (0,) * ndim]
    furthest = {"nearest": 1, "next_nearest": 2 if ndim > 1 else 4}.get(neighborhood, ndim * far**2)

    nearest_first = sorted(offsets, key=lambda d: (_squared_length(d), tuple(-component for component in d)))
    return (d for d in nearest_first if _squared_length(d) <= furthest)


def shells(neighborhood: str, ndim: int) -> tuple[str, ...]:
    """Shell of equal distance of each neighbour: all sites at the smallest distance are "nearest", and so on.

    Distances are those of the chain, the square and the cubic lattice. The neighbours of the triangular and the
    honeycomb lattice are all "nearest".

    Parameters
    ----------
    neighborhood : str
        One of `NEIGHBORHOODS`.
    ndim : int
        Number of axes.

    Returns
    -------
    tuple of str
        A name of `SHELLS` for each column of `Lattice.neighbors`.

    Raises
    ------
    ValueError
        "moore2" on three axes, whose block of sites cuts shells.

    Examples
    --------
    >>> from spinlib.neighborhoods import shells
    >>> shells("next_nearest", 1)
    ('nearest', 'nearest', 'next_nearest', 'next_nearest')
    """
    if neighborhood in ("triangular", "honeycomb"):
        return ("nearest",) * (6 if neighborhood == "triangular" else 3)
    if neighborhood == "moore2" and ndim == 3:
        raise ValueError("neighborhood 'moore2' on three axes holds parts of shells only: it has no coupling by shell")
    lengths = [_squared_length(shift) for shift in half_of_offsets(neighborhood, ndim)]
    distinct = sorted(set(lengths))
    return tuple(SHELLS[distinct.index(length)] for length in lengths for _ in range(2))


def neighborhood_with(names: set[str], ndim: int) -> str:
    """The smallest neighbourhood of the chain, square or cubic lattice that has some shells.

    Parameters
    ----------
    names : set of str
        Names of `SHELLS`.
    ndim : int
        Number of axes.

    Returns
    -------
    str
        One of `NEIGHBORHOODS`.

    Raises
    ------
    ValueError
        A shell that no neighbourhood of so many axes has.

    Examples
    --------
    >>> from spinlib.neighborhoods import neighborhood_with
    >>> neighborhood_with({"nearest", "third_nearest"}, ndim=2)
    'moore2'
    """
    for neighborhood in ("nearest", "next_nearest", "moore", "moore2"):
        if (neighborhood, ndim) != ("moore2", 3) and names <= set(shells(neighborhood, ndim)):
            return neighborhood
    known = {1: SHELLS[:2], 2: SHELLS, 3: SHELLS[:3]}[ndim]
    wrong = sorted(names - set(known))[0]
    raise ValueError(f"coupling of shell {wrong!r}: with {ndim} axes allowed are {', '.join(map(repr, known))}")


def _squared_length(d: tuple[int, ...]) -> int:
    return sum(component**2 for component in d)
