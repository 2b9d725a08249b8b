"""Hamiltonians: one model per file."""

from spinlib.models.cellular_potts import CellularPotts
from spinlib.models.ising import Ising
from spinlib.models.potts import Potts

__all__ = ["CellularPotts", "Ising", "Potts"]
