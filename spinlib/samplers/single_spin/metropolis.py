"""Metropolis: propose a change of one spin, accept it with probability min(1, exp(-dE / T)).

Paper dp, Algorithm 1, without tensors. Ising proposes the flip; Potts one of the q - 1 other states, each equally
likely (paper dp, Sec. II B). Sites are visited colour by colour where the lattice has a valid colouring, else in
typewriter order.

A site is left out with probability 1 / 256. Without that the chain would not be ergodic: in a fixed order, with every
proposal of dE = 0 accepted, some states follow each other without any chance. On a ring the domain walls at even and
at odd places would keep their difference in number for ever, and a third of the Boltzmann weight of 16 sites at T = 1
could not be reached from the ordered state; on 4 x 4 sites at T = 4 it is 2e-4. As every proposal with dE <= 0 is
accepted, nearly all spins still flip in every sweep at high temperature: use heat bath there.
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
    batch.require_spin_model(model, "metropolis")


def plan(model: Ising | Potts, temperatures: np.ndarray) -> Any:
    """What the kernel needs at temperatures (chain,): see `spinlib.samplers.chains.draws`."""
    return single_site.plan(model, temperatures, heat_bath=False)


def sweep(model: Ising | Potts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> None:
    """`n` sweeps in place; one sweep visits every site once.

    spins: int8 (chain, *shape), C-contiguous, in the model's values. temperatures: float64 (chain,), in J / k_B.
    rng: uint64 (chain, 4), one stream per chain, advanced in place. Errors: as in `spinlib.samplers.chains.batch.rows`.
    """
    refuse(model)
    single_site.sweep(model, spins, temperatures, rng, n, heat_bath=False)
