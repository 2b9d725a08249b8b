"""Figure 2b of paper vae: the training configurations themselves, and as many independent ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vae.six_spins import over_temperatures
from experiments.vae.xy_spins import (
    AVERAGES,
    MODEL,
    PAPER_SCALE,
    SMOKE_SCALE,
    independent_spins,
    of_spins,
    paper_spins,
)
from spinlib.statistics import integrated_autocorrelation_time

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {"smoke": SMOKE_SCALE, "paper": PAPER_SCALE}
COMPARE: dict[Any, Any] = {
    **{(f"chains_{name}", f"independent_{name}"): ("seeds", 1) for name in AVERAGES},
    "chains_tau": ("seeds", 1),
    ("*_counts", "*_reverse_kl", "*_floor"): "kept",
}


def both(temperature: float, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """What the paper's chains say, with errors from chain to chain, beside independent configurations.

    chains_tau: the integrated autocorrelation times of energy and direction of the magnetisation, in kept
    configurations; 1/2 where these are independent.
    """
    chains, kept = settings["chains"], settings["kept"]
    angles = paper_spins(temperature, seed, settings)
    found = {f"chains_{name}": value for name, value in of_spins(angles, temperature).items()}
    # Draws of a chain may be correlated: each chain is one measurement.
    energies = MODEL.energy(angles).reshape(chains, kept) / MODEL.n_sites
    found["chains_energy_error"] = energies.mean(axis=1).std(ddof=1) / np.sqrt(chains)
    component = np.cos(angles).mean(axis=1).reshape(chains, kept)
    found["chains_tau"] = np.array([integrated_autocorrelation_time(one) for one in (energies, component)])
    independent = of_spins(independent_spins(temperature, chains * kept, seed), temperature)
    return found | {f"independent_{name}": value for name, value in independent.items()}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (temperature, seed, ...)."""
    return over_temperatures(both, settings, run)
