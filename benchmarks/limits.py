"""The bounds of the packed sampler: its instructions against the processor's rate of instructions, and memory.

- vector instructions of the kernel's innermost loop, which updates 512 sites of one colour: counted in its assembly;
- the clock: additions in a chain in which each waits for the one before, one cycle each;
- the issue of vector instructions: a loop of independent additions and xor on registers;
- the copy of an array that is larger than most caches, bytes read and bytes written;
- the rate of one packed lattice that fits into the second-level cache, and of one of 64 MiB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any

import assembly
import numpy as np
from candidates import packed
from measure import row, take_turns
from numba import njit

from spinlib.samplers.bits.word_vectors import WIDTH, load, store, widest
from spinlib.timing import median_and_spread

SITES = 64 * WIDTH  # sites that the kernel's innermost loop updates at a time
ADDITIONS = 100_000_000
ROUNDS, PER_ROUND = 20_000_000, 16  # of the loop on registers, and its operations on 512 bits


def rows(threads: int, seconds: float, repeats: int, quick: bool) -> Iterator[dict[str, Any]]:
    """All of the above; the copy on one thread and on `threads`."""
    lengths = (128, 256) if quick else (1024, 16384)
    yield from take_turns("limits", [packed(length, 1, 1) for length in lengths], seconds, repeats)
    size, additions, rounds = (2**22, ADDITIONS // 1000, ROUNDS // 1000) if quick else (2**28, ADDITIONS, ROUNDS)
    yield _measured("dependent additions", "GHz", 1, repeats, _per_ns(lambda: _add(additions, np.uint64(3)), additions))
    try:
        loop = assembly.of_packed_kernel()
    except ValueError as reason:
        print(f"skipped: vector instructions of the kernel: {reason}", flush=True)
    else:
        what = f"vector instructions for {SITES} sites"
        yield row("limits", "multispin", what, loop.instructions, "instructions", 1, 0.0)
        issued = rounds * PER_ROUND * (SITES // loop.bits)
        words = np.arange(9 * WIDTH, dtype=np.uint64).reshape(9, WIDTH)
        what = f"vector instructions of {loop.bits} bits"
        yield _measured(what, "1/ns", 1, repeats, _per_ns(lambda: _on_registers(words, rounds), issued))
    for count in sorted({1, threads}):
        yield _measured(f"copy of {size >> 20} MiB", "GB/s", count, repeats, _copy(size, count))


def _measured(work: str, unit: str, threads: int, repeats: int, once: Callable[[], float]) -> dict[str, Any]:
    once()  # compilation, first touch of the memory
    value, spread = median_and_spread([once() for _ in range(repeats)])
    return row("limits", "processor", work, value, unit, threads, spread)


def _per_ns(function: Callable[[], object], amount: float) -> Callable[[], float]:
    def rate() -> float:
        begin = perf_counter()
        function()
        return amount / (perf_counter() - begin) / 1e9

    return rate


def _copy(n_bytes: int, threads: int) -> Callable[[], float]:
    """GB/s, read and written, of a copy; the threads share the array."""
    parts = [(np.ones(n_bytes // threads, np.uint8), np.zeros(n_bytes // threads, np.uint8)) for _ in range(threads)]
    executor = ThreadPoolExecutor(threads)
    return _per_ns(lambda: list(executor.map(lambda part: np.copyto(part[1], part[0]), parts)), 2 * n_bytes)


@njit(nogil=True)
def _add(n, step):
    """A chain of n additions and exclusive ors that cannot be shortened, two cycles a turn."""
    x = np.uint64(1)
    for _ in range(n // 2):
        x = (x + step) ^ step
    return x


@njit(nogil=True)
def _on_registers(words, n):
    """n times two operations on each of eight vectors, which wait for no other."""
    like = widest(np.uint64(0))
    c = load(words, 8, 0, like)
    a0, a1, a2, a3 = load(words, 0, 0, like), load(words, 1, 0, like), load(words, 2, 0, like), load(words, 3, 0, like)
    a4, a5, a6, a7 = load(words, 4, 0, like), load(words, 5, 0, like), load(words, 6, 0, like), load(words, 7, 0, like)
    for _ in range(n):
        a0, a1, a2, a3 = (a0 + c) ^ c, (a1 + c) ^ c, (a2 + c) ^ c, (a3 + c) ^ c
        a4, a5, a6, a7 = (a4 + c) ^ c, (a5 + c) ^ c, (a6 + c) ^ c, (a7 + c) ^ c
    store(words, 0, 0, a0 ^ a1 ^ a2 ^ a3 ^ a4 ^ a5 ^ a6 ^ a7)
