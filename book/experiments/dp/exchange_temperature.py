"""Figure 7 of paper dp: training loss and gradient of exchange couplings at several temperatures.

Adam and its rate are the paper's. Lattice, pattern, alpha and the scale of the couplings are ours, and so is the spins
from which a step starts: one chain that goes on ("persistent"), or the same random spins at each step ("restart").
`discretize="none"` is Algorithm 2 line by line; "color" discretises the spins after each colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dp.target_patterns import disc
from spinlib.optimization.exchange_couplings import optimize_exchange

if TYPE_CHECKING:
    from spinbook import Run


# Each case: setup, alpha, discretize, and the range from which initial couplings are drawn.
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "size": 8,
        "T": [0.3, 0.9, 3.0],
        "seeds": 16,
        "steps": 60,
        "window": 10,
        "cases": [["persistent", 10, "none", 0.3, 0.3], ["restart", 10, "none", 0.0, 1.0]],
    },
    "paper": {
        "size": 16,
        "T": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.3, 1.6, 2.0, 3.0],
        "seeds": 16,
        "steps": 3000,
        "window": 50,
        "cases": [
            ["persistent", 10, "none", 0.3, 0.3],
            ["restart", 10, "none", 0.0, 1.0],
            ["persistent", 10, "color", 0.3, 0.3],
            ["restart", 10, "color", 0.0, 1.0],
            ["persistent", 3, "color", 0.3, 0.3],
            ["persistent", 30, "color", 0.3, 0.3],
            ["persistent", 10, "none", 0.6, 0.6],
        ],
    },
}
VERSION = 2
COMPARE = {
    ("T", "setup", "alpha", "discretize", "initial", "step"): "exact",
    ("curve", "curve_error"): "kept",
    ("loss", "gradient", "consistency"): ("seeds", -1),
}


def training(
    setup: str, alpha: float, discretize: str, low: float, high: float, settings: Mapping[str, Any], seed: int
) -> Any:
    """Loss per spin against the step, mean over seeds; its end, mean |dL/dJ| and consistency (temperature, seed).

    The gradient is that of the paper's loss (Eq. 8), a sum over the spins.
    """
    result = optimize_exchange(
        disc(settings["size"]),
        settings["T"],
        setup=setup,
        alpha=alpha,
        discretize=discretize,
        initial_coupling=(low, high),
        n_seeds=settings["seeds"],
        steps=settings["steps"],
        window=settings["window"],
        seed=seed,
    )
    return {
        "step": result.step,
        "curve": result.loss.mean(axis=1),
        "curve_error": result.loss.std(axis=1, ddof=1) / np.sqrt(settings["seeds"]),
        "loss": result.loss[..., -3:].mean(axis=-1),
        "gradient": settings["size"] ** 2 * result.gradient.mean(axis=-1),
        "consistency": result.consistency.mean(axis=-1),
    }


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Arrays by case, temperature, and step or seed."""
    cases = settings["cases"]
    parts = [
        run.part(" ".join(map(str, case)), training, *case, settings, run.seed)
        for case in run.progress(cases, "training")
    ]
    return {
        "T": np.array(settings["T"]),
        "setup": np.array([case[0] for case in cases]),
        "alpha": np.array([case[1] for case in cases]),
        "discretize": np.array([case[2] for case in cases]),
        "initial": np.array([case[3:] for case in cases]),
        **{name: np.stack([part[name] for part in parts]) for name in parts[0]},
    }
