"""How many sweeps a quench needs: |m| of the periodic ferromagnet against sweeps, and the quenches that end in stripes.

Chains begin at random spins, and others at a ground state; in equilibrium both have one |m|. One temperature in each
class. The share of quenches with straight stripes, after many sweeps at the lowest temperature, is compared with that
of quenches to T = 0 on a large torus (K. Barros, P. L. Krapivsky and S. Redner, Phys. Rev. E 80, 040101 (2009)).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vit import systems
from spinlib.samplers.multispin import PackedSpins
from spinlib.samplers.random import streams

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "side": 16, "T": [0.5, 1.6, 2.22, 3.0], "chains": 64, "quenches": 256, "long": 400,
        "sweeps": [0, 20, 50, 75],
    },
    "paper": {
        "side": 100, "T": [0.5, 1.6, 2.22, 3.0], "chains": 256, "quenches": 1024, "long": 20_000,
        "sweeps": [0, 10, 20, 50, 100, 200, 300, 500, 750, 1000, 2000, 5000],
    },
}  # fmt: skip
COMPARE: dict[Any, Any] = {("T", "sweeps"): "exact", "stripes": "counts"}


def absolute(start: str, T: float, settings: Mapping[str, Any], seed: int) -> dict[str, np.ndarray]:
    """|m| after the numbers of sweeps, mean over chains and its error, (sweeps,)."""
    model, n = systems.model_of("ferromagnet", settings["side"]), settings["chains"]
    spins = model.random(seed, (n,)) if start == "random" else systems.ground_states(model, n, seed)
    packed = PackedSpins(model, spins, np.full(n, T), streams(seed, "relaxation", 0, n))
    done, found = 0, []
    for sweeps in settings["sweeps"]:
        packed.sweep(sweeps - done)
        done = sweeps
        found.append(np.abs(packed.magnetization()) / model.n_sites)
    return {"m": np.mean(found, axis=1), "m_error": np.std(found, axis=1, ddof=1) / np.sqrt(n)}


def striped(settings: Mapping[str, Any], seed: int) -> int:
    """The number of long quenches to the lowest temperature that have straight stripes."""
    model, n = systems.model_of("ferromagnet", settings["side"]), settings["quenches"]
    T = np.full(n, settings["T"][0])
    return int(systems.has_stripes(systems.quenched(model, T, settings["long"], seed)).sum())


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """T, sweeps; "random_m" and "ground_m" with errors (temperature, sweeps); stripes: a number of quenches."""
    found: dict[str, Any] = {"T": np.array(settings["T"]), "sweeps": np.array(settings["sweeps"])}
    for start in ("random", "ground"):
        rows = [
            run.part(f"{start}, T={T}", absolute, start, T, dict(settings), run.seed + 100 * k + (start == "ground"))
            for k, T in enumerate(settings["T"])
        ]
        found |= {f"{start}_{name}": np.array([row[name] for row in rows]) for name in rows[0]}
    return found | {"stripes": np.array(run.part("stripes", striped, dict(settings), run.seed + 999))}
