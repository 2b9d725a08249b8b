"""DiffIsing2 of paper fid on data of runs that start at random: below the transition each run has a sign of its own.

The paper does not state how its runs start. Its Supplement 1 says that their sign "can be majority spin up or spin down
depending on the random number generator"; a start with all spins up leaves no choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.fid import models, together

if TYPE_CHECKING:
    from spinbook import Run

MODELS = ["DiffIsing2, random starts"]
SETTINGS = together.more(models.scales(MODELS), seeds=4)
COMPARE: dict[Any, Any] = models.COMPARE


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (model, seed, temperature, ...) as of `models.of_kinds`."""
    return models.of_kinds(settings["models"], settings, run, models.train_kind, models.generated)[0]
