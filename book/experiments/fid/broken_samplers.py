"""Samplers of the square-lattice Ising model that are wrong in a known way, and two that are right.

All give int8 configurations (chain, draw, L, L) of chains that are said to be independent. Sets of independent
configurations are one chain. The batch update is the checkerboard Metropolis of public array codes: proposals are
random states, so that half of them change nothing, and a colour is updated at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from experiments.fid import protocol
from spinlib import sample
from spinlib.models import Ising

__all__ = ["BROKEN", "KINDS", "RIGHT", "batch_update", "configurations"]

# Name on the page -> the metric that should find it, named before the run.
BROKEN = {
    "2 % too warm": "energy",
    "one sign only": "magnetization",
    "1 % of spins turned over": "energy",
    "free instead of periodic": "energy",
    "50 configurations again and again": "hamming_distance",
    "acceptance in 6 bits": "energy",
    "one noise for all chains": "hamming_distance",
}
RIGHT = ("cluster method", "batch update, own noise")
PROTOCOL = "the paper's protocol"
KINDS = (*RIGHT, PROTOCOL, *BROKEN)

CHAINS, BURN_IN, BETWEEN = 20, 400, 20  # of the batch update, in sweeps of half as many proposals


def independent(size: int, temperature: float, n: int, seed: int, boundary: str = "periodic") -> np.ndarray:
    """Swendsen-Wang configurations 20 sweeps apart, (n, L, L)."""
    draws = sample(
        Ising((size, size), boundary=boundary), temperature, n, method="swendsen_wang", sweeps_between=20, seed=seed,
        threads=1,
    )  # fmt: skip
    return draws.spins.values[0, 0]


def batch_update(
    size: int, temperature: float, n: int, seed: int, *, bits: int = 0, shared_noise: bool = False
) -> np.ndarray:
    """Configurations (chain, draw, L, L), `n` in all, by colours of a batch that starts at random.

    bits: acceptance probabilities are rounded to so many binary digits; 0 for none. shared_noise: one uniform number
    for the same site of all chains decides on acceptance, as in a public code of the kind; proposals stay independent.
    """
    rng = np.random.default_rng([seed, bits, shared_noise])
    spins = rng.choice(np.array([-1, 1], np.int8), size=(CHAINS, size, size))
    colors = (np.add.outer(np.arange(size), np.arange(size)) % 2).astype(bool)
    table = np.exp(-np.arange(0, 9) / temperature)  # of the energy's rise
    if bits:
        table = np.round(table * 2**bits) / 2**bits
    kept = []
    for sweep in range(BURN_IN + BETWEEN * (n // CHAINS)):
        for color in (colors, ~colors):
            around = sum(np.roll(spins, step, axis) for step in (1, -1) for axis in (1, 2))
            rise = np.maximum(2 * spins * around, 0)
            noise = rng.random((1 if shared_noise else CHAINS, size, size))
            turned = (rng.integers(2, size=spins.shape, dtype=np.int8) == 1) & color & (noise < table[rise])
            spins = np.where(turned, -spins, spins)
        if sweep >= BURN_IN and (sweep - BURN_IN) % BETWEEN == BETWEEN - 1:
            kept.append(spins)
    return np.stack(kept, axis=1)


def configurations(kind: str, size: int, temperature: float, n: int, seed: int, paper: Mapping[str, Any]) -> np.ndarray:
    """Configurations (chain, draw, L, L) of one of `KINDS`; paper: the settings of `PROTOCOL`."""
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r}: choose from {', '.join(KINDS)}")
    if kind == "batch update, own noise":
        return batch_update(size, temperature, n, seed)
    if kind == "acceptance in 6 bits":
        return batch_update(size, temperature, n, seed, bits=6)
    if kind == "one noise for all chains":
        return batch_update(size, temperature, n, seed, shared_noise=True)
    if kind == PROTOCOL:
        return protocol.data_sets(size, temperature, "cold", paper, seed, keep_spins=True).spins.values[:1]
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    warm = 1.02 if kind == "2 % too warm" else 1.0
    boundary = "free" if kind == "free instead of periodic" else "periodic"
    spins = independent(size, warm * temperature, n, seed, boundary)
    if kind == "one sign only":
        spins = spins * np.where(spins.sum(axis=(1, 2), keepdims=True, dtype=np.int64) < 0, -1, 1).astype(np.int8)
    elif kind == "1 % of spins turned over":
        spins = np.where(rng.random(spins.shape) < 0.01, -spins, spins)
    elif kind == "50 configurations again and again":
        spins = spins[rng.integers(50, size=n)]
    return spins[None]
