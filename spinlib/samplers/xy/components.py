"""Planar spins as two arrays of components, in which the XY samplers work.

The sites of one colour stand one after the other, so that a colour is updated by a loop over neighbouring memory. A
lattice whose regular colouring does not close is coloured greedily. Converting between angles and components takes a
cosine, a sine or an arctangent, each as slow as an update. So a batch is converted once, and then swept and measured as
components.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numba import uint64

from spinlib.compilation import njit
from spinlib.lattice import Lattice
from spinlib.models import XY
from spinlib.samplers.chains import batch
from spinlib.samplers.chains.draws import copy, for_plan, sweeps

_NOTHING, _NO_SPINS = np.empty((0, 0)), np.empty((2, 0, 0, 0))

# The number of sites whose local fields are found at a time; two such arrays stay in the first-level cache.
CHUNK = 512


def require_xy(model: Any, method: str) -> None:
    """Raise TypeError for a model other than XY, and for a subclass with a Hamiltonian of its own."""
    batch.require_kind(model, ("XY",), f"this {method}")


class Spins(NamedTuple):
    """The arrays that the kernels take. Positions number the sites in the order of the colours.

    x, y: float64 (chain, N), unit vectors. colors: int64 (n_colors + 1,), the first position of each colour, and the
    end. neighbors: uint32 (N, z), positions. couplings: float64 (N, z), or (1, 1) where all are equal.
    """

    x: np.ndarray
    y: np.ndarray
    colors: np.ndarray
    neighbors: np.ndarray
    couplings: np.ndarray


class Components:
    """A batch of chains as components.

    spins: angles, float64 (chain, *shape), copied. mean_field: the field of a spin's neighbours if all were aligned,
    sum_j |J_ij|, as a mean over the lattice.
    """

    def __init__(self, model: XY, spins: np.ndarray) -> None:
        self.model = model
        layout = _layout(model.lattice)
        self._position = layout.position
        couplings = model.neighbor_couplings
        self.mean_field = float(np.abs(couplings).sum() / model.n_sites)
        # Also for bonds that differ through antiperiodic seams or free ends.
        same = np.all(couplings == couplings[0, 0])
        angles = spins.reshape(len(spins), model.n_sites)[:, layout.order]
        self.spins = Spins(
            x=np.cos(angles),
            y=np.sin(angles),
            colors=layout.colors,
            neighbors=layout.neighbors,
            couplings=couplings[:1, :1].copy() if same else couplings[layout.order],
        )

    def angles(self) -> np.ndarray:
        """float64 (chain, *shape) in [-pi, pi)."""
        return self._angles(self.spins.x, self.spins.y)

    def energy(self) -> np.ndarray:
        """Total energy of every chain, float64 (chain,)."""
        result = np.empty(len(self.spins.x))
        _measure_energy(self.spins, result)
        return result

    def magnetization(self) -> np.ndarray:
        """Length of the sum of the unit vectors of every chain, float64 (chain,)."""
        result = np.empty(len(self.spins.x))
        _measure_magnetization(self.spins, result)
        return result

    def sweep(self, plan: Any, rng: np.ndarray, n: int) -> None:
        """`n` sweeps by a method's plan (`spinlib.samplers.chains.draws`), as one draw without a measurement."""
        for_plan(_draw, plan)(self.spins, plan, rng, 1, n, _NOTHING, _NOTHING, _NO_SPINS)

    def draw(
        self, plan: Any, rng: np.ndarray, n: int, sweeps_between: int, energy: bool, magnetization: bool, keep: bool
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """`n` draws, each after so many sweeps by a method's plan (`spinlib.samplers.chains.draws`).

        Returns total energies and lengths of the sums of the unit vectors, float64 (draw, chain), and angles
        (draw, chain, *shape); of no draws if they are not wanted.
        """
        n_chains, n_sites = self.spins.x.shape
        energies, magnetizations = np.empty((n * energy, n_chains)), np.empty((n * magnetization, n_chains))
        kept = np.empty((2, n * keep, n_chains, n_sites))
        for_plan(_draw, plan)(self.spins, plan, rng, n, sweeps_between, energies, magnetizations, kept)
        return energies, magnetizations, self._angles(*kept)

    def _angles(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        angles = np.arctan2(y, x)
        angles[angles >= math.pi] = -math.pi
        return angles[..., self._position].reshape(*x.shape[:-1], *self.model.shape)


def sweep_angles(
    plan_for: Callable[[Components, np.ndarray], Any],
    model: XY,
    spins: np.ndarray,
    temperatures: np.ndarray,
    rng: np.ndarray,
    n: int,
) -> None:
    """`n` sweeps, by the plan that `plan_for` makes, of angles float64 (chain, *shape), in place.

    Raises as `spinlib.samplers.chains.batch.rows`.
    """
    batch.rows(model, spins, temperatures, rng, n)
    if n == 0:
        # Converting there and back may change the last digit.
        return
    components = Components(model, spins)
    components.sweep(plan_for(components, temperatures), rng, n)
    spins[...] = components.angles()


def working_bytes(model: XY) -> int:
    """Memory of one chain beside its angles: the components, and angles in the order of the colours."""
    return 24 * model.n_sites


def table_bytes(model: XY) -> int:
    """Memory of the tables of a model: order and position of each site, neighbours twice, and their couplings."""
    return (16 + 17 * model.lattice.coordination) * model.n_sites


class _Layout(NamedTuple):
    """order: site at each position; position: of each site; colors, neighbors: as in `Spins`."""

    order: np.ndarray
    position: np.ndarray
    colors: np.ndarray
    neighbors: np.ndarray


@lru_cache(maxsize=16)
def _layout(lattice: Lattice) -> _Layout:
    index, weight = lattice.neighbors
    try:
        color = lattice.coloring.ravel()
    except ValueError:
        color = _greedy_coloring(index, weight)
    order = np.argsort(color, kind="stable")
    position = np.empty_like(order)
    position[order] = np.arange(order.size)
    return _Layout(
        order=order,
        position=position,
        colors=np.concatenate([[0], np.cumsum(np.bincount(color))]),
        neighbors=position[index[order]].astype(np.uint32),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _greedy_coloring(neighbors, weight):
    """The colours of a greedy colouring, int64 (N,): each site takes the first colour that no neighbour has yet."""
    n_sites, z = neighbors.shape
    color = np.full(n_sites, -1, dtype=np.int64)
    taken = np.full(z + 1, -1, dtype=np.int64)
    for x in range(n_sites):
        for k in range(z):
            if weight[x, k] != 0 and color[neighbors[x, k]] >= 0:
                taken[color[neighbors[x, k]]] = x
        free = 0
        while taken[free] == x:
            free += 1
        color[x] = free
    return color


@njit(cache=True, nogil=True, error_model="numpy")
def local_fields(spins, chain, first, field_x, field_y):
    """sum_j J_ij s_j of as many positions from `first` on as the two float64 arrays hold."""
    x, y, neighbors, couplings = spins.x[chain], spins.y[chain], spins.neighbors, spins.couplings
    per_bond = couplings.shape[0] > 1
    for k in range(field_x.size):
        i = uint64(first + k)
        total_x, total_y = 0.0, 0.0
        for j in range(neighbors.shape[1]):
            neighbor = neighbors[i, j]
            coupling = couplings[i, j] if per_bond else 1.0
            total_x += coupling * x[neighbor]
            total_y += coupling * y[neighbor]
        scale = 1.0 if per_bond else couplings[0, 0]
        field_x[k], field_y[k] = scale * total_x, scale * total_y


@njit(cache=True, nogil=True, error_model="numpy")
def _measure_energy(spins, result):
    n_chains, n_sites = spins.x.shape
    field_x, field_y = np.empty(CHUNK), np.empty(CHUNK)
    for chain in range(n_chains):
        total = 0.0
        for first in range(0, n_sites, CHUNK):
            size = min(CHUNK, n_sites - first)
            local_fields(spins, chain, first, field_x[:size], field_y[:size])
            for k in range(size):
                total += spins.x[chain, first + k] * field_x[k] + spins.y[chain, first + k] * field_y[k]
        # Every bond was counted from both ends.
        result[chain] = -0.5 * total


@njit(cache=True, nogil=True, error_model="numpy")
def _measure_magnetization(spins, result):
    for chain in range(result.size):
        total_x, total_y = 0.0, 0.0
        for k in range(spins.x.shape[1]):
            total_x += spins.x[chain, k]
            total_y += spins.y[chain, k]
        result[chain] = math.hypot(total_x, total_y)


@njit(cache=True, nogil=True, error_model="numpy")
def _draw(spins, plan, rng, n, sweeps_between, energies, magnetizations, kept):
    for number in range(n):
        sweeps(spins, plan, rng, sweeps_between)
        if energies.shape[0]:
            _measure_energy(spins, energies[number])
        if magnetizations.shape[0]:
            _measure_magnetization(spins, magnetizations[number])
        if kept.shape[1]:
            copy(spins.x, kept[0], number)
            copy(spins.y, kept[1], number)
