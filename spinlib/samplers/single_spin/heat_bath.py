"""Heat bath (Glauber dynamics): draw one spin anew from its distribution given its neighbours.

R. J. Glauber, J. Math. Phys. 4, 294 (1963); for Potts all q states compete. The new state does not depend on the old
one, so the chain mixes at every temperature, also at beta = 0 where Metropolis has period two. Sites are visited
colour by colour where the lattice has a valid colouring, else in typewriter order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from spinlib.models import Ising, Potts
from spinlib.samplers.chains import batch
from spinlib.samplers.single_spin import single_site

working_bytes, table_bytes = single_site.working_bytes, single_site.table_bytes


def refuse(model: Any) -> None:
    """Raise TypeError for a model other than Ising and Potts."""
    batch.require_spin_model(model, "heat_bath")


def plan(model: Ising | Potts, temperatures: np.ndarray) -> Any:
    """What the kernel needs at temperatures (chain,): see `spinlib.samplers.chains.draws`."""
    return single_site.plan(model, temperatures, heat_bath=True)


def sweep(model: Ising | Potts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> None:
    """`n` sweeps in place; one sweep draws every spin anew once.

    spins: int8 (chain, *shape), C-contiguous, in the model's values. temperatures: float64 (chain,), in J / k_B.
    rng: uint64 (chain, 4), one stream per chain, advanced in place. Errors: as in `spinlib.samplers.chains.batch.rows`.
    """
    refuse(model)
    single_site.sweep(model, spins, temperatures, rng, n, heat_bath=True)
