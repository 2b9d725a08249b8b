"""Figure 2c of paper dp: magnetisation, and the energy beside it, against temperature for several sizes.

By Swendsen-Wang clusters, with error bars that the paper does not give. The sizes are the paper's; temperatures,
draws and chains are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from spinlib import sample
from spinlib.models import Ising
from spinlib.statistics import mean_and_error

if TYPE_CHECKING:
    from spinbook import Run

COARSE = [round(1.0 + 0.1 * k, 1) for k in range(31)]
NEAR_CRITICAL = [2.22, 2.24, 2.26, 2.27, 2.28, 2.32, 2.34]
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"L": [8, 16], "T": [1.5, 2.0, 2.3, 3.0], "draws": 1000, "chains": 2, "burn_in": 50},
    "paper": {
        "L": [16, 32, 64, 128, 256],
        "T": sorted(COARSE + NEAR_CRITICAL),
        "draws": 2000,
        "chains": 8,
        "burn_in": 200,
    },
}
COMPARE = {"L": "exact", "T": "exact", "tau": 0.5}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """|m| and the energy per site with errors, and tau_int of the energy in draws: each (L, T)."""
    sizes = [run.part(f"L={L}", one_size, L, settings, run.seed + L) for L in run.progress(settings["L"], "size")]
    return {
        "L": np.array(settings["L"]),
        "T": np.array(settings["T"]),
        **{name: np.array([size[name] for size in sizes]) for name in sizes[0]},
    }


def one_size(size: int, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """The same of one size: each (T,)."""
    with ThreadPoolExecutor(2) as executor:
        draws = sample(
            Ising((size, size)), settings["T"], settings["draws"], method="swendsen_wang", start="cold",
            n_chains=settings["chains"], burn_in=settings["burn_in"], keep_spins=False, seed=seed, executor=executor,
        )  # fmt: skip
    order = [mean_and_error(m) for m in np.abs(draws.magnetization.values)]
    energy = [mean_and_error(e) for e in draws.energy.values]
    return {
        "m": [e.value for e in order], "m_error": [e.error for e in order],
        "energy": [e.value for e in energy], "energy_error": [e.error for e in energy],
        "tau": [e.tau_int for e in energy],
    }  # fmt: skip
