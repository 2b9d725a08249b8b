"""Training: one loop for all networks (`training`), and one file per training procedure built on it."""

from typing import TYPE_CHECKING

from spinlib.lazy import attributes

__all__ = ["energy_functions", "energy_networks", "plan", "supervised", "training", "training_state"]

if TYPE_CHECKING:
    from spinlib.learning import energy_functions, energy_networks, plan, supervised, training, training_state
else:
    __getattr__, __dir__ = attributes(__name__, __all__)
