"""Flip tables of packed replicas that exchange temperatures: computed once per temperature, combined bit by bit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from spinlib.compilation import njit
from spinlib.samplers.chains.temperature_tables import TemperatureTables
from spinlib.samplers.multispin.flip_table import FlipTable

_ONE = np.uint64(1)


class FlipTables:
    """The tables of the latest temperatures; table_of makes the table of one temperature for all bits."""

    def __init__(self, table_of: Callable[[float], FlipTable]) -> None:
        self._table_of, self._tables = table_of, TemperatureTables()

    def levels(self, temperatures: np.ndarray) -> np.ndarray:
        """Indices of these temperatures, for `fill`; int64 of their shape. Makes the tables of new temperatures."""
        index, (self._digits, self._tails) = self._tables.find(temperatures, self._made)
        return index

    def _made(self, distinct: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        tables = [self._table_of(temperature) for temperature in distinct]
        return np.stack([table.digits for table in tables]), np.stack([table.tails for table in tables])

    def fill(self, table: FlipTable, levels: np.ndarray) -> None:
        """Give bit k of a table, in place, the temperature levels[k]; the last one also serves the remaining bits."""
        _fill(self._digits, self._tails, levels, table.digits, table.tails)


@njit(cache=True, nogil=True, error_model="numpy")
def _fill(digits, tails, levels, own_digits, own_tails):
    bits_of = np.zeros(digits.shape[0], dtype=np.uint64)
    own_digits[:] = 0
    for bit in range(64):
        level = levels[min(bit, levels.size - 1)]
        bits_of[level] |= _ONE << np.uint64(bit)
        own_tails[:, :, bit] = tails[level, :, :, bit]
    for level in range(digits.shape[0]):
        if bits_of[level]:
            for place in range(own_digits.shape[0]):
                for k in range(own_digits.shape[1]):
                    own_digits[place, k] |= digits[level, place, k] & bits_of[level]
