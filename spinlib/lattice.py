"""Lattices: which sites are neighbours, across which boundary, and how the sites are coloured.

A colouring splits the sites so that no two neighbours share a colour; all sites of one colour can then be updated at
once. Paper dp, Sec. II A and Fig. 1, uses two colours. Neighbourhoods with triangles or squares of mutual neighbours
need more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import index as as_integer
from typing import Any

import numpy as np

from spinlib.coloring import n_colors, pattern, period
from spinlib.immutable import Immutable, read_only
from spinlib.neighborhoods import NEIGHBORHOODS, Step, reach, shells, steps

__all__ = ["BOUNDARIES", "NEIGHBORHOODS", "Lattice"]

BOUNDARIES = ("periodic", "antiperiodic", "free")


@dataclass(init=False, unsafe_hash=True)
class Lattice(Immutable):
    """A lattice of one to three axes with a boundary per axis and a set of neighbours.

    Sites are numbered in C order. A periodic axis of length 2 has double bonds. Arrays are read-only.

    Neighbourhoods, with the numbers of neighbours and colours:

    - "nearest": chain, square, cubic lattice (2, 4, 6 neighbours; 2 colours)
    - "next_nearest": nearest and second shell (4, 8, 18 neighbours; 3, 4, 4 colours)
    - "triangular": two axes, rows shifted by half a site: site (r, c) stands at x = c + (r mod 2) / 2 (6; 3).
      It is the lattice of paper dp, Eq. 3, without that equation's null spins.
    - "honeycomb": two axes, a brick wall: (r, c) bonds to (r, c +- 1) and, up or down, to (r + 1, c) where
      r + c is even, to (r - 1, c) where it is odd (3; 2)
    - "moore", "moore2": all sites up to 1 or 2 steps away along each axis (8 or 24 on two axes; 4 or 9)

    Parameters
    ----------
    shape : sequence of int
        Sites per axis, one to three axes of at least 2 sites each.
    boundary : str or sequence of str
        "periodic", "antiperiodic" or "free": one name for all axes or one per axis. It acts on the bonds along that
        axis that wrap around.
    neighborhood : str
        One of the neighbourhoods above.

    Raises
    ------
    TypeError
        A shape that is no sequence of integers.
    ValueError
        Another shape, boundary or neighbourhood; a site that would be its own neighbour (range 2 on a periodic axis of
        length 2); rows or columns that do not match across a periodic boundary.
    AttributeError
        An attribute that is set later: make a new lattice instead.

    Examples
    --------
    >>> from spinlib.lattice import Lattice
    >>> lattice = Lattice((4, 4), boundary=("periodic", "free"))
    >>> lattice.n_sites, lattice.coordination, len(lattice.bonds[0])
    (16, 4, 28)
    >>> index, weight = lattice.neighbors
    >>> index[0].tolist(), weight[0].tolist()  # the last neighbour is cut off by the free boundary
    ([4, 12, 1, 0], [1, 1, 1, 0])
    >>> lattice.coloring[:2].tolist()
    [[0, 1, 0, 1], [1, 0, 1, 0]]
    """

    shape: tuple[int, ...]
    boundary: tuple[str, ...]
    neighborhood: str
    example = 'Lattice((32, 32), "free")'

    def __init__(
        self, shape: Sequence[int], boundary: str | Sequence[str] = "periodic", neighborhood: str = "nearest"
    ) -> None:
        lengths = _checked_shape(shape)
        if neighborhood not in NEIGHBORHOODS:
            raise ValueError(f"neighborhood {neighborhood!r}: allowed are {', '.join(map(repr, NEIGHBORHOODS))}")
        self._set(shape=lengths, boundary=_checked_boundary(boundary, len(lengths)), neighborhood=neighborhood)
        self._check_neighborhood_fits()

    def __reduce__(self) -> tuple[Any, ...]:
        # The tables are cheaper to compute again than to send to a worker process.
        return Lattice, (self.shape, self.boundary, self.neighborhood)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @cached_property
    def n_sites(self) -> int:
        """Number of sites N."""
        return int(np.prod(self.shape, dtype=object))

    @cached_property
    def coordination(self) -> int:
        """Number of neighbours z of a site away from free boundaries."""
        return len(steps(self.neighborhood, self.shape))

    @cached_property
    def directions(self) -> tuple[np.ndarray, np.ndarray]:
        """For each column of `neighbors` its axis, int8 (z,), and whether `forward_neighbors` has it, bool (z,).

        The axis is -1 for neighbours that are not one step along an axis.
        """
        each = steps(self.neighborhood, self.shape)
        counted = np.array([step.counted is not False for step in each])
        return read_only(np.array([step.axis for step in each], np.int8)), read_only(counted)

    @property
    def shells(self) -> tuple[str, ...]:
        """For each column of `neighbors` the shell of equal distance, "nearest", "next_nearest", ...; see
        `neighborhoods.shells`.
        """
        return shells(self.neighborhood, self.ndim)

    @cached_property
    def neighbors(self) -> tuple[np.ndarray, np.ndarray]:
        """Neighbours of every site: flat indices int32 (N, z) and weights int8 (N, z).

        The weight is 1; -1 where the bond crosses antiperiodic seams an odd number of times; 0 where a free boundary
        cuts it, and the index is then the site itself. On "nearest" the columns are +e_0, -e_0, +e_1, and so on.
        """
        columns = [self._targets(step) for step in steps(self.neighborhood, self.shape)]
        index = np.stack([index for index, _ in columns], axis=1)
        weight = np.stack([weight for _, weight in columns], axis=1)
        return read_only(index), read_only(weight)

    def neighbors_of(self, sites: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The rows of `neighbors` for some sites alone, without that table, and which bonds count there.

        Parameters
        ----------
        sites : array_like of int, shape (n,)
            Flat indices.

        Returns
        -------
        index : ndarray, int32 (n, z)
            Neighbours of the sites.
        weight : ndarray, int8 (n, z)
            Weights of the bonds.
        counted : ndarray, bool (n, z)
            True where `forward_neighbors` counts the bond from this site. Each bond is counted at one of its ends.

        Examples
        --------
        >>> from spinlib.lattice import Lattice
        >>> index, weight, counted = Lattice((4, 4)).neighbors_of([5])
        >>> index.tolist(), counted.tolist()
        ([[9, 1, 6, 4]], [[True, False, True, False]])
        """
        places = np.unravel_index(np.asarray(sites, dtype=np.int64), self.shape)
        columns = []
        for step in steps(self.neighborhood, self.shape):
            counted = np.broadcast_to(step.counted, self.shape)[places]
            shift = [np.broadcast_to(along, self.shape)[places] for along in step.shift]
            index, weight = self._ends(places, shift)
            columns.append((np.where(weight == 0, sites, index).astype(np.int32), weight, counted & (weight != 0)))
        index, weight, counted = (np.stack(parts, axis=1) for parts in zip(*columns, strict=True))
        return index, weight, counted

    @cached_property
    def forward_neighbors(self) -> tuple[np.ndarray, np.ndarray]:
        """Half of the neighbours, so that each bond is met once: int32 and int8 (f, N) with f = ceil(z / 2).

        The sum over bonds of g(i, j) is the sum over k and x of weight[k, x] g(x, index[k, x]). On "nearest" row k
        holds the bonds x -> x + e_k.
        """
        rows = []
        for step in steps(self.neighborhood, self.shape):
            if step.counted is not False:
                index, weight = self._targets(step)
                rows.append((index, weight * np.broadcast_to(step.counted, self.shape).ravel()))
        index = np.stack([index for index, _ in rows])
        weight = np.stack([weight for _, weight in rows])
        return read_only(index), read_only(weight)

    @cached_property
    def bonds(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Every bond once: sites i and j (int32), weight +-1 (int8), axis (int8), each of shape (n_bonds,).

        The double bonds of a periodic axis of length 2 appear twice. The axis is -1 for a bond that is not one step
        along an axis. Bonds along the first forward direction come first, by site, then those along the second, and so
        on; on "nearest" that is x -> x + e_0 for all x, then x -> x + e_1, ....
        """
        index, weight = self.forward_neighbors
        axes = [step.axis for step in steps(self.neighborhood, self.shape) if step.counted is not False]
        direction, site = np.nonzero(weight)
        return (
            read_only(site.astype(np.int32)),
            read_only(index[direction, site]),
            read_only(weight[direction, site]),
            read_only(np.array(axes, dtype=np.int8)[direction]),
        )

    @property
    def n_colors(self) -> int:
        """Number of colours of `coloring`, the smallest that this neighbourhood allows on a large lattice."""
        return n_colors(self.neighborhood, self.ndim)

    @cached_property
    def coloring(self) -> np.ndarray:
        """Colour 0 .. n_colors - 1 of every site, int8 of the lattice's shape: no two neighbours share one.

        Raises ValueError where this regular pattern does not close around an axis, naming the nearest lengths at which
        it does.
        """
        return read_only(pattern(self.neighborhood, self.shape, self.boundary))

    def row_colors(self) -> tuple[np.ndarray, int]:
        """The colours of the first sites of every row along the last axis, int8 (rows, period), and the period.

        They repeat on the rest of a row. Raises ValueError where `coloring` does.
        """
        length = period(self.neighborhood, self.ndim, self.ndim - 1)
        first = pattern(self.neighborhood, self.shape, self.boundary, (*self.shape[:-1], length))
        return first.reshape(-1, length), length

    @cached_property
    def sublattices(self) -> list[np.ndarray]:
        """Flat site indices (int32) of each colour. Raises ValueError where `coloring` does."""
        color = self.coloring.ravel()
        return [read_only(np.flatnonzero(color == k).astype(np.int32)) for k in range(self.n_colors)]

    def conflicts(self, coloring: Any) -> int:
        """Number of bonds that join two sites of one colour.

        Parameters
        ----------
        coloring : array_like, the lattice's shape
            Colours of all sites.

        Returns
        -------
        int
            0 for a valid colouring.

        Raises
        ------
        ValueError
            An array of another shape.

        Examples
        --------
        >>> import numpy as np
        >>> from spinlib.lattice import Lattice
        >>> lattice = Lattice((4, 4))
        >>> lattice.conflicts(lattice.coloring), lattice.conflicts(np.zeros((4, 4)))
        (0, 32)
        """
        color = np.asarray(coloring)
        if color.shape != self.shape:
            raise ValueError(f"coloring of shape {color.shape}: has to be the lattice's {self.shape}")
        i, j, _, _ = self.bonds
        return int(np.count_nonzero(color.ravel()[i] == color.ravel()[j]))

    def _targets(self, step: Step) -> tuple[np.ndarray, np.ndarray]:
        """Flat target index int32 (N,) and weight int8 (N,) of one step from every site."""
        index, weight = self._ends(np.ogrid[tuple(slice(length) for length in self.shape)], step.shift)
        own = np.arange(self.n_sites, dtype=np.int32)
        return np.where(weight.ravel() == 0, own, index.ravel()), weight.ravel()

    def _ends(self, places: Sequence[np.ndarray], shift: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
        """Flat index int32 and weight int8 of the sites to which a shift leads from some places, given per axis."""
        index: Any = np.int32(0)
        weight: Any = np.int8(1)
        for length, boundary, place, along in zip(self.shape, self.boundary, places, shift, strict=True):
            crossings, target = np.divmod(place + along, length)
            index = index * np.int32(length) + target.astype(np.int32)
            # An axis of weights 1 is written too, so that index and weight have one shape.
            sign = 1 - 2 * (crossings % 2) if boundary == "antiperiodic" else (boundary != "free") | (crossings == 0)
            weight = weight * sign.astype(np.int8)
        return index, weight

    def _check_neighborhood_fits(self) -> None:
        wraps = [name != "free" for name in self.boundary]
        if self.neighborhood in ("triangular", "honeycomb") and self.ndim != 2:
            raise ValueError(f"neighborhood {self.neighborhood!r} needs two axes, not shape {self.shape}")
        # Rows of the triangular lattice and both directions of the brick wall alternate.
        alternating = {"triangular": (0,), "honeycomb": (0, 1)}.get(self.neighborhood, ())
        for axis in alternating:
            if wraps[axis] and self.shape[axis] % 2:
                raise ValueError(
                    f"shape {self.shape}: the {self.neighborhood} lattice needs an even length along "
                    f"axis {axis}, which is {self.boundary[axis]}; {self.shape[axis]} is odd"
                )
        furthest = reach(self.neighborhood, self.ndim)
        for axis, length in enumerate(self.shape):
            if wraps[axis] and length <= furthest:
                raise ValueError(
                    f"shape {self.shape}: with neighborhood {self.neighborhood!r} a site would be its own "
                    f"neighbour along axis {axis}, which is {self.boundary[axis]}; at least {furthest + 1} "
                    f"sites are needed"
                )


def _checked_shape(shape: Any) -> tuple[int, ...]:
    try:
        lengths = tuple(as_integer(length) for length in shape)
    except TypeError as error:
        raise TypeError(f"shape {shape!r}: has to be a sequence of 1 to 3 integers") from error
    if not 1 <= len(lengths) <= 3:
        raise ValueError(f"shape {lengths}: 1 to 3 axes are allowed, not {len(lengths)}")
    if min(lengths) < 2:
        raise ValueError(f"shape {lengths}: every axis needs at least 2 sites")
    if np.prod(lengths, dtype=object) >= 2**31:
        raise ValueError(f"shape {lengths}: at most 2**31 - 1 sites are allowed")
    return lengths


def _checked_boundary(boundary: Any, ndim: int) -> tuple[str, ...]:
    names = (boundary,) * ndim if isinstance(boundary, str) else boundary
    if not isinstance(names, Sequence):
        raise TypeError(f"boundary {boundary!r}: has to be a name or a sequence of one name per axis")
    for name in names:
        if name not in BOUNDARIES:
            raise ValueError(f"boundary {name!r}: allowed are {', '.join(map(repr, BOUNDARIES))}")
    if len(names) != ndim:
        raise ValueError(f"boundary {boundary!r}: one name, or one for each of the {ndim} axes, is allowed")
    return tuple(names)
