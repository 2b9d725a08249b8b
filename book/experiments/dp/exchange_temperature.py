"""Figure 7 of paper dp: training loss and gradient of exchange couplings at several temperatures.

Lattice, pattern, alpha and the scale of the couplings are ours.
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
    "smoke": {"size": 8, "T": [0.3, 0.9, 3.0], "seeds": 16, "steps": 60, "window": 10, "alpha": [10]},
    "paper": {
        "size": 16,
        "T": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.3, 1.6, 2.0, 3.0],
        "seeds": 16,
        "steps": 3000,
        "window": 50,
        "alpha": [10, 3, 30],
    },
}
COMPARE = {
    ("T", "setup", "alpha", "step"): "exact",
    "curve": "kept",
    ("loss", "gradient", "consistency"): ("seeds", -1),
}


def training(setup: str, alpha: float, settings: Mapping[str, Any], seed: int) -> Any:
    result = optimize_exchange(
        disc(settings["size"]),
        settings["T"],
        setup=setup,
        alpha=alpha,
        n_seeds=settings["seeds"],
        steps=settings["steps"],
        window=settings["window"],
        seed=seed,
    )
    return {
        "step": result.step,
        "curve": result.loss.mean(axis=1),
        "loss": result.loss[..., -3:].mean(axis=-1),
        "gradient": result.gradient.mean(axis=-1),
        "consistency": result.consistency.mean(axis=-1),
    }


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    cases = [("persistent", alpha) for alpha in settings["alpha"]] + [("restart", settings["alpha"][0])]
    parts = [
        run.part(f"{setup} {alpha}", training, setup, alpha, settings, run.seed)
        for setup, alpha in run.progress(cases, "training")
    ]
    return {
        "T": np.array(settings["T"]),
        "setup": np.array([setup for setup, _ in cases]),
        "alpha": np.array([alpha for _, alpha in cases]),
        **{name: np.stack([part[name] for part in parts]) for name in parts[0]},
    }  # fmt: skip
