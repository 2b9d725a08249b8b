"""Figures 2c and 3 of paper vae: variational autoencoders with convolutions for the 10 x 10 Ising model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vae import torus
from experiments.vae.six_spins import over_temperatures
from spinlib.learning.generated import generate

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {**torus.SMOKE_SIZES, "T": [torus.CRITICAL, 3.0], "seeds": 3, "n_latent": 8, "epochs": 2},
    "paper": {
        **torus.SIZES, "T": [1.0, 1.5, 1.8, 2.05, torus.CRITICAL, 2.4, 2.6, 3.0, 3.5, 4.0],
        "seeds": 5, "n_latent": 32, "epochs": 20,
    },
}  # fmt: skip
COMPARE: dict[Any, Any] = {
    **torus.COMPARE,
    ("set_energy", "set_heat", "set_order", "set_energy_total_variation", "pictures_sites", "pictures_whole"): (
        "seeds",
        1,
    ),
    ("exact_energy", "exact_heat"): "exact",
    "exact_correlation": 0.05,
    ("*_pictures", "pictures_number"): "kept",
}


def one(temperature: float, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """One network and its training set ("set_..."), with errors from chain to chain."""
    found, network, spins = torus.one_model(temperature, settings, seed)
    # As many as the paper generated, for its histograms and its pictures.
    few = generate(network, settings["generated"], seed + 1)
    found |= torus.of_pictures(network, spins, few, seed)
    of_set = torus.of_spins(spins, temperature)
    # Draws of a chain may be correlated: each chain is one measurement.
    means = torus.MODEL.energy(spins).reshape(settings["chains"], -1).mean(axis=1) / torus.MODEL.n_sites
    return found | {
        "sign_counts": torus.counts(few, temperature),
        "drawn_counts": torus.counts(generate(network, settings["generated"], seed + 1, spins="drawn"), temperature),
        "set_counts": torus.counts(spins, temperature),
        **{f"set_{name}": of_set[name] for name in ("energy", "heat", "order", "energy_total_variation")},
        "set_energy_error": means.std(ddof=1) / np.sqrt(settings["chains"]),
    }


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (temperature, seed, ...); of the exact law (temperature, ...)."""
    found = over_temperatures(one, settings, run)
    law = [
        run.part(f"law, T={t:.4f}", torus.exact, t, settings["reference"], run.seed + 7 * k)
        for k, t in enumerate(settings["T"])
    ]
    return found | {name: np.array([each[name] for each in law]) for name in law[0]}
