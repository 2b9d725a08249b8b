"""Figure 2 of paper dnn with further seeds: the same training as `dnn/random_training`, without its weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.dnn import random_training

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = random_training.SETTINGS
COMPARE = {name: how for name, how in random_training.COMPARE.items() if name != "weight.*"}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    found = random_training.compute(settings, run)
    return {name: value for name, value in found.items() if not name.startswith("weight.")}
