"""Classical spin models: lattices, Hamiltonians, samplers, exact solutions and error bars.

J = k_B = 1 unless stated: temperatures are in J / k_B, energies per site unless a name says total.

Importing spinlib loads none of its modules: each is loaded when it is first used, as in `spinlib.exact.onsager`.
"""

from typing import TYPE_CHECKING

from spinlib.lazy import attributes

__version__ = "0.1.0"

_MODULES = (
    "datasets",
    "evaluation",
    "exact",
    "fidelity",
    "finite_size",
    "lattice",
    "learning",
    "models",
    "networks",
    "observables",
    "optimization",
    "samplers",
    "sampling",
    "statistics",
)

if TYPE_CHECKING:
    from spinlib import (
        datasets,
        evaluation,
        exact,
        fidelity,
        finite_size,
        lattice,
        learning,
        models,
        networks,
        observables,
        optimization,
        samplers,
        sampling,
        statistics,
    )
    from spinlib.sampling import sample
else:
    __getattr__, __dir__ = attributes(__name__, _MODULES, {"sample": "sampling"})

__all__ = [
    "__version__",
    "datasets",
    "evaluation",
    "exact",
    "fidelity",
    "finite_size",
    "lattice",
    "learning",
    "models",
    "networks",
    "observables",
    "optimization",
    "sample",
    "samplers",
    "sampling",
    "statistics",
]
