"""Finite-size scaling at a critical point: crossings of Binder cumulants, and peaks, by reweighting.

Draws at the temperature T0 of one run give averages at a near T through the weights exp(-(1/T - 1/T0) E)
(A. Ferrenberg and R. Swendsen, Phys. Rev. Lett. 61, 2635 (1988)). So the temperature of a crossing or of a peak is a
smooth function of the run's means, and the jackknife gives its error. `spinlib.finite_size.reweighting` holds the
weights, and the check of overlap that every valid result must pass.
"""

from spinlib.finite_size import reweighting
from spinlib.finite_size.binder_crossings import binder_crossing
from spinlib.finite_size.critical_runs import CriticalRun, critical_run
from spinlib.finite_size.peaks import heat_capacity_peak, susceptibility_peak

__all__ = [
    "CriticalRun",
    "binder_crossing",
    "critical_run",
    "heat_capacity_peak",
    "reweighting",
    "susceptibility_peak",
]
