"""Tables with a row for each temperature, kept because samplers ask for the same temperatures again and again.

Replica exchange permutes the same temperatures, and repeated sweeps of a chain use one temperature. Computing the
tables anew would take longer than a sweep of a small lattice.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from weakref import WeakKeyDictionary

import numpy as np

from spinlib.models.lattice_model import LatticeModel

Tables = tuple[np.ndarray, ...]


class TemperatureTables:
    """The tables of the latest temperatures."""

    def __init__(self) -> None:
        # Replaced as a whole, so that threads can share it.
        self._known: tuple[np.ndarray, Tables] = np.empty(0), ()

    def find(self, temperatures: np.ndarray, make: Callable[[np.ndarray], Tables]) -> tuple[np.ndarray, Tables]:
        """The row of each temperature, int64 (chain,), and the tables.

        make: called when there is a new temperature, with all different temperatures in rising order, float64 (k,);
        returns arrays with a row for each.
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
    """Arrays with a row for each chain, computed by `make` once per temperature and kept with the model.

    Not for tables whose rows grow with the lattice.
    """
    kept = _known.setdefault(model, {})
    if name not in kept:
        kept[name] = TemperatureTables()
    index, tables = kept[name].find(temperatures, make)
    return tuple(table[index] for table in tables)
