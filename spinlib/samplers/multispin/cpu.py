"""Metropolis on packed bits, or heat bath where a temperature exceeds HOT |J|: the method "multispin".

`spinlib.samplers.multispin.packed_spins` says how spins are packed, `spinlib.samplers.multispin.cpu_kernel` how a word
of them is updated.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from spinlib.models import Ising
from spinlib.samplers.multispin.ensemble import Words
from spinlib.samplers.multispin.flip_table import DYNAMICS
from spinlib.samplers.multispin.layout import empty_words
from spinlib.samplers.multispin.packed_spins import PackedSpins, refuse
from spinlib.samplers.multispin.replicas import allowed_replicas, chains_per_block, checked_replicas, replicas_for
from spinlib.samplers.single_spin import metropolis

__all__ = [
    "BURN_IN",
    "DYNAMICS",
    "PackedSpins",
    "allowed_replicas",
    "chains_per_block",
    "chains_per_word",
    "chains_together",
    "cost_row",
    "ensemble",
    "refuse",
    "replicas_for",
    "sweep",
    "table_bytes",
    "working_bytes",
]

BURN_IN = metropolis.BURN_IN

# What `spinlib.samplers.contract` asks for: chains of all temperatures share words.
ensemble, chains_per_word, chains_together = Words, chains_per_block, replicas_for


def cost_row(model: Any) -> str:
    """The row of the table of costs, from which "auto" chooses (`spinlib.samplers.chains.choice`)."""
    return "multispin"


def working_bytes(model: Ising, replicas: int | None = None) -> int:
    """Of one chain, beside its int8 spins: its share of the words of a full block."""
    replicas = checked_replicas(model, replicas)
    words = empty_words(model.shape[0] * replicas // 64, model.shape[1] // 2)
    return -(-words.nbytes // replicas)


def table_bytes(model: Ising) -> int:
    """What chains share: nothing that counts, or where bonds differ their signs, and couplings to make these from."""
    return 0 if model.is_uniform else 96 * model.n_sites


def sweep(
    model: Ising,
    spins: np.ndarray,
    temperatures: np.ndarray,
    rng: np.ndarray,
    n: int,
    *,
    dynamics: str = "metropolis",
    threads: int = 1,
) -> None:
    """`n` sweeps of a batch of chains, in place: packs, sweeps and unpacks. See `PackedSpins`, which stays packed.

    spins: int8 (chain, H, W), C-contiguous. temperatures: float64 (chain,), in J/k_B. rng: uint64 (chain, 4); the
    stream of each block's first chain is advanced. Raises where `PackedSpins` does.
    """
    packed = PackedSpins(model, spins, temperatures, rng, dynamics=dynamics)
    packed.sweep(n, threads)
    packed.unpack(spins)
