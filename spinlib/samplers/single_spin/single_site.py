"""The sweep that Metropolis and heat bath share: every site once, one at a time, whatever the model."""

from __future__ import annotations

from typing import Any

import numpy as np

from spinlib.models import Ising, Potts
from spinlib.samplers.chains import batch, draws
from spinlib.samplers.chains.measure import bond_table_bytes, meter
from spinlib.samplers.single_spin import ising, potts


def working_bytes(model: Ising | Potts) -> int:
    """Memory of a sweep beside the spins: nothing that counts."""
    return 0


def table_bytes(model: Ising | Potts) -> int:
    """Memory of what is kept for a model: a kind per site; with one coupling per bond neighbours and couplings too."""
    if isinstance(model, Potts) or model.direction_couplings is not None:
        return model.n_sites
    # Tables of int32, int8 and float64, besides what energies are measured with and the stencils.
    return (13 * model.lattice.coordination + 1) * model.n_sites + bond_table_bytes(model)


def plan(model: Ising | Potts, temperatures: np.ndarray, heat_bath: bool) -> Any:
    """What the kernel needs (`chains.draws`) at temperatures (chain,), by heat bath or else by Metropolis."""
    updates = ising if isinstance(model, Ising) else potts
    return updates.plan(model, temperatures, heat_bath)


def sweep(
    model: Ising | Potts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int, *, heat_bath: bool
) -> None:
    """`n` sweeps in place, by heat bath or else by Metropolis.

    Arguments and errors: as in `spinlib.samplers.chains.batch.rows`.
    """
    rows = batch.rows(model, spins, temperatures, rng, n)
    draws.sweep(rows, plan(model, temperatures, heat_bath), rng, n, meter(model))
