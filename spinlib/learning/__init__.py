"""Training procedures: one per file."""

from typing import TYPE_CHECKING

from spinlib.lazy import attributes

__all__ = [
    "activation",
    "anneal",
    "energy_networks",
    "exchange",
    "hash_split",
    "state_space",
    "supervised",
    "training_and_test",
    "training_sets",
]

if TYPE_CHECKING:
    from spinlib.learning import (
        activation,
        anneal,
        energy_networks,
        exchange,
        hash_split,
        state_space,
        supervised,
        training_and_test,
        training_sets,
    )
else:
    __getattr__, __dir__ = attributes(__name__, __all__)
