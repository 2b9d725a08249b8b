"""Metropolis for an open chain of XY spins at random sites: the Markov chains of paper vae (Sec. 2.1), compiled.

A site is drawn at random, and a new angle of its spin with a uniform law; the paper does not say what is proposed. It
is accepted with probability min(1, exp(-dE / T)); a sweep is as many attempts as there are sites. `spinlib.sample`
visits the sites of XY models colour by colour instead.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from spinlib.compilation import njit
from spinlib.models import XY
from spinlib.samplers.chains.contents import digest
from spinlib.samplers.random import advance, choose, keyed_streams, load, store, to_float

__all__ = ["configurations", "sweep"]


@njit(cache=True, nogil=True, error_model="numpy")
def _run(angles: Any, beta: float, rng: Any, kept: Any, every: int, n: int) -> None:
    """n sweeps of all chains; every so-many-th configuration is kept where wanted."""
    n_chains, n_sites = angles.shape
    for chain in range(n_chains):
        state, row = load(rng[chain]), angles[chain]
        for t in range(n):
            for _ in range(n_sites):
                bits, state = advance(state)
                site, _ = choose(bits, n_sites)
                bits, state = advance(state)
                new, gain = np.pi * (2.0 * to_float(bits) - 1.0), 0.0
                if site > 0:
                    gain += np.cos(new - row[site - 1]) - np.cos(row[site] - row[site - 1])
                if site + 1 < n_sites:
                    gain += np.cos(new - row[site + 1]) - np.cos(row[site] - row[site + 1])
                bits, state = advance(state)
                if to_float(bits) < np.exp(beta * gain):
                    row[site] = new
            if every and (t + 1) % every == 0:
                kept[chain, (t + 1) // every - 1] = row
        store(rng[chain], state)


def _checked(model: XY, temperature: float) -> float:
    """The inverse temperature."""
    if type(model) is not XY or len(model.shape) != 1 or model.lattice.boundary != ("free",) or model.coupling != 1.0:
        raise ValueError(f"{model!r}: turns at random sites are for open chains of XY spins with J = 1")
    if not 0.0 < temperature < np.inf:
        raise ValueError(f"temperature {temperature}: a positive number is needed")
    return 1.0 / temperature


def sweep(model: XY, angles: np.ndarray, temperature: float, rng: np.ndarray, n: int) -> None:
    """`n` sweeps of angles (chain, site) in place; rng: uint64 (chain, 4), advanced in place."""
    _run(angles, _checked(model, temperature), rng, np.empty((len(angles), 0, model.n_sites)), 0, n)


def configurations(
    model: XY, temperature: float, seed: int, *, n_chains: int = 20, burn_in: int = 2000, n_kept: int = 500
) -> np.ndarray:
    """The paper's training set, angles (n_chains * n_kept, site): from random ones, every 20th sweep is kept."""
    beta = _checked(model, temperature)
    keys = [digest("random turns", model, temperature, chain) for chain in range(n_chains + 1)]
    rng = keyed_streams(seed, keys)
    first = np.random.default_rng(rng[n_chains].tolist()).uniform(-np.pi, np.pi, (n_chains, model.n_sites))
    sweep(model, first, temperature, rng[:n_chains], burn_in)
    kept = np.empty((n_chains, n_kept, model.n_sites))
    _run(first, beta, rng[:n_chains], kept, 20, 20 * n_kept)
    return kept.reshape(-1, model.n_sites)
