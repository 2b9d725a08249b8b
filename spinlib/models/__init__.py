"""Hamiltonians: one model per file."""

from spinlib.models.cellular_potts import CellularPotts
from spinlib.models.ising import Ising
from spinlib.models.long_range import LongRangeIsing
from spinlib.models.planar_potts import PlanarPotts
from spinlib.models.potts import Potts
from spinlib.models.xy import XY

__all__ = ["XY", "CellularPotts", "Ising", "LongRangeIsing", "PlanarPotts", "Potts"]
