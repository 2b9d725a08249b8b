"""Heat bath (Glauber dynamics): draw one spin anew from its distribution given its neighbours.

R. J. Glauber, J. Math. Phys. 4, 294 (1963); for Potts all q states compete. The rule stands in
`spinlib.samplers.single_spin.acceptance`. The new state does not depend on the old
one, so the chain mixes at every temperature, also at beta = 0 where Metropolis has period two. Sites are visited
colour by colour where the lattice has a valid colouring, else in typewriter order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from spinlib.models import Ising, Potts
from spinlib.samplers.chains import batch, draws
from spinlib.samplers.chains.measure import meter
from spinlib.samplers.single_spin import metropolis

BURN_IN = metropolis.BURN_IN

# One loop over the sites serves both rules.
cost_row, working_bytes, table_bytes = metropolis.cost_row, metropolis.working_bytes, metropolis.table_bytes


def refuse(model: Any) -> None:
    """Raise TypeError for a model other than Ising and Potts."""
    batch.require_spin_model(model, "heat_bath")


def plan(model: Ising | Potts, temperatures: np.ndarray) -> Any:
    """What the kernel needs at temperatures (chain,): see `spinlib.samplers.chains.draws`."""
    return metropolis.loops_of(model).plan(model, temperatures, heat_bath=True)


def sweep(model: Ising | Potts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> None:
    """`n` sweeps in place; one sweep draws every spin anew once.

    Parameters
    ----------
    model : Ising or Potts.
    spins : int8 (chain, *shape), C-contiguous, in the model's values.
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
    >>> model, spins = Potts((8, 8), q=3), np.zeros((1, 8, 8), np.int8)
    >>> sweep(model, spins, np.array([0.05]), streams(0, "example", 0, 1), 10)
    >>> bool(np.all(spins == 0))  # far below the critical temperature all neighbours agree
    True
    """
    refuse(model)
    draws.sweep(batch.rows(model, spins, temperatures, rng, n), plan(model, temperatures), rng, n, meter(model))
