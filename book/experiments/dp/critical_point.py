"""Where the transition of figure 2 of paper dp is: Binder crossings and peaks of the susceptibility, for several sizes.

One long Swendsen-Wang run per size at T_c, and one above it where the susceptibility peaks, are reweighted to
neighbouring temperatures (Ferrenberg and Swendsen, PRL 61, 2635). The sizes are the paper's; the rest is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from spinlib.exact import onsager
from spinlib.finite_size import CriticalRun, binder_crossing, critical_run, susceptibility_peak
from spinlib.models import Ising

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"L": [8, 16], "draws": 2000, "peak_draws": 2000, "chains": 2, "burn_in": 50, "peak": 2.0},
    "paper": {
        "L": [16, 32, 64, 128, 256],
        "draws": 40000,
        "peak_draws": 4000,
        "chains": 16,
        "burn_in": 200,
        "peak": 2.0,
    },
}
COMPARE = {"L": "exact"}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Peak temperatures (L,); crossing temperatures of successive sizes, and the cumulant there (L - 1,)."""
    sizes = settings["L"]
    peaks = [run.part(f"peak L={L}", one_peak, L, settings, run.seed + L) for L in run.progress(sizes, "peaks")]
    crossings = [
        run.part(f"crossing L={a},{b}", one_crossing, a, b, settings, run.seed - 1000 * a)
        for a, b in run.progress(list(pairwise(sizes)), "crossings")
    ]
    peak, crossing = np.array(peaks), np.array(crossings)
    return {
        "L": np.array(sizes),
        "peak": peak[:, 0], "peak_error": peak[:, 1],
        "crossing": crossing[:, 0], "crossing_error": crossing[:, 1],
        "cumulant": crossing[:, 2], "cumulant_error": crossing[:, 3],
    }  # fmt: skip


def one_peak(size: int, settings: Mapping[str, Any], seed: int) -> Any:
    """Where the susceptibility peaks, with its error, from a run at T_c + peak / L."""
    center = onsager.critical_temperature() + settings["peak"] / size
    grid = center + np.linspace(-1.0, 1.0, 9) / size
    return susceptibility_peak(one_run(center, size, settings["peak_draws"], settings, seed), grid)[:2]


def one_crossing(small: int, large: int, settings: Mapping[str, Any], seed: int) -> list[float]:
    """Where the cumulants of two sizes cross, and their value there, each with its error."""
    tc = onsager.critical_temperature()
    first, second = (one_run(tc, size, settings["draws"], settings, seed + size) for size in (small, large))
    temperature, value = binder_crossing(first, second, tc + np.linspace(-0.5, 0.5, 9) / small)
    return [*temperature[:2], *value[:2]]


def one_run(temperature: float, size: int, n_draws: int, settings: Mapping[str, Any], seed: int) -> CriticalRun:
    with ThreadPoolExecutor(2) as executor:
        return critical_run(
            Ising((size, size)), temperature, n_draws,
            n_chains=settings["chains"], burn_in=settings["burn_in"], seed=seed, executor=executor,
        )  # fmt: skip
