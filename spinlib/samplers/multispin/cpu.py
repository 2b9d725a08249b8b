"""Metropolis on packed bits, or heat bath where a temperature exceeds HOT |J|: the method "multispin".

`spinlib.samplers.multispin.packed_spins` describes how spins are packed, `spinlib.samplers.multispin.cpu_kernel` how a
word is updated.
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

# Optional parts of `spinlib.samplers.contract`: chains of all temperatures share words.
ensemble, chains_per_word, chains_together = Words, chains_per_block, replicas_for


def cost_row(model: Any) -> str:
    """The row of the table of costs, from which "auto" chooses (`spinlib.samplers.chains.choice`)."""
    return "multispin"


def working_bytes(model: Ising, replicas: int | None = None) -> int:
    """Memory of one chain in bytes, beside its int8 spins: its share of the words of a full block.

    Parameters
    ----------
    model : Ising
        A model that `refuse` lets pass.
    replicas : int, optional
        Configurations of a block, by default `chains_per_block(model)`.

    Returns
    -------
    int
        Bytes.

    Raises
    ------
    ValueError
        For a number of replicas other than `allowed_replicas(model)`.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import multispin
    >>> multispin.working_bytes(Ising((128, 128))) < 128 * 128
    True
    """
    replicas = checked_replicas(model, replicas)
    words = empty_words(model.shape[0] * replicas // 64, model.shape[1] // 2)
    return -(-words.nbytes // replicas)


def table_bytes(model: Ising) -> int:
    """Memory in bytes that all chains share.

    For bonds of different signs, the signs and the couplings that give them; for a boundary that fixes spins, the words
    that say which.

    Parameters
    ----------
    model : Ising
        A model that `refuse` lets pass.

    Returns
    -------
    int
        Bytes; 0 where it is negligible.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import multispin
    >>> multispin.table_bytes(Ising((32, 32)))
    0
    """
    of_signs = 0 if model.is_uniform else 96 * model.n_sites
    return of_signs + (0 if model.fixed is None else 8 * model.n_sites)


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
    """Pack a batch of chains, sweep it `n` times and unpack it, in place.

    `PackedSpins` stays packed, which is faster for many calls.

    Parameters
    ----------
    model : Ising
        A model that `refuse` lets pass.
    spins : numpy.ndarray
        int8 (chain, H, W) of -1 and +1, C-contiguous; changed in place.
    temperatures : numpy.ndarray
        float64 (chain,), in J / k_B.
    rng : numpy.ndarray
        uint64 (chain, 4), one stream per chain (`spinlib.samplers.random.streams`), of which that of each block's first
        chain is advanced.
    n : int
        Number of sweeps.
    dynamics : {"metropolis", "heat_bath"}
        The acceptance rule.
    threads : int
        At most so many; the result is the same for any number.

    Raises
    ------
    TypeError
        For another kind of model, and for arrays of another dtype.
    ValueError
        For arrays of other shapes or memory orders, for temperatures that are not positive and finite, for n < 0,
        for other dynamics, and for threads < 1.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import multispin
    >>> from spinlib.samplers.random import streams
    >>> model, spins = Ising((8, 8)), np.ones((64, 8, 8), np.int8)
    >>> multispin.sweep(model, spins, np.full(64, 0.1), streams(0, "example", 0, 64), 10)
    >>> bool(np.all(spins == 1))  # far below the critical temperature no flip is accepted
    True
    """
    packed = PackedSpins(model, spins, temperatures, rng, dynamics=dynamics)
    packed.sweep(n, threads)
    packed.unpack(spins)
