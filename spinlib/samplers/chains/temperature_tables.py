"""Tables with a row for each temperature, which are made once for the temperatures that are asked for again and again.

Replica exchange permutes the same temperatures, and single sweeps of a chain are all at one; to make the tables anew
would take longer than to sweep a small lattice.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from weakref import WeakKeyDictionary

import numpy as np

from spinlib.models.lattice_model import LatticeModel

Tables = tuple[np.ndarray, ...]


class TemperatureTables:
    """The tables of the temperatures that were asked for last."""

    def __init__(self) -> None:
        # Replaced as a whole, so that threads can share it.
        self._known: tuple[np.ndarray, Tables] = np.empty(0), ()

    def find(self, temperatures: np.ndarray, make: Callable[[np.ndarray], Tables]) -> tuple[np.ndarray, Tables]:
        """The row of each temperature, int64 (chain,), and the tables.

        make: is called where a temperature is new; gets the different ones in rising order, float64 (k,), and returns
        arrays with a row for each of them.
        """
        distinct, tables = self._known
        if distinct.size:
            index = np.searchsorted(distinct, temperatures)
            if (distinct.take(index, mode="clip") == temperatures).all():
                return index, tables
        distinct, index = np.unique(temperatures, return_inverse=True)
        tables = make(distinct)
        self._known = distinct, tables
        return index, tables


_known: WeakKeyDictionary[LatticeModel, dict[Hashable, TemperatureTables]] = WeakKeyDictionary()


def tables_at(
    model: LatticeModel, name: Hashable, temperatures: np.ndarray, make: Callable[[np.ndarray], Tables]
) -> Tables:
    """Arrays with a row for each chain, as `make` gives them for different temperatures; kept with the model.

    Not for tables whose rows grow with the lattice.
    """
    kept = _known.setdefault(model, {})
    if name not in kept:
        kept[name] = TemperatureTables()
    index, tables = kept[name].find(temperatures, make)
    return tuple(table[index] for table in tables)
