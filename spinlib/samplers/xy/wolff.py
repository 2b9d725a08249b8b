"""Wolff single-cluster updates of the XY model (U. Wolff, Phys. Rev. Lett. 62, 361 (1989)).

With a random direction r, the projections r . s_i are Ising spins with the couplings J_ij |r . s_i| |r . s_j|. From a
random site a cluster grows over satisfied bonds, each tried with probability 1 - exp(-2 J_ij (r . s_i)(r . s_j) / T);
then the projections of all its spins change sign. A bond with J_ij < 0, or across an antiperiodic seam, is satisfied
when the projections differ. This is valid with frustration too, but clusters then percolate above the transition, and
the method gains little.

One sweep is a fixed number of clusters, about N over the mean size of a cluster: see
`spinlib.samplers.clusters.sweep_length`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba import uint64

from spinlib.compilation import njit
from spinlib.models import XY
from spinlib.samplers.chains.draws import kernel_of
from spinlib.samplers.clusters import sweep_length
from spinlib.samplers.exponential import fill_exponential
from spinlib.samplers.random import advance, choose, load, store, streams, to_float
from spinlib.samplers.xy import components
from spinlib.samplers.xy.components import Components, require_xy, sweep_angles
from spinlib.samplers.xy.ensemble import with_plan

__all__ = ["BURN_IN", "clusters_per_sweep", "refuse", "sweep"]

# The number of random numbers drawn together; a site has fewer neighbours.
_DRAWN = 256

# In sweeps. Cluster updates forget their start within tens of sweeps at any temperature.
BURN_IN = 200

working_bytes, table_bytes = components.working_bytes, components.table_bytes


def refuse(model: Any) -> None:
    """Refuse a model that this method does not sample.

    Parameters
    ----------
    model : object
        What is to be sampled.

    Raises
    ------
    TypeError
        For a model other than XY, and for a subclass with a Hamiltonian of its own.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import xy_wolff
    >>> xy_wolff.refuse(Ising((4, 4)))
    Traceback (most recent call last):
    TypeError: Ising: this wolff is for XY
    """
    require_xy(model, "wolff")


def sweep(model: XY, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> None:
    """Sweep a batch of chains `n` times in place; about N spins change in one sweep.

    Parameters
    ----------
    model : XY
        A model that `refuse` lets pass.
    spins : numpy.ndarray
        float64 (chain, *shape), C-contiguous: angles in radians; changed in place, afterwards in [-pi, pi).
    temperatures : numpy.ndarray
        float64 (chain,), in J / k_B.
    rng : numpy.ndarray
        uint64 (chain, 4), one stream per chain (`spinlib.samplers.random.streams`), advanced in place.
    n : int
        Number of sweeps.

    Raises
    ------
    TypeError
        For another kind of model, and for arrays of another dtype.
    ValueError
        For arrays of other shapes or memory orders, for temperatures that are not positive and finite, and for n < 0.

    References
    ----------
    U. Wolff, Phys. Rev. Lett. 62, 361 (1989).

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import XY
    >>> from spinlib.samplers import xy_wolff
    >>> from spinlib.samplers.random import streams
    >>> model, spins = XY((8, 8)), np.zeros((1, 8, 8))
    >>> xy_wolff.sweep(model, spins, np.array([0.01]), streams(0, "example", 0, 1), 10)
    >>> bool(np.cos(spins - spins[0, 0, 0]).mean() > 0.95)  # at a low temperature the spins stay nearly aligned
    True
    """
    refuse(model)
    sweep_angles(plan, model, spins, temperatures, rng, n)


class PlanarWolff(NamedTuple):
    """betas: float64 (chain,), 1 / T. clusters_per_sweep: int64 (chain,). grown: int64 (chain,), counts the spins that
    changed."""

    betas: np.ndarray
    clusters_per_sweep: np.ndarray
    grown: np.ndarray


def plan(components: Components, temperatures: np.ndarray) -> PlanarWolff:
    """The plan of the kernel at temperatures (chain,): see `spinlib.samplers.chains.draws`."""
    n_clusters = np.array([clusters_per_sweep(components.model, float(t)) for t in temperatures])
    return PlanarWolff(1.0 / temperatures, n_clusters, np.zeros(len(temperatures), np.int64))


ensemble = with_plan(plan)


def clusters_per_sweep(model: XY, temperature: float) -> int:
    """Number of clusters in a sweep, about N over the mean size of a cluster.

    `spinlib.samplers.clusters.sweep_length` says how it is found, once per model and temperature.

    Parameters
    ----------
    model : XY
        The model.
    temperature : float
        In J / k_B.

    Returns
    -------
    int
        At least 1; the same in every process.

    Examples
    --------
    >>> from spinlib.models import XY
    >>> from spinlib.samplers import xy_wolff
    >>> 1 <= xy_wolff.clusters_per_sweep(XY((8, 8)), 0.1) <= 4  # clusters are about half of the lattice
    True
    """

    def pilot() -> Callable[[int], int]:
        components = Components(model, np.zeros((1, *model.shape)))
        rng = streams(0, "wolff pilot", 0, 1)
        beta = np.array([1.0 / temperature])

        def grow(n: int) -> int:
            of_one = PlanarWolff(beta, np.array([n]), np.zeros(1, np.int64))
            components.sweep(of_one, rng, 1)
            return int(of_one.grown[0])

        return grow

    return sweep_length.clusters_per_sweep(model, temperature, pilot)


@kernel_of(PlanarWolff)
def _sweep(spins, plan, rng, n):
    n_sites = spins.x.shape[1]
    cluster = np.empty(n_sites + 1, dtype=np.uint32)
    joined = np.zeros(n_sites, dtype=np.uint8)
    drawn = np.empty(_DRAWN)
    for chain in range(spins.x.shape[0]):
        state = load(rng[chain])
        for _ in range(n):
            # The next sweep does not use the remaining numbers, because it may be in another call.
            used = uint64(_DRAWN)
            for _ in range(plan.clusters_per_sweep[chain]):
                size, used, state = _flip(spins, chain, plan.betas[chain], cluster, joined, drawn, used, state)
                plan.grown[chain] += np.int64(size)
        store(rng[chain], state)


@njit(cache=True, nogil=True, error_model="numpy")
def _flip(spins, chain, beta, cluster, joined, drawn, used, state):
    """Flip one cluster; returns its size, how many of the drawn numbers are used, and the generator's next state."""
    x, y, neighbors, couplings = spins.x[chain], spins.y[chain], spins.neighbors, spins.couplings
    per_bond = couplings.shape[0] > 1
    direction_x, direction_y, state = _direction(state)
    bits, state = advance(state)
    seed, bits = choose(bits, x.size)
    cluster[0], joined[seed] = seed, 1
    grown, size = uint64(0), uint64(1)
    while grown < size:
        i = cluster[grown]
        grown += uint64(1)
        projection = x[i] * direction_x + y[i] * direction_y
        # The exponent of a bond is the product of this vector and the neighbour.
        factor = 2.0 * beta * projection * (1.0 if per_bond else couplings[0, 0])
        exponent_x, exponent_y = factor * direction_x, factor * direction_y
        new_x, new_y = x[i] - 2.0 * projection * direction_x, y[i] - 2.0 * projection * direction_y
        # One step of Newton's method keeps the length 1 to rounding.
        scale = 1.5 - 0.5 * (new_x * new_x + new_y * new_y)
        x[i], y[i] = scale * new_x, scale * new_y
        if used + uint64(neighbors.shape[1]) > uint64(_DRAWN):
            key, state = advance(state)
            fill_exponential(drawn, key)
            used = uint64(0)
        for k in range(neighbors.shape[1]):
            j = neighbors[i, k]
            exponent = x[j] * exponent_x + y[j] * exponent_y
            if per_bond:
                exponent *= couplings[i, k]
            # The site is written in any case and kept only if it joins: a branch would be mispredicted.
            tried = (joined[j] == 0) & (exponent > 0.0)
            joins = tried & (drawn[used] < exponent)
            used += uint64(tried)
            cluster[size] = j
            joined[j] |= np.uint8(joins)
            size += uint64(joins)
    for k in range(size):
        joined[cluster[k]] = 0
    return size, used, state


@njit(cache=True, nogil=True, error_model="numpy")
def _direction(state):
    """A random unit vector and the generator's next state: of the points in a square, those in the circle."""
    square = 2.0
    while square > 1.0 or square == 0.0:
        bits, state = advance(state)
        x = 2.0 * to_float(bits) - 1.0
        bits, state = advance(state)
        y = 2.0 * to_float(bits) - 1.0
        square = x * x + y * y
    length = math.sqrt(square)
    return x / length, y / length, state
