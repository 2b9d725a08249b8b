"""Metropolis where the energy comes from a function, such as a network that learned it (paper dnn, Sec. IV 3).

`sample` is the front door; it returns a Dataset like that of `spinlib.sample`. The rest is what it is made of.
"""

from spinlib.samplers.learned_energy.sampling import METHODS, sample
from spinlib.samplers.learned_energy.sweeps import corrected_sweep, sweep
from spinlib.samplers.learned_energy.table import MOST_TABLE_SITES, numbers_of, states_of, sweep_table, table_of

__all__ = [
    "METHODS",
    "MOST_TABLE_SITES",
    "corrected_sweep",
    "numbers_of",
    "sample",
    "states_of",
    "sweep",
    "sweep_table",
    "table_of",
]
