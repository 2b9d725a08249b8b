"""Figure 9 of paper dp at equal Monte Carlo steps: annealing and gradient descent in as many steps as the third method.

A step of differentiable Monte Carlo, a sweep and a gradient step, updates each spin twice. So in `annealing`, where all
methods make equal numbers of updates, it makes half as many steps. Here the other methods have that number of steps,
with the couplings and the starting spins of `annealing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dp.annealing import PANELS, one_method
from spinlib.optimization.annealing import UPDATES_PER_STEP

if TYPE_CHECKING:
    from spinbook import Run


# Number of instances, lattice and steps are those of `annealing`.
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"start_temperature": [1.0]},
    "paper": {"start_temperature": [1.0, 2.0]},
}
USES = ("dp/annealing",)
COMPARE = {("step", "start_temperature"): "exact", ("energy", "varied_energy", "large_energy"): ("seeds", -1)}

METHODS = ("monte_carlo", "gradient")  # a step of theirs updates each spin once


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Energies per spin by method and model, step and instance; final ones of the glass with one choice changed."""
    whole = run.uses["dp/annealing"]
    per_step = UPDATES_PER_STEP["differentiable"]
    half = {name: whole.settings[name] // per_step for name in ("updates", "record_every")}
    size, steps = whole.settings["size"], {**whole.settings, **half}
    seed = whole.meta["seed"]  # of the couplings and starting spins

    def final(size: int, **options: Any) -> np.ndarray:
        energy: np.ndarray = one_method("monte_carlo", "glass", size, steps, seed, **options)["energy"]
        return energy[-1]

    cases = [(method, panel) for panel in PANELS for method in METHODS]
    found = [run.part(" ".join(case), one_method, *case, size, steps, seed) for case in run.progress(cases, "method")]
    varied = [
        run.part(f"start {start}", lambda start=start: final(size, start_temperature=start))
        for start in settings["start_temperature"]
    ]
    return {
        "step": found[0]["updates"],
        "energy": np.stack([each["energy"] for each in found]).astype(np.float32),
        "start_temperature": np.array(settings["start_temperature"]),
        "varied_energy": np.stack(varied),
        "large_energy": run.part("large", lambda: final(2 * size)),
    }
