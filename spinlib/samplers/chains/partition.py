"""Which chains of a call share a block: a task for one worker, and for packed spins one word of random bits.

Chains are counted temperature by temperature. It follows from the call's arguments alone which of them share a block.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from spinlib.models import XY, Ising, Potts
from spinlib.samplers.chains.block import Chain
from spinlib.samplers.multispin import cpu as multispin

# Small lattices share a block, because one call of a kernel costs as much as updating thousands of sites.
_SITES_PER_BLOCK = 2**16


def split(
    chosen: Sequence[str], model: Ising | Potts | XY, temperatures: np.ndarray, n_chains: int
) -> Iterator[tuple[str, range]]:
    """The method of each block and the numbers of its chains, which follow each other.

    chosen: the method for each temperature. Packed spins of neighbouring temperatures share blocks; chains of the other
    methods share one with others of their temperature.
    """
    end = 0
    for method, group in groupby(chosen):
        n_temperatures = len(list(group))
        if method == "multispin":
            for part in _words(model, n_temperatures * n_chains):
                yield method, range(end + part.start, end + part.stop)
        else:
            size = chains_per_block(method, model, n_chains)
            for first in range(end, end + n_temperatures * n_chains, n_chains):
                for start in range(0, n_chains, size):
                    yield method, range(first + start, first + min(start + size, n_chains))
        end += n_temperatures * n_chains


def chains(temperatures: np.ndarray, n_chains: int, numbers: range) -> tuple[Chain, ...]:
    """The chains with these numbers."""
    before, repetitions = Counter[float](), []
    for temperature in temperatures.tolist():
        repetitions.append(before[temperature])
        before[temperature] += 1
    return tuple(Chain(float(temperatures[k // n_chains]), repetitions[k // n_chains], k % n_chains) for k in numbers)


def chains_per_block(method: str, model: Ising | Potts | XY, n_chains: int) -> int:
    """How many of a temperature's chains share a block, where those of several do not."""
    if method == "convolution":
        # All members of a batch are updated together, with one stream.
        return n_chains
    return max(1, _SITES_PER_BLOCK // model.n_sites)


def most_chains(method: str, model: Ising | Potts | XY, n_temperatures: int, n_chains: int) -> int:
    """How many chains a block has at most."""
    if method == "multispin":
        return max(len(part) for part in _words(model, n_temperatures * n_chains))
    return min(n_chains, chains_per_block(method, model, n_chains))


def _words(model: Any, n_chains: int) -> list[range]:
    """All words but the last are full, so that they are the same if there are more chains."""
    size = multispin.replicas_for(model, n_chains)
    return [range(first, min(first + size, n_chains)) for first in range(0, n_chains, size)]
