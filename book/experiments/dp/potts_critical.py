"""Beside figure 4 of paper dp: the three-state Potts model at its exact critical temperature, for several sizes.

Swendsen-Wang runs at the exact T_c, whose Binder cumulants are reweighted to neighbouring temperatures. Paper dp
measures neither: sizes and draws are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from spinlib.exact import potts
from spinlib.finite_size import CriticalRun, binder_crossing, critical_run
from spinlib.models import Potts
from spinlib.statistics import mean_and_error

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"L": [8, 16], "draws": 2000, "chains": 2, "burn_in": 50},
    "paper": {"L": [16, 32, 64, 128, 256], "draws": 4000, "chains": 16, "burn_in": 500},
}
COMPARE = {"L": "exact", "tau": 0.5}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Energy per site at T_c and tau_int in draws (L,), and the crossing temperatures of successive sizes (L - 1,)."""
    tc = float(potts.critical_temperature(3))
    runs = {
        size: CriticalRun(**run.part(f"L={size}", one_size, size, settings, run.seed + size))
        for size in run.progress(settings["L"], "size")
    }
    energies = [mean_and_error(one.energies / one.n_sites) for one in runs.values()]
    window = np.linspace(-0.3, 0.3, 9)
    crossings = [binder_crossing(runs[a], runs[b], tc + window / a)[0] for a, b in pairwise(settings["L"])]
    return {
        "L": np.array(settings["L"]),
        "energy": np.array([e.value for e in energies]),
        "energy_error": np.array([e.error for e in energies]),
        "tau": np.array([e.tau_int for e in energies]),
        "crossing": np.array([c.value for c in crossings]),
        "crossing_error": np.array([c.error for c in crossings]),
    }


def one_size(size: int, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """The fields of a CriticalRun at T_c."""
    with ThreadPoolExecutor(2) as executor:
        run = critical_run(
            Potts((size, size), q=3), float(potts.critical_temperature(3)), settings["draws"],
            n_chains=settings["chains"], burn_in=settings["burn_in"], seed=seed, executor=executor,
        )  # fmt: skip
    return run._asdict()
