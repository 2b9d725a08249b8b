"""Metropolis with an energy given by a function, such as a trained network (paper dnn, Sec. IV 3).

`sample` is the main function; it returns a Dataset like that of `spinlib.sample`. The other functions are its parts.
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
