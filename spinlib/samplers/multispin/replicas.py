"""The number of replicas of a lattice in a word of 64 bits, and the number of strips of each replica."""

from __future__ import annotations

import numpy as np

from spinlib.models import Ising
from spinlib.samplers.bits.word_vectors import WIDTH
from spinlib.samplers.multispin.layout import Boundary

__all__ = ["allowed_replicas", "boundary_of", "chains_per_block", "checked_replicas", "cost", "replicas_for"]

_ALL_BITS = 2**64 - 1


def chains_per_block(model: Ising) -> int:
    """Number of chains that share words of random bits by default.

    Parameters
    ----------
    model : Ising
        A model that `refuse` lets pass.

    Returns
    -------
    int
        1 (strips) where the coupling is uniform and the number of rows a multiple of 128, else 64 (replicas).

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import multispin
    >>> multispin.chains_per_block(Ising((32, 32))), multispin.chains_per_block(Ising((128, 128)))
    (64, 1)
    """
    return 1 if model.is_uniform and model.shape[0] % 128 == 0 else 64


def allowed_replicas(model: Ising) -> list[int]:
    """Powers of two R for which a replica can be cut in 64 / R strips of an even number of rows.

    Parameters
    ----------
    model : Ising
        A model that `refuse` lets pass.

    Returns
    -------
    list of int
        In falling order. Only 64 where the coupling is not uniform, as all strips of a word share the signs of their
        bonds.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import multispin
    >>> multispin.allowed_replicas(Ising((32, 32)))
    [64, 32, 16, 8, 4]
    """
    numbers = [64 >> k for k in range(7)]
    return [number for number in numbers if number == 64 or (model.is_uniform and model.shape[0] * number % 128 == 0)]


def checked_replicas(model: Ising, replicas: int | None) -> int:
    """`replicas`, or by default `chains_per_block`, after a check.

    Parameters
    ----------
    model : Ising
        A model that `refuse` lets pass.
    replicas : int, optional
        Configurations of a block.

    Returns
    -------
    int
        The number of replicas.

    Raises
    ------
    ValueError
        For a number other than `allowed_replicas`.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers.multispin.replicas import checked_replicas
    >>> checked_replicas(Ising((32, 32)), 8)
    8
    """
    if replicas is None:
        return chains_per_block(model)
    if isinstance(replicas, bool) or replicas not in allowed_replicas(model):
        allowed = ", ".join(map(str, allowed_replicas(model)))
        reason = "" if model.is_uniform else " and this coupling"
        raise ValueError(f"replicas {replicas!r}: allowed are {allowed} for shape {model.shape}{reason}")
    return int(replicas)


# The overhead of a row, in units of `cost`: fitted to the times of a sweep with energy and magnetisation of 21 chains,
# L = 16 to 128, all R, on a processor with 256-bit vectors. The overhead of a block: 5 per sweep by the same fit; the
# rest is the work done once per block, in a run of a thousand sweeps.
_COST_OF_ROW, _COST_OF_BLOCK = 0.5, 15.0
# Two blocks, for two threads, are preferred up to this ratio of costs.
_WORTH_TWO_BLOCKS = 1.1


def cost(model: Ising, replicas: int, n_chains: int) -> float:
    """Cost of sweeping and measuring so many chains, in units of the time of one vector of words.

    Every block has n = 2 (rows of a strip) rows of words, of both colours, and costs n (vectors of a row + a) + b.

    Parameters
    ----------
    model : Ising
        A model that `refuse` lets pass.
    replicas : int
        Configurations of a block.
    n_chains : int
        Number of chains.

    Returns
    -------
    float
        The cost.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers.multispin.replicas import cost
    >>> model = Ising((32, 32))
    >>> cost(model, 64, 128) == 2 * cost(model, 64, 64)  # two blocks
    True
    """
    n_rows = 2 * model.shape[0] * replicas // 64
    n_vectors = -(-model.shape[1] // (2 * WIDTH))
    return -(-n_chains // replicas) * (n_rows * (n_vectors + _COST_OF_ROW) + _COST_OF_BLOCK)


def replicas_for(model: Ising, n_chains: int) -> int:
    """The number of replicas with the least `cost` for so many chains; of equal ones, the largest.

    It follows from the model and n_chains alone. Two or more blocks are preferred to one for which the cost is at most
    10 % less, since two threads can share them.

    Parameters
    ----------
    model : Ising
        A model that `refuse` lets pass.
    n_chains : int
        At least 1.

    Returns
    -------
    int
        One of `allowed_replicas`.

    Raises
    ------
    ValueError
        For n_chains < 1.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import multispin
    >>> multispin.replicas_for(Ising((32, 32)), 1), multispin.replicas_for(Ising((32, 32)), 1000)
    (4, 64)
    """
    if n_chains < 1:
        raise ValueError(f"n_chains {n_chains}: there has to be at least one")
    allowed = allowed_replicas(model)

    def weighted(replicas: int) -> float:
        return cost(model, replicas, n_chains) * (_WORTH_TWO_BLOCKS if n_chains <= replicas else 1.0)

    return min(allowed, key=weighted)


def boundary_of(model: Ising, replicas: int) -> Boundary:
    """The boundaries for each bit: only first strips end at the upper boundary, and only last strips at the lower.

    Signs of bonds, where there are any, include those of the seams.

    Parameters
    ----------
    model : Ising
        A model that `refuse` lets pass.
    replicas : int
        Configurations of a block.

    Returns
    -------
    Boundary
        Bits of the antiperiodic seams and of the free ends (`spinlib.samplers.multispin.layout`).

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers.multispin.replicas import boundary_of
    >>> boundary_of(Ising((32, 32)), 64).cuts.tolist()  # periodic: nothing ends
    [0, 0, 0]
    """
    vertical, horizontal = model.lattice.boundary
    first_strips = 2**replicas - 1
    upper, lower = first_strips, first_strips << (64 - replicas)
    seams, cuts = (
        np.array([upper * (vertical == name), lower * (vertical == name), _ALL_BITS * (horizontal == name)], np.uint64)
        for name in ("antiperiodic", "free")
    )
    return Boundary(seams if model.is_uniform else 0 * seams, cuts, replicas % 64)
