"""The triangular lattice of paper dp through the widened kernel of its Eq. 3: energy against temperature.

By the paper's convolution method. Size, temperatures and draws are ours: the paper shows no measurement.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from spinlib import sample
from spinlib.models import Ising
from spinlib.statistics import mean_and_error

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"size": 24, "T": [2.5, 6.0], "draws": 200, "chains": 4, "burn_in": 50},
    "paper": {
        "size": 48,
        "T": [2.0, 2.5, 3.0, 4.5, 5.0, 6.0, 8.0, 12.0],
        "draws": 600,
        "chains": 32,
        "burn_in": 100,
    },
}
COMPARE = {"T": "exact"}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """The energy per site with its error at every temperature (T,)."""
    rows = [
        run.part(f"T={T}", one_temperature, T, settings, run.seed + i)
        for i, T in enumerate(run.progress(settings["T"], "temperature"))
    ]
    energy = np.array(rows)
    return {"T": np.array(settings["T"]), "energy": energy[:, 0], "energy_error": energy[:, 1]}


def one_temperature(temperature: float, settings: Mapping[str, Any], seed: int) -> Any:
    model = Ising((settings["size"], settings["size"]), neighborhood="triangular")
    draws = sample(
        model, [temperature], settings["draws"], method="convolution", start="cold", n_chains=settings["chains"],
        burn_in=settings["burn_in"], keep_spins=False, seed=seed,
    )  # fmt: skip
    return mean_and_error(draws.energy.values[0])[:2]
