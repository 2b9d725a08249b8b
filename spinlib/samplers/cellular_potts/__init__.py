"""Copy attempts of the cellular Potts model, and simulations made of them."""

from spinlib.samplers.cellular_potts.simulation import DYNAMICS, refuse, simulate, sweep

__all__ = ["DYNAMICS", "refuse", "simulate", "sweep"]
