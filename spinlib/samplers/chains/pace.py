"""The number of sweeps in one compiled call: as many as take a fraction of a second.

Compiled code cannot be interrupted, neither by Ctrl-C nor by a progress bar. No result depends on how sweeps are split
into calls, so the number may follow the clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

# A call takes about this long at most, unless a single sweep takes longer.
MOST_SECONDS = 0.4


class Pace:
    """Sweeps in slices, whose size is adapted to the time of the previous slices. The first slice has `size` sweeps."""

    def __init__(self, size: int = 1) -> None:
        self._size, self._growth = size, 4

    def allows(self, n: int) -> bool:
        """Whether so many sweeps fit into one slice."""
        return n <= self._size

    def sweep(self, call: Callable[[int], Any], n: int, multiple: int = 1) -> int:
        """call(k) with the present size k, at most `n`; returns k. k is a multiple of a number that n is one of."""
        size = min(self._size // multiple, n // multiple) * multiple
        begin = time.perf_counter()
        try:
            call(size)
        except SystemError as error:
            # Ctrl-C while numba makes an array of a kernel's result, which runs a little Python.
            if isinstance(error.__cause__, KeyboardInterrupt):
                raise KeyboardInterrupt from None
            raise
        seconds = time.perf_counter() - begin
        if seconds > MOST_SECONDS:
            # Not all sweeps take the same time: after a slow one the size grows with more care.
            self._size, self._growth = max(1, self._size // 2), 2
        elif size > self._size - multiple and seconds < MOST_SECONDS / 4:
            self._size *= self._growth
        return size

    def sweep_all(self, call: Callable[[int], Any], n: int) -> None:
        """call(k) for parts k of `n`."""
        while n > 0:
            n -= self.sweep(call, n)
