"""Exact results: closed forms and exact counts that every sampler is tested against. One model or method per module.

J = k_B = 1 unless stated. Temperatures are in J / k_B. Energies, specific heats and entropies are per site, ln Z is
that of the whole lattice. Numbers give floats, arrays give arrays of their shape.
"""

from typing import TYPE_CHECKING

from spinlib.lazy import attributes

__all__ = [
    "density_of_states",
    "enumeration",
    "honeycomb",
    "kaufman",
    "one_dimensional",
    "onsager",
    "potts",
    "triangular",
]

if TYPE_CHECKING:
    from spinlib.exact import (
        density_of_states,
        enumeration,
        honeycomb,
        kaufman,
        one_dimensional,
        onsager,
        potts,
        triangular,
    )
else:
    __getattr__, __dir__ = attributes(__name__, __all__)
