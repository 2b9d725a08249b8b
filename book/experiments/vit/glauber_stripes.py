"""How many quenches of the periodic ferromagnet end in straight stripes with heat bath, the dynamics of the theory.

Metropolis, colour by colour, makes nearly every flip that costs nothing, heat bath half of them. The theory of
K. Barros, P. L. Krapivsky and S. Redner (Phys. Rev. E 80, 040101 (2009)) is for the latter, at T = 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vit import systems

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"side": 16, "T": 0.5, "quenches": 256, "sweeps": 400},
    "paper": {"side": 100, "T": 0.5, "quenches": 1024, "sweeps": 20_000},
}
COMPARE: dict[Any, Any] = {"stripes": "counts"}


def striped(settings: Mapping[str, Any], seed: int) -> int:
    """The number of quenches that have straight stripes."""
    T = np.full(settings["quenches"], settings["T"])
    model = systems.model_of("ferromagnet", settings["side"])
    return int(systems.has_stripes(systems.quenched(model, T, settings["sweeps"], seed, "heat_bath")).sum())


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """stripes: a number of quenches."""
    return {"stripes": np.array(run.part("stripes", striped, dict(settings), run.seed))}
