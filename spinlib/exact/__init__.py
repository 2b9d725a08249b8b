"""Exact results, against which every sampler is tested: closed forms and exact counts, one model or method per module.

J = k_B = 1 unless stated. Temperatures are in J / k_B. Energies, specific heats and entropies are per site; ln Z
belongs to the whole lattice. A number gives a float, an array gives an array of its shape.
"""

from typing import TYPE_CHECKING

from spinlib.lazy import attributes

__all__ = [
    "bayes",
    "density_of_states",
    "enumeration",
    "honeycomb",
    "kaufman",
    "one_dimensional",
    "onsager",
    "plus_minus",
    "potts",
    "temperature_estimates",
    "triangular",
]

if TYPE_CHECKING:
    from spinlib.exact import (
        bayes,
        density_of_states,
        enumeration,
        honeycomb,
        kaufman,
        one_dimensional,
        onsager,
        plus_minus,
        potts,
        temperature_estimates,
        triangular,
    )
else:
    __getattr__, __dir__ = attributes(__name__, __all__)
