"""Beyond Fig. 2c of paper vae: what the distance from the exact law depends on, one choice at a time.

Each variant has something else in the place of what the networks of the record `vae/ising_10x10` have, at the two
temperatures of Figure 3 and with seeds of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.vae import torus
from experiments.vae.six_spins import over_temperatures

if TYPE_CHECKING:
    from spinbook import Run

VARIANTS = ("independent", "longer", "many_latent", "light_many", "dense")
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {**torus.SMOKE_SIZES, "T": [torus.CRITICAL], "seeds": 3, "n_latent": 8, "epochs": 1, "weight": 0.25},
    "paper": {
        **torus.SIZES, "T": [torus.CRITICAL, 3.0], "seeds": 5, "n_latent": 32, "epochs": 20, "weight": 0.25,
        "counted": 20_000,
    },
}  # fmt: skip
COMPARE: dict[Any, Any] = {
    **{f"{one}.{how}_{name}": ("seeds", 1) for one in VARIANTS for how in ("sign", "drawn") for name in torus.AVERAGES},
    **dict.fromkeys(("*.mean_*", "*.sampled_*", "*.active", "*.latent_nats"), ("seeds", 1)),
    **dict.fromkeys(("*_spectrum", "*_floor", "*.loss.*"), "kept"),
}


def changed(variant: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """What a variant has in the place of the settings: twice the epochs, four times the latent variables."""
    many = {"n_latent": 4 * settings["n_latent"]}
    return {
        "independent": {"independent": True},
        "longer": {"epochs": 2 * settings["epochs"]},
        "many_latent": many,
        "light_many": {"weight": settings["weight"], **many},
        "dense": {"kind": "dense"},
    }[variant]


def one(temperature: float, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """One network of the variant that the settings name."""
    return torus.one_model(temperature, settings, seed, **changed(settings["variant"], settings))[0]


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (temperature, seed, ...) as "variant.name"."""
    found: dict[str, Any] = {}
    for label in VARIANTS:
        rows = over_temperatures(one, {**settings, "variant": label}, run, f"{label}, ")
        found |= {f"{label}.{name}": values for name, values in rows.items()}
    return found
