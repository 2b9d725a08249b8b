"""Ising, XY and planar Potts chains of n spins: energy, specific heat, correlation, and exact independent samples.

k_B = 1. Ising H = -sum s_i s_j - B sum s_i, XY H = -sum cos(a_i - a_j), planar Potts H = +sum cos(a_i - a_j) with
angles in [0, pi), over neighbours: J = 1 is the unit of energy. A free chain has n - 1 bonds, a periodic ring n, an
antiperiodic ring n of which one changes sign; a ring of 2 has double bonds. Energies are per site; correlations are
those of the infinite chain. Samples are drawn at one temperature, from a numpy Generator, without a Markov chain:
every row is independent of every other, and the same state of the generator gives the same samples.
"""

from spinlib.exact.one_dimensional.ising import (
    ising_correlation,
    ising_energy,
    ising_log_partition,
    ising_magnetization,
    ising_sample,
    ising_specific_heat,
)
from spinlib.exact.one_dimensional.planar_potts import (
    planar_potts_correlation,
    planar_potts_energy,
    planar_potts_sample,
    planar_potts_specific_heat,
)
from spinlib.exact.one_dimensional.xy import xy_correlation, xy_energy, xy_sample, xy_specific_heat

__all__ = [
    "ising_correlation",
    "ising_energy",
    "ising_log_partition",
    "ising_magnetization",
    "ising_sample",
    "ising_specific_heat",
    "planar_potts_correlation",
    "planar_potts_energy",
    "planar_potts_sample",
    "planar_potts_specific_heat",
    "xy_correlation",
    "xy_energy",
    "xy_sample",
    "xy_specific_heat",
]
