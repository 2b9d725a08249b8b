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

__all__ = ["BURN_IN", "refuse", "sweep"]

BURN_IN = metropolis.BURN_IN

# One loop over the sites serves both rules.
cost_row, working_bytes, table_bytes = metropolis.cost_row, metropolis.working_bytes, metropolis.table_bytes


def refuse(model: Any) -> None:
    """Refuse a model that this method does not sample.

    Parameters
    ----------
    model : object
        What is to be sampled.

    Raises
    ------
    TypeError
        For a model other than Ising and Potts, and for a subclass with a Hamiltonian of its own.

    Examples
    --------
    >>> from spinlib.models import XY
    >>> from spinlib.samplers import heat_bath
    >>> heat_bath.refuse(XY((4, 4)))
    Traceback (most recent call last):
    TypeError: XY: heat_bath is for Ising and Potts
    """
    batch.require_spin_model(model, "heat_bath", fixed_spins=True)


def plan(model: Ising | Potts, temperatures: np.ndarray) -> Any:
    """The plan of the kernel at temperatures (chain,): see `spinlib.samplers.chains.draws`."""
    return metropolis.loops_of(model).plan(model, temperatures, heat_bath=True)


def sweep(model: Ising | Potts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> None:
    """Sweep a batch of chains `n` times in place; one sweep draws every spin anew once.

    Parameters
    ----------
    model : Ising or Potts
        A model that `refuse` lets pass.
    spins : numpy.ndarray
        int8 (chain, *shape), C-contiguous, in the model's values; changed in place.
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
    R. J. Glauber, J. Math. Phys. 4, 294 (1963).

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Potts
    >>> from spinlib.samplers import heat_bath
    >>> from spinlib.samplers.random import streams
    >>> model, spins = Potts((8, 8), q=3), np.zeros((1, 8, 8), np.int8)
    >>> heat_bath.sweep(model, spins, np.array([0.05]), streams(0, "example", 0, 1), 10)
    >>> bool(np.all(spins == 0))  # far below the critical temperature all neighbours agree
    True
    """
    refuse(model)
    draws.sweep(batch.rows(model, spins, temperatures, rng, n), plan(model, temperatures), rng, n, meter(model))
