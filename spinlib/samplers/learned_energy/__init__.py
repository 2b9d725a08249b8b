"""Metropolis where the energy comes from a function, such as a network that learned it (paper dnn, Sec. IV 3)."""

from spinlib.samplers.learned_energy.sweeps import (
    MOST_TABLE_SITES,
    corrected_sweep,
    states_of,
    sweep,
    sweep_table,
    table_of,
)

__all__ = ["MOST_TABLE_SITES", "corrected_sweep", "states_of", "sweep", "sweep_table", "table_of"]
