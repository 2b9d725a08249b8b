"""Convolution kernels of paper dp: a neighbourhood as kernels on a grid, and sums over neighbours by convolution.

The square lattice has the kernel of Eq. 2. The triangular and the honeycomb lattice (Eq. 3) are spread over a
wider grid with null spins in between, so that a rectangular kernel hits neighbours and null spins only:

- triangular: site (r, c) stands at (r, 2 c + r mod 2) of an H x 2W grid; kernel of 3 x 5;
- honeycomb (brick wall): site (r, c) stands at (2 r + 1, c) where r + c is even, else at (2 r, c), of a
  2H x W grid; the paper's 3 x 3 kernel for the first kind of site, its mirror image for the second.

Where each neighbour counts on its own (Potts, one coupling per bond) a kernel is split into kernels with a
single 1, in reading order: for the square lattice these are the four of Eq. 6.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cache, lru_cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F

from spinlib.lattice import Lattice

# On a CPU, torch's own convolution is faster than oneDNN's channels-last one below this many sites. Above, it is up to
# ten times slower, because its buffer of patches outgrows the cache.
_MANY_SITES = 20_480

_CONVOLUTION = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
_SQUARED_DISTANCES = {"nearest": (1,), "next_nearest": (1, 2)}


class Place(NamedTuple):
    """A regular subset of the sites (a slice per axis): where it lies on the grid, and the number of its kernel."""

    sites: tuple[Any, ...]
    grid: tuple[Any, ...]
    kernel: int


class Stencil(NamedTuple):
    """Kernels of 0 and 1 of one shape, the growth of each axis from lattice to grid, and the places of the sites."""

    kernels: tuple[np.ndarray, ...]
    stretch: tuple[int, ...]
    places: tuple[Place, ...]

    @property
    def offsets(self) -> np.ndarray:
        """Offsets on the grid of the neighbours of a site of kernel 0, in reading order; int (z, ndim)."""
        return np.argwhere(self.kernels[0]) - np.array(self.kernels[0].shape) // 2


@cache
def stencil(neighborhood: str, ndim: int) -> Stencil:
    """The kernels of a neighbourhood of `spinlib.lattice` (paper dp, Eqs. 2, 3 and 6)."""
    every, even, odd = slice(None), slice(0, None, 2), slice(1, None, 2)
    if neighborhood == "triangular":
        kernel = np.array([[0, 1, 0, 1, 0], [1, 0, 0, 0, 1], [0, 1, 0, 1, 0]])
        places = tuple(Place((row, every), (row, row), 0) for row in (even, odd))
        return Stencil((kernel,), (1, 2), places)
    if neighborhood == "honeycomb":
        kernel = np.array([[1, 0, 1], [0, 0, 0], [0, 1, 0]])
        places = tuple(
            Place(
                (slice(row, None, 2), slice(column, None, 2)),
                (slice(2 * row + (row + column + 1) % 2, None, 4), slice(column, None, 2)),
                (row + column) % 2,
            )
            for row, column in product((0, 1), repeat=2)
        )
        return Stencil((kernel, kernel[::-1].copy()), (2, 1), places)
    far = neighborhood == "moore2" or (neighborhood == "next_nearest" and ndim == 1)
    offsets = np.moveaxis(np.indices((5 if far else 3,) * ndim), 0, -1) - (2 if far else 1)
    squared = (offsets**2).sum(axis=-1)
    if neighborhood in _SQUARED_DISTANCES and not far:
        kernel = np.isin(squared, _SQUARED_DISTANCES[neighborhood]).astype(int)
    else:  # every site of the block but its centre
        kernel = (squared > 0).astype(int)
    return Stencil((kernel,), (1,) * ndim, (Place((every,) * ndim, (every,) * ndim, 0),))


def pad(grid: torch.Tensor, widths: tuple[int, ...], boundary: tuple[str, ...], outside: float) -> torch.Tensor:
    """`grid` [B, C, *shape] with `widths` more sites at both ends of each axis.

    A periodic axis continues at its other end, an antiperiodic one does so with the opposite sign, and beyond a
    free end stands `outside` (0 for spins; for Potts states a number that is no state).
    """
    if all(name == "periodic" for name in boundary):
        return F.pad(grid, [width for width in reversed(widths) for _ in range(2)], mode="circular")
    for axis, (width, name) in enumerate(zip(widths, boundary, strict=True), start=2):
        before = grid.narrow(axis, grid.shape[axis] - width, width)
        after = grid.narrow(axis, 0, width)
        if name == "antiperiodic":
            before, after = -before, -after
        elif name == "free":
            before, after = torch.full_like(before, outside), torch.full_like(after, outside)
        grid = torch.cat((before, grid, after), dim=axis)
    return grid


class NeighborConvolution:
    """The neighbours of every site by convolution (paper dp, Algorithms 1 and 2, line 2).

    Call it with a floating-point tensor [B, 1, *lattice.shape]: it returns [B, 1, *shape], the sum over each
    site's neighbours, or with `split` [B, z, *shape], each neighbour's value (0, or `outside`, where a free
    boundary has none). Values may be real numbers, and gradients pass. Sums of whole numbers are exact, except that
    some GPU algorithms leave rounding errors in the last digits: round before comparing. (Gradients of soft spins
    follow torch's own setting on a GPU, which may round to 11 bits.)
    """

    def __init__(self, lattice: Lattice, split: bool, device: torch.device, dtype: torch.dtype) -> None:
        self.lattice = lattice
        self.stencil = stencil(lattice.neighborhood, lattice.ndim)
        self.widths = tuple(size // 2 for size in self.stencil.kernels[0].shape)
        self.channels = int(self.stencil.kernels[0].sum()) if split else 1
        kernels = [part for kernel in self.stencil.kernels for part in (_single_ones(kernel) if split else [kernel])]
        self._weight = torch.tensor(np.stack(kernels)[:, None], device=device, dtype=dtype)
        self._weight_for_many = self._weight
        if lattice.ndim == 2:
            self._weight_for_many = self._weight.to(memory_format=torch.channels_last)

    def __call__(self, spins: torch.Tensor, outside: float = 0.0) -> torch.Tensor:
        grid = pad(self._spread(spins), self.widths, self.lattice.boundary, outside)
        weight = self._weight_for_many if spins.numel() > _MANY_SITES else self._weight
        with _full_precision(grid):
            return self._gather(_CONVOLUTION[self.lattice.ndim](grid, weight))

    def _spread(self, spins: torch.Tensor) -> torch.Tensor:
        """The lattice on its grid, null spins between its sites."""
        if len(self.stencil.places) == 1:
            return spins
        shape = [length * factor for length, factor in zip(self.lattice.shape, self.stencil.stretch, strict=True)]
        grid = spins.new_zeros(*spins.shape[:2], *shape)
        for place in self.stencil.places:
            grid[(..., *place.grid)] = spins[(..., *place.sites)]
        return grid

    def _gather(self, maps: torch.Tensor) -> torch.Tensor:
        """The grid's maps at the lattice's sites, each from its own kernel."""
        if len(self.stencil.places) == 1:
            return maps
        sites = maps.new_empty(maps.shape[0], self.channels, *self.lattice.shape)
        for place in self.stencil.places:
            first = place.kernel * self.channels
            sites[(..., *place.sites)] = maps[(slice(None), slice(first, first + self.channels), *place.grid)]
        return sites


def _full_precision(grid: torch.Tensor) -> AbstractContextManager[None]:
    """On a GPU, torch by default rounds the inputs of a convolution to 11 bits, which soft spins do not tolerate."""
    cudnn = torch.backends.cudnn
    if not grid.is_cuda:
        return nullcontext()
    return cudnn.flags(enabled=True, benchmark=cudnn.benchmark, deterministic=cudnn.deterministic, allow_tf32=False)


@lru_cache(maxsize=32)
def neighbor_convolution(
    lattice: Lattice, split: bool, device: torch.device, dtype: torch.dtype
) -> NeighborConvolution:
    """A `NeighborConvolution`, made once per lattice, device and dtype."""
    return NeighborConvolution(lattice, split, device, dtype)


def _single_ones(kernel: np.ndarray) -> np.ndarray:
    """The kernels with a single 1 that sum to `kernel`, in reading order (Eq. 6)."""
    parts = np.zeros((int(kernel.sum()), *kernel.shape), dtype=kernel.dtype)
    for part, position in zip(parts, np.argwhere(kernel), strict=True):
        part[tuple(position)] = 1
    return parts
