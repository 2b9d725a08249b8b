"""Equilibrium energies of the four systems of paper vit against temperature, and |m| of ferro- and antiferromagnet.

64 chains of packed spins at each temperature, from ground states below the critical temperature. For the
antiferromagnet m is the staggered magnetisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vit import systems
from spinlib import sample
from spinlib.statistics import mean_and_error

if TYPE_CHECKING:
    from spinbook import Run

T = [1.0, 1.6, 2.0, 2.12, 2.22, 2.27, 2.32, 2.6, 3.0, 4.0]
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"side": 16, "T": T[::3], "burn_in": 500, "between": 20, "draws": 60, "chains": 32},
    "paper": {"side": 100, "T": T, "burn_in": 20_000, "between": 100, "draws": 100, "chains": 64},
}
COMPARE: dict[Any, Any] = {"T": "exact", "*_valid": "exact"}


def one_system(system: str, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Mean energies per site and their errors (temperature,)."""
    model, at, n = systems.model_of(system, settings["side"]), np.array(settings["T"]), settings["chains"]
    start = model.random(seed, (len(at), n))
    for k in np.flatnonzero(at < systems.CRITICAL):
        start[k] = systems.ground_states(model, n, seed + int(k))
    drawn = sample(
        *(model, at, settings["draws"]), method="multispin", start=start, burn_in=settings["burn_in"], n_chains=n,
        sweeps_between=settings["between"], observables=("energy",), keep_spins=False, seed=seed,
    )  # fmt: skip
    found = [mean_and_error(drawn.energy[k]) for k in range(len(at))]
    return {
        "": np.array([one.value for one in found]),
        "_error": np.array([one.error for one in found]),
        "_valid": np.array([one.valid for one in found]),
    }


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """T (temperature,); "<system>", "<system>_error" and "<system>_valid" (temperature,)."""
    found: dict[str, Any] = {"T": np.array(settings["T"])}
    for k, system in enumerate(run.progress(systems.BOUNDARIES)):
        one = run.part(system, one_system, system, dict(settings), run.seed + 1000 * k)
        found |= {f"{system}{name}": values for name, values in one.items()}
    return found
