"""Figure 2a of paper vae: the training configurations themselves, and as many independent ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vae.six_spins import (
    AVERAGES,
    MODEL,
    PAPER_SCALE,
    SMOKE_SCALE,
    independent_spins,
    of_spins,
    over_temperatures,
    paper_spins,
)

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {"smoke": SMOKE_SCALE, "paper": PAPER_SCALE}
COMPARE: dict[Any, Any] = {
    **{(f"chains_{name}", f"independent_{name}"): ("seeds", 1) for name in AVERAGES},
    ("*_states", "*_reverse_kl", "*_floor"): "kept",
}


def both(temperature: float, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """What the paper's chains say, with errors from chain to chain, beside independent configurations."""
    chains, kept = settings["chains"], settings["kept"]
    spins = paper_spins(temperature, seed, n_chains=chains, burn_in=settings["burn_in"], n_kept=kept)
    found = {f"chains_{name}": value for name, value in of_spins(spins, temperature).items()}
    # Draws of a chain may be correlated: each chain is one measurement.
    means = MODEL.energy(spins).reshape(chains, kept).mean(axis=1) / MODEL.n_sites
    found["chains_energy_error"] = means.std(ddof=1) / np.sqrt(chains)
    independent = of_spins(independent_spins(temperature, chains * kept, seed), temperature)
    return found | {f"independent_{name}": value for name, value in independent.items()}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (temperature, seed, ...)."""
    return over_temperatures(both, settings, run)
