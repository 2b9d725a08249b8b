"""Draws of packed spins in one compiled call: sweeps, then counts for energy and magnetisation, and the spins.

Four Python calls for each draw would cost more than the sweeps of a small lattice. Sweeps, measurements and unpacking
alone are special cases of draws, so that only one function is compiled.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from spinlib.compilation import njit
from spinlib.samplers.bits.word_vectors import widest
from spinlib.samplers.multispin import cpu_kernel as kernel
from spinlib.samplers.multispin.counts import Counters, count_unsatisfied, count_up, empty_counters
from spinlib.samplers.multispin.cpu_kernel import empty_undecided, update
from spinlib.samplers.multispin.packing import empty_sites, unpack_into

_ZERO = np.uint64(0)


class Memory(NamedTuple):
    """Scratch memory of a thread for blocks of one shape; a call does not rely on earlier contents."""

    undecided: np.ndarray
    counters: Counters
    sites: np.ndarray


def empty_memory(n_rows: int, n_columns: int) -> Memory:
    """For words with so many rows and so many columns of each colour."""
    return Memory(empty_undecided(n_columns), empty_counters(n_rows, n_columns), empty_sites(n_columns))


class Spins(NamedTuple):
    """Memory for the spins of each draw.

    Chain k of draw n begins at memory[first + k * stride + n * n_rows * n_columns].

    memory: int8 (n,); of length 0 where spins are not wanted. n_chains: the number of the block's replicas that are
    chains.
    """

    memory: np.ndarray
    first: int
    stride: int
    n_chains: int
    n_rows: int
    n_columns: int


NO_SPINS = Spins(np.empty(0, np.int8), 0, 0, 0, 0, 0)


def places(spins: np.ndarray, shape: tuple[int, ...], replicas: int) -> list[Spins]:
    """The memory for the spins of each block of so many replicas; spins: int8 of this shape, (chain, n, H, W).

    Raises ValueError for another array, and unless every spins[k] is C-contiguous and writeable.
    """
    if not isinstance(spins, np.ndarray) or spins.dtype != np.int8 or spins.shape != shape:
        given = f"{getattr(spins, 'dtype', type(spins))} {np.shape(spins)}"
        raise ValueError(f"spins of {given}: an int8 array of shape {shape} is needed")
    n_chains, size, stride = len(spins), spins[:1].size, spins.strides[0]
    if not spins.flags.writeable or not spins[:1].flags.c_contiguous or (n_chains > 1 and stride < size):
        raise ValueError(f"spins of strides {spins.strides}: each spins[k] has to be C-contiguous and writeable")
    # A flat view, gaps between chains included, so that all arrays have one type for the compiled code.
    length = (n_chains - 1) * stride + size if spins.size else 0
    memory = np.lib.stride_tricks.as_strided(spins, (length,), (1,))
    return [
        Spins(memory, first * stride, stride, min(replicas, n_chains - first), *shape[2:])
        for first in range(0, n_chains, replicas)
    ]


@njit(cache=True, nogil=True, error_model="numpy")
def draw(
    block: kernel.Block,
    inverted: np.ndarray,
    n: int,
    sweeps_between: int,
    unsatisfied: np.ndarray,
    up: np.ndarray,
    spins: Spins,
    memory: Memory,
) -> None:
    """`n` draws, each after so many sweeps on one thread.

    inverted: bool (2,), the colours of which a set bit is a down spin. unsatisfied, up: int64 (n, R), filled with the
    numbers of unsatisfied bonds and of up spins of each of the block's replicas; an array without draws is not filled.
    """
    n_bands, like = len(block.bands) - 1, widest(_ZERO)
    for number in range(n):
        for _ in range(sweeps_between):
            for color in range(2):
                for band in range(n_bands):
                    update(block, color, band, memory.undecided, like)
        if unsatisfied.shape[0]:
            count_unsatisfied(block.words, block.signs, memory.counters, unsatisfied[number])
        if up.shape[0]:
            count_up(block.words, inverted, memory.counters, up[number])
        if spins.memory.size:
            first = spins.first + number * spins.n_rows * spins.n_columns
            unpack_into(
                block.words,
                inverted,
                memory.sites,
                spins.memory,
                first,
                spins.stride,
                spins.n_chains,
                spins.n_rows,
                spins.n_columns,
            )
