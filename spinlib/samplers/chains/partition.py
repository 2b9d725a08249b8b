"""The division of a call's chains into blocks: a block is a task for one worker, and one word of packed spins.

Chains are counted temperature by temperature. The division depends on the call's arguments alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from spinlib.models.lattice_model import LatticeModel
from spinlib.samplers.chains.block import Chain
from spinlib.samplers.contract import method


def split(
    chosen: Sequence[str], model: LatticeModel, temperatures: np.ndarray, n_chains: int
) -> Iterator[tuple[str, range]]:
    """The method of each block and the numbers of its chains, which are consecutive.

    chosen: the method for each temperature. Where chains share words of random bits, chains of neighbouring
    temperatures share blocks. With other methods only chains of one temperature do.
    """
    end = 0
    for name, group in groupby(chosen):
        n_temperatures, one = len(list(group)), method(name, model)
        if one.chains_per_word(model):
            first, n = end, n_temperatures * n_chains
            size = one.chains_together(model, n)
            # All words but the last are full, so that more chains leave them unchanged.
            for start in range(0, n, size):
                yield name, range(first + start, first + min(start + size, n))
        else:
            size = one.chains_together(model, n_chains)
            for first in range(end, end + n_temperatures * n_chains, n_chains):
                for start in range(0, n_chains, size):
                    yield name, range(first + start, first + min(start + size, n_chains))
        end += n_temperatures * n_chains


def chains(temperatures: np.ndarray, n_chains: int, numbers: range) -> tuple[Chain, ...]:
    """The chains with these numbers."""
    before, repetitions = Counter[float](), []
    for temperature in temperatures.tolist():
        repetitions.append(before[temperature])
        before[temperature] += 1
    return tuple(Chain(float(temperatures[k // n_chains]), repetitions[k // n_chains], k % n_chains) for k in numbers)


def most_chains(name: str, model: LatticeModel, n_temperatures: int, n_chains: int) -> int:
    """The largest number of chains in a block of this method."""
    one = method(name, model)
    sharing = n_temperatures * n_chains if one.chains_per_word(model) else n_chains
    return min(sharing, one.chains_together(model, sharing))
