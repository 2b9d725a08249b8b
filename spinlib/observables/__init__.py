"""Observables of configurations, and averages and fluctuations of series of measurements.

Energies and magnetisations are per site. Labelled (xarray) spins, as `spinlib.sample` returns them, give labelled
results: whatever the order of their dimensions, the lattice axes are x0, x1, .... Averages over a finite series carry
no error bar here: `spinlib.statistics.jackknife` gives them one.
"""

from spinlib.observables.correlations import correlation_function
from spinlib.observables.energy_and_magnetization import energy, magnetization
from spinlib.observables.fluctuations import binder_cumulant, heat_capacity, helicity_modulus, susceptibility
from spinlib.observables.overlaps import hamming_distance, overlap, overlap_distribution
from spinlib.observables.planar_spins import twist_response, vorticity
from spinlib.observables.structure_factors import (
    second_moment_correlation_length,
    structure_factor,
    structure_factor_min,
    structure_factor_zero,
)

__all__ = [
    "binder_cumulant",
    "correlation_function",
    "energy",
    "hamming_distance",
    "heat_capacity",
    "helicity_modulus",
    "magnetization",
    "overlap",
    "overlap_distribution",
    "second_moment_correlation_length",
    "structure_factor",
    "structure_factor_min",
    "structure_factor_zero",
    "susceptibility",
    "twist_response",
    "vorticity",
]
