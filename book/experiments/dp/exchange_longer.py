"""Figure 8 of paper dp: the slowest pattern, a checkerboard, trained twice as long as in `exchange_patterns`.

The settings but the number of steps are those of that record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dp.exchange_patterns import persistent_chain
from experiments.dp.target_patterns import patterns
from spinlib.optimization.exchange_couplings import overlap

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"size": 16, "T": 0.5, "alpha": 10, "initial": 0.3, "seeds": 16, "steps": 80, "rate": 0.02, "kept": 4},
    "paper": {"size": 32, "T": 0.5, "alpha": 10, "initial": 0.3, "seeds": 16, "steps": 12000, "rate": 1e-3, "kept": 12},
}
COMPARE = {"step": "exact", "overlap": ("seeds", 1)}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Overlaps (step, seed) at equal intervals, by Algorithm 2 line by line."""
    target = patterns(settings["size"])["checkerboard"]
    steps = np.linspace(0, settings["steps"], settings["kept"] + 1).astype(int)
    chain = persistent_chain(
        target, settings["T"], settings["initial"], settings["alpha"], settings["rate"], "none",
        steps=settings["steps"], kept=steps, seeds=settings["seeds"], seed=run.seed,
    )  # fmt: skip
    return {"step": steps, "overlap": overlap(chain.snapshots[:, 0], target)}
