"""The sweep that Metropolis and heat bath share: every site once, one at a time, whatever the model."""

from __future__ import annotations

import numpy as np

from spinlib.models import Ising, Potts
from spinlib.samplers import potts_updates, single_flip


def sweep(
    model: Ising | Potts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int, *, heat_bath: bool
) -> None:
    """`n` sweeps in place, by heat bath or else by Metropolis.

    Arguments and errors: as in `spinlib.samplers.batch.rows`.
    """
    updates = single_flip if isinstance(model, Ising) else potts_updates
    updates.sweep(model, spins, temperatures, rng, n, heat_bath=heat_bath)
