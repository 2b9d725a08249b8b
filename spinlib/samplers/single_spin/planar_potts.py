"""Metropolis for PlanarPotts: propose to turn one spin, accept with probability min(1, exp(-dE / T)).

The turn is uniform between -w and w, and an angle that leaves [0, pi) at one end enters at the other, so that a turn is
as likely as the opposite one. w is pi / 2, so that all angles are equally likely, or less at low temperature. It
depends on the model and the temperature alone. Sites are visited in typewriter order.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from spinlib.compilation import njit
from spinlib.models import PlanarPotts
from spinlib.samplers.chains import batch
from spinlib.samplers.random import advance, load, store, to_float
from spinlib.samplers.single_spin import metropolis

BURN_IN = metropolis.BURN_IN

# In units of a spin's fluctuation in the field of all its neighbours.
_WIDTH = 1.6


def refuse(model: Any) -> None:
    """Raise TypeError for a model other than PlanarPotts."""
    batch.require_kind(model, ("PlanarPotts",), "this metropolis")


def sweep(model: PlanarPotts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> None:
    """`n` sweeps in place; one sweep visits every site once.

    Parameters
    ----------
    model : PlanarPotts.
    spins : angles in [0, pi), float64 (chain, *shape), C-contiguous.
    temperatures : float64 (chain,), in J / k_B.
    rng : uint64 (chain, 4), one stream per chain (`spinlib.samplers.random`), advanced in place.
    n : number of sweeps.

    Raises
    ------
    TypeError, ValueError
        As `refuse` and `spinlib.samplers.chains.batch.rows`.

    Examples
    --------
    >>> from spinlib.samplers.random import streams
    >>> model, spins = PlanarPotts((4, 4)), np.zeros((1, 4, 4))
    >>> sweep(model, spins, np.array([0.01]), streams(0, "example", 0, 1), 200)
    >>> model.check(spins)
    >>> bool(model.energy(spins)[0] < 0.0)  # it was 32 J
    True
    """
    refuse(model)
    rows = batch.rows(model, spins, temperatures, rng, n)
    index, weight = model.lattice.neighbors
    temperatures = np.asarray(temperatures, np.float64)
    _sweep(rows, index, weight, model.coupling, temperatures, window(model, temperatures), rng, n)


def window(model: PlanarPotts, temperatures: np.ndarray) -> np.ndarray:
    """The largest turn w, float64 (chain,), in radians."""
    with np.errstate(divide="ignore"):
        fluctuation = np.sqrt(temperatures / (abs(model.coupling) * model.lattice.coordination))
    return np.minimum(0.5 * math.pi, _WIDTH * fluctuation)


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep(angles, neighbors, weight, coupling, temperatures, windows, rng, n):
    n_sites, z = neighbors.shape
    for c in range(angles.shape[0]):
        state = load(rng[c])
        for _ in range(n):
            for i in range(n_sites):
                bits, state = advance(state)
                old = angles[c, i]
                new = old + windows[c] * (2.0 * to_float(bits) - 1.0)
                new = new + math.pi if new < 0.0 else new - math.pi if new >= math.pi else new
                if new >= math.pi:
                    new = 0.0  # the sum was rounded up
                change = 0.0
                for k in range(z):
                    other = angles[c, neighbors[i, k]]
                    change += weight[i, k] * (math.cos(new - other) - math.cos(old - other))
                bits, state = advance(state)
                if to_float(bits) < math.exp(-max(coupling * change / temperatures[c], 0.0)):
                    angles[c, i] = new
        store(rng[c], state)
