"""Metropolis for LongRangeIsing: propose to flip one spin, accept with probability min(1, exp(-dE / T)).

The rule is that of `spinlib.samplers.single_spin.metropolis`: a site is left out with probability 1 / 256. The field of
all other spins, images included (`LongRangeIsing.coupling_matrix`), is summed anew at each site. So a sweep takes N^2
steps, and the samples do not depend on how sweeps are split into calls. Sites are visited in typewriter order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from spinlib.compilation import njit
from spinlib.models import LongRangeIsing
from spinlib.samplers.chains import batch
from spinlib.samplers.random import advance, load, store, to_float
from spinlib.samplers.single_spin import metropolis
from spinlib.samplers.single_spin.acceptance import flip_probability

BURN_IN = metropolis.BURN_IN


def refuse(model: Any) -> None:
    """Raise TypeError for a model other than LongRangeIsing."""
    batch.require_kind(model, ("LongRangeIsing",), "this metropolis")


def sweep(model: LongRangeIsing, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> None:
    """`n` sweeps in place; one sweep visits every site once.

    Parameters
    ----------
    model : LongRangeIsing.
    spins : int8 (chain, *shape), C-contiguous, of -1 and +1.
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
    >>> model, spins = LongRangeIsing((4, 4)), np.ones((1, 4, 4), np.int8)
    >>> sweep(model, spins, np.array([0.01]), streams(0, "example", 0, 1), 50)
    >>> int(spins.sum())  # half of the spins are up in the antiferromagnet
    0
    """
    refuse(model)
    rows = batch.rows(model, spins, temperatures, rng, n)
    _sweep(rows, model.coupling_matrix, np.asarray(temperatures, np.float64), rng, n)


def working_bytes(model: LongRangeIsing) -> int:
    """Memory of a sweep beside the spins: scratch of the energy measurement."""
    return 16 * model.n_sites


def table_bytes(model: LongRangeIsing) -> int:
    """Memory of the table of a model: the coupling matrix."""
    return 8 * model.n_sites**2


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep(spins, matrix, temperatures, rng, n):
    n_sites = spins.shape[1]
    for c in range(spins.shape[0]):
        state = load(rng[c])
        for _ in range(n):
            for i in range(n_sites):
                total = 0.0
                for j in range(n_sites):
                    total += matrix[i, j] * spins[c, j]
                # A spin and its images turn together: the diagonal exerts no field. H = s A s / 2.
                total -= matrix[i, i] * spins[c, i]
                bits, state = advance(state)
                if to_float(bits) < flip_probability(-2.0 * spins[c, i] * total / temperatures[c], False):
                    spins[c, i] = -spins[c, i]
        store(rng[c], state)
