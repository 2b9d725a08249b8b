"""Finite size."""

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
