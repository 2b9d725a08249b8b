"""Beyond Fig. 2c of paper vae: what the distance from the exact law depends on, one choice at a time.

`VARIANTS` holds what each has in the place of the first; all of them have the same seeds. Twice the epochs are in the
record `vae/ising_10x10`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.vae import torus
from experiments.vae.six_spins import over_temperatures

if TYPE_CHECKING:
    from spinbook import Run

VARIANTS: dict[str, dict[str, Any]] = {
    "base": {},
    "independent": {"independent": True},
    "dense": {"kind": "dense"},
    "many_latent": {"n_latent": 128},
    "light_many": {"weight": 0.25, "n_latent": 128},
    "bernoulli": {"decoder": "bernoulli"},
}
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {**torus.SMOKE_SIZES, "T": [torus.CRITICAL], "seeds": 2, "n_latent": 8, "epochs": 1},
    "paper": {
        **torus.SIZES, "T": [1.8, torus.CRITICAL, 3.0], "seeds": 3, "n_latent": 32, "epochs": 20, "counted": 20_000,
    },
}  # fmt: skip
COMPARE: dict[Any, Any] = {
    **{f"{one}.{how}_{name}": ("seeds", 1) for one in VARIANTS for how in ("sign", "drawn") for name in torus.AVERAGES},
    **dict.fromkeys(("*.mean_*", "*.sampled_*", "*.active", "*.latent_nats"), ("seeds", 1)),
    **dict.fromkeys(("*_spectrum", "*_floor", "*.loss.*"), "kept"),
}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (temperature, seed, ...) as "variant.name"."""
    found: dict[str, Any] = {}
    for label, how in VARIANTS.items():

        def one(temperature: float, settings: Mapping[str, Any], seed: int, how: Any = how) -> dict[str, Any]:
            return torus.one_model(temperature, settings, seed, **how)[0]

        rows = over_temperatures(one, settings, run, f"{label}, ")
        found |= {f"{label}.{name}": values for name, values in rows.items()}
    return found
