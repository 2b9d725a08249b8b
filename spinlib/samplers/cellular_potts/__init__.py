"""The cellular Potts model: copy attempts and simulations."""

from spinlib.samplers.cellular_potts.simulation import DYNAMICS, refuse, simulate, sweep

__all__ = ["DYNAMICS", "refuse", "simulate", "sweep"]
