"""An autoregressive network of XY spins, whose likelihood is exact, on the open chain of six spins of paper vae.

Trained and asked as Ising spins are, by `experiments.vae.free_energy`. Z is over angles,
ln Z = N ln 2 pi + (N - 1) ln I_0(1 / T).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import i0e

from experiments.vae.free_energy import of_law, trained
from spinlib.exact import one_dimensional
from spinlib.learning import proposals
from spinlib.models import XY
from spinlib.networks.autoregressive_xy import AutoregressiveXY

if TYPE_CHECKING:
    from spinbook import Run

MODEL = XY((6,), boundary="free")
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "T": [1.0], "seeds": 3, "steps": 20, "batch": 50, "annealing": 0.95, "rate": 0.01, "hidden": 4, "draws": 500,
        "chains": 5,
    },
    "paper": {
        "T": [0.3, 0.5, 1.0, 2.0], "seeds": 5, "steps": 300, "batch": 300, "annealing": 0.98, "rate": 0.01,
        "hidden": 16, "draws": 10_000, "chains": 20,
    },
}  # fmt: skip
COMPARE: dict[Any, Any] = {
    ("kl", "effective", "variance", "acceptance", "spread_*", "proposed_energy", "chain_energy"): ("seeds", 1),
    "curve": "kept",
    ("T", "exact_energy", "exact_log_z"): "exact",
}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (temperature, seed) as `one_network` names them; exact values (temperature,)."""
    rows = [
        [
            run.part(f"T={t:g}, {k}", one_network, t, dict(settings), run.seed + 100 * at + k)
            for k in range(settings["seeds"])
        ]
        for at, t in enumerate(run.progress(settings["T"], "temperatures"))
    ]
    found = {what: np.array([[one[what] for one in row] for row in rows]) for what in rows[0][0]}
    grid = np.array(settings["T"])
    return found | {
        "T": grid,
        "exact_log_z": np.array([exact_log_z(t) for t in grid]),
        "exact_energy": np.asarray(one_dimensional.xy_energy(grid, MODEL.n_sites)),
    }


def exact_log_z(temperature: float) -> float:
    """ln Z of the whole open chain, over angles in radians."""
    n, beta = MODEL.n_sites, 1.0 / temperature
    return float(n * np.log(2.0 * np.pi) + (n - 1) * (np.log(i0e(beta)) + beta))


def one_network(temperature: float, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """One training and what its independent configurations say: `of_law`, and the "curve"."""
    network = AutoregressiveXY(MODEL.shape, hidden=settings["hidden"])
    how = {name: settings[name] for name in ("steps", "batch", "annealing", "rate")}
    curve = trained(network, MODEL, temperature, seed, **how)
    # The density of the angles that are weighted is that of the network in double precision.
    drawn = proposals.autoregressive(network.double())(settings["draws"], np.random.default_rng(seed))
    found = of_law(MODEL, drawn, temperature, settings["chains"], seed, exact_log_z(temperature))
    return found | {"curve": curve.astype(np.float32)}
