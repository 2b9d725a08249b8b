"""Training procedures: one per file."""

from typing import TYPE_CHECKING

from spinlib.lazy import attributes

__all__ = ["energy_networks", "supervised"]

if TYPE_CHECKING:
    from spinlib.learning import energy_networks, supervised
else:
    __getattr__, __dir__ = attributes(__name__, __all__)
