"""Figure 7 of paper dp by Algorithm 2 line by line: loss and gradient of one chain at several temperatures.

As `exchange_temperature`, where spins are discretised after each colour. Here they stay soft until the step of Adam
(lines 10 and 11), so the loss is that of soft spins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dp.target_patterns import disc
from spinlib.optimization.exchange_couplings import optimize_exchange

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"size": 8, "T": [0.3, 0.9, 3.0], "seeds": 16, "steps": 60, "window": 10, "alpha": 10},
    "paper": {
        "size": 16,
        "T": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.3, 1.6, 2.0, 3.0],
        "seeds": 16,
        "steps": 3000,
        "window": 50,
        "alpha": 10,
    },
}
COMPARE = {
    ("T", "step"): "exact",
    ("curve", "curve_error"): "kept",
    ("loss", "gradient", "consistency"): ("seeds", -1),
}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Loss per spin by temperature and step; its end, mean |dL/dJ| and consistency by temperature and seed."""
    result = run.part(
        "training",
        lambda: vars(
            optimize_exchange(
                disc(settings["size"]),
                settings["T"],
                alpha=settings["alpha"],
                discretize="none",
                n_seeds=settings["seeds"],
                steps=settings["steps"],
                window=settings["window"],
                seed=run.seed,
            )
        ),
    )
    return {
        "T": np.array(settings["T"]),
        "step": result["step"],
        "curve": result["loss"].mean(axis=1),
        "curve_error": result["loss"].std(axis=1, ddof=1) / np.sqrt(settings["seeds"]),
        "loss": result["loss"][..., -3:].mean(axis=-1),
        "gradient": result["gradient"].mean(axis=-1),
        "consistency": result["consistency"].mean(axis=-1),
    }
