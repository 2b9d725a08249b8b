"""What the correlations and the diversity of generated configurations are compared with.

The paper's Monte Carlo data (Sec. 2.1, `experiments.fid.protocol`, cold starts) and independent configurations of a
cluster method, on 64 x 64 as in the paper and on 16 x 16, where the book's own networks are trained: correlations,
Hamming distances and a few snapshots.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.fid import protocol, sets
from experiments.fid.monte_carlo import PAPER as DATA
from experiments.fid.protocol import CRITICAL, TEMPERATURES
from spinlib import sample
from spinlib.fidelity.reference import aligned
from spinlib.models import Ising
from spinlib.observables import hamming_distance

if TYPE_CHECKING:
    from spinbook import Run

PAPER = {
    "T": TEMPERATURES, "correlated": [1.6, 2.0, 2.2, CRITICAL, 2.3, 2.4, 2.6, 3.0], "pictured": [1.4, 2.3, 2.4, 3.0],
    "correlation_runs": 16, "chains": 16, "cluster_draws": [1000, 100], "cluster_sweeps": 10,
    **{name: DATA[name] for name in ("burn_in", "configurations", "sweeps_between")},
}  # fmt: skip
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "sizes": [16, 8], "T": [1.2, 1.8, 2.3, 3.0], "correlated": [1.8, 2.2, CRITICAL, 2.3, 3.0],
        "pictured": [2.3, 3.0], "correlation_runs": 8, "chains": 8, "cluster_draws": [100, 100], "cluster_sweeps": 5,
        "burn_in": 200, "configurations": 100, "sweeps_between": 5,
    },
    "laptop": {**PAPER, "sizes": [16, 32]},
    "paper": {**PAPER, "sizes": [16, 64]},
}  # fmt: skip
PLACES = ("small", "large")  # the lattice of the networks, and the paper's
DISTANCES = ("distance", "aligned_distance")
CORRELATED = ("g", "zero", "smallest", "m", "order")
COMPARE: dict[Any, Any] = {
    ("sizes", "T", "correlated", "pictured"): "exact",
    **{f"{source}_{name}": ("seeds", 2) for source in ("data", "cluster") for name in DISTANCES},
    **{f"{source}_{name}_*": ("seeds", 1) for source in ("data", "cluster") for name in CORRELATED},
    "pictures_*": "kept",
}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """data_... of the paper's data sets and cluster_... of chains of a cluster method, which take the place of runs.

    distance, aligned_distance: (size, temperature, run). g_PLACE, PLACE one of `PLACES`: (temperature of `correlated`,
    run, r), with nothing subtracted; zero_, smallest_, m_, order_PLACE: (temperature, run), as in `sets.asked`.
    pictures_PLACE: two configurations of the first data set (temperature of `pictured`, 2, L, L).
    """
    found: dict[str, Any] = {name: np.array(settings[name]) for name in ("sizes", "T", "correlated", "pictured")}
    temperatures = sorted({*settings["T"], *settings["correlated"]})
    rows: dict[tuple[int, float], Any] = {}
    for size, draws in zip(settings["sizes"], settings["cluster_draws"], strict=True):
        for t in run.progress(temperatures, f"{size} x {size}"):
            rows[size, t] = run.part(f"{size}, T={t:.4f}", one_temperature, size, t, draws, settings, run.seed)
    for source in ("data", "cluster"):
        for name in DISTANCES:
            found[f"{source}_{name}"] = np.array(
                [[rows[size, t][f"{source}_{name}"] for t in settings["T"]] for size in settings["sizes"]]
            )
        for place, size in zip(PLACES, settings["sizes"], strict=True):
            for name in CORRELATED:
                column = [rows[size, t][f"{source}_{name}"] for t in settings["correlated"]]
                found[f"{source}_{name}_{place}"] = np.array(column)
    for place, size in zip(PLACES, settings["sizes"], strict=True):
        found[f"pictures_{place}"] = np.array([rows[size, t]["pictures"] for t in settings["pictured"]])
    return found


def one_temperature(
    size: int, temperature: float, draws: int, settings: Mapping[str, Any], seed: int
) -> dict[str, Any]:
    """All numbers of one lattice and temperature; first axis: run, or chain of `draws` of the cluster method."""
    data = protocol.data_sets(size, temperature, "cold", settings, seed, keep_spins=True).spins.values
    cluster = sample(
        Ising((size, size)), temperature, draws, method="swendsen_wang",
        sweeps_between=settings["cluster_sweeps"], n_chains=settings["chains"], seed=seed, threads=1,
    ).spins.values[0]  # fmt: skip
    found: dict[str, Any] = {"pictures": data[0, [len(data[0]) // 2, -1]].astype(np.int8)}
    for source, spins in (("data", data), ("cluster", cluster)):
        found[f"{source}_distance"] = np.array([hamming_distance(one) for one in spins])
        found[f"{source}_aligned_distance"] = np.array([hamming_distance(aligned(one)) for one in spins])
        if temperature in settings["correlated"]:
            several = [sets.asked(one) for one in spins[: settings["correlation_runs"]]]
            found |= {f"{source}_{name}": np.array([one[name] for one in several]) for name in CORRELATED}
    return found
