"""Exact autocorrelation times of single flips at random sites, from the transition matrix over all states.

With P the matrix of n sweeps, pi the stationary law and f an observable less its mean, the autocorrelation after t of
them is sum pi f P^t f / sum pi f^2, and tau_int = 1/2 + sum_t of it = sum pi f (1 - P)^-1 f / sum pi f^2 - 1/2. For as
few as six sites this is a linear system of 64 equations.
"""

from __future__ import annotations

import numpy as np

from spinlib.exact import enumeration
from spinlib.models import Ising


def single_flips(model: Ising, temperature: float, sweeps: int = 1) -> np.ndarray:
    """tau_int of energy, |m| and m (3,) in measurements that are so many sweeps apart."""
    spins = enumeration.states(model).reshape(-1, model.n_sites)
    law, energies = enumeration.boltzmann(model, temperature), enumeration.energies(model)
    m = spins.mean(axis=1, dtype=np.float64)
    several = np.linalg.matrix_power(_attempt(spins, energies, temperature), model.n_sites * sweeps)
    centred = np.stack([values - law @ values for values in (energies, np.abs(m), m)], axis=1)
    # 1 - P has the constant functions in its kernel, which have no overlap with centred ones.
    summed = np.linalg.solve(np.eye(len(law)) - several + law, centred)
    return np.asarray(law @ (centred * summed) / (law @ centred**2) - 0.5)


def _attempt(spins: np.ndarray, energies: np.ndarray, temperature: float) -> np.ndarray:
    """The transition matrix of one attempt, (state, state)."""
    n_states, n_sites = spins.shape
    place = {tuple(state): k for k, state in enumerate(spins.tolist())}
    found = np.zeros((n_states, n_states))
    for k, state in enumerate(spins.tolist()):
        for site in range(n_sites):
            other = place[(*state[:site], -state[site], *state[site + 1 :])]
            found[k, other] = min(1.0, np.exp(-(energies[other] - energies[k]) / temperature)) / n_sites
        found[k, k] = 1.0 - found[k].sum()
    return found
