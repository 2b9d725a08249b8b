"""Heat bath (Glauber dynamics): draw one spin anew from its distribution given its neighbours.

R. J. Glauber, J. Math. Phys. 4, 294 (1963); for Potts all q states compete. The new state does not depend on the old
one, so the chain mixes at every temperature, also at beta = 0 where Metropolis has period two. Sites are visited
colour by colour where the lattice has a valid colouring, else in typewriter order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, uint64

from spinlib.models import Ising, Potts
from spinlib.samplers import batch, single_flip
from spinlib.samplers.metropolis import potts_factors
from spinlib.samplers.random import advance, load, store, to_float


def refuse(model: Any) -> None:
    """Raise TypeError for a model other than Ising and Potts."""
    batch.require_spin_model(model, "heat_bath")


def sweep(model: Ising | Potts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> None:
    """`n` sweeps in place; one sweep draws every spin anew once.

    spins: int8 (chain, *shape), C-contiguous, in the model's values. temperatures: float64 (chain,), in J / k_B.
    rng: uint64 (chain, 4), one stream per chain, advanced in place. Errors: as in `spinlib.samplers.batch.rows`.
    """
    refuse(model)
    if isinstance(model, Ising):
        single_flip.sweep(model, spins, temperatures, rng, n, heat_bath=True)
        return
    rows = batch.rows(model, spins, temperatures, rng, n)
    index, weight = model.lattice.neighbors
    _sweep(
        rows,
        single_flip.visiting_order(model.lattice),
        index.view(np.uint32),
        weight,
        model.q,
        model.coupling < 0,
        potts_factors(model, temperatures),
        rng,
        n,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep(spins, order, neighbors, weight, q, unlike_wins, factors, rng, n):
    z = neighbors.shape[1]
    like = np.empty(q, dtype=np.int64)
    reached = np.empty(q)
    for c in range(spins.shape[0]):
        state = load(rng[c])
        for _ in range(n):
            for k in range(order.size):
                i = order[k]
                for new in range(q):
                    like[new] = 0
                for j in range(z):
                    like[uint64(spins[c, neighbors[i, j]])] += weight[i, j]
                # Weights relative to the best state, so that at low temperature not all of them vanish.
                best = like[0]
                for new in range(1, q):
                    best = min(best, like[new]) if unlike_wins else max(best, like[new])
                total = 0.0
                for new in range(q):
                    total += factors[c, uint64(like[new] - best + z)]
                    reached[new] = total
                bits, state = advance(state)
                target = to_float(bits) * total
                new = 0
                for other in range(q - 1):
                    new += target >= reached[other]
                spins[c, i] = new
        store(rng[c], state)
