"""Classical spin models: lattices, Hamiltonians, samplers, exact solutions and error bars.

J = k_B = 1 unless stated: temperatures are in J / k_B, energies per site unless a name says total.
"""

from spinlib.sampling import sample

__version__ = "0.1.0"

__all__ = ["__version__", "sample"]
