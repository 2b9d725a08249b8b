"""Exact results: closed forms and exact counts, the judge of every sampler. One model or method per module."""

from typing import TYPE_CHECKING

from spinlib.lazy import attributes

__all__ = [
    "arguments",
    "density_of_states",
    "enumeration",
    "honeycomb",
    "kaufman",
    "kaufman_digits",
    "one_dimensional",
    "onsager",
    "potts",
    "prime_field",
    "square_integrals",
    "temperature",
    "toeplitz",
    "triangular",
]

if TYPE_CHECKING:
    from spinlib.exact import (
        arguments,
        density_of_states,
        enumeration,
        honeycomb,
        kaufman,
        kaufman_digits,
        one_dimensional,
        onsager,
        potts,
        prime_field,
        square_integrals,
        temperature,
        toeplitz,
        triangular,
    )
else:
    __getattr__, __dir__ = attributes(__name__, __all__)
