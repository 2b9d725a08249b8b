"""Optimisation through a sampler: spins of low energy, and couplings that form a pattern."""

from typing import TYPE_CHECKING

from spinlib.lazy import attributes

__all__ = ["annealing", "exchange_couplings"]

if TYPE_CHECKING:
    from spinlib.optimization import annealing, exchange_couplings
else:
    __getattr__, __dir__ = attributes(__name__, __all__)
