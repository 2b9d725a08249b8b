"""Where the transition of figure 2 of paper dp is: Binder crossings and peaks of the susceptibility, for several sizes.

One long Swendsen-Wang run per size at T_c, and one above it where the susceptibility peaks, are reweighted to
neighbouring temperatures (Ferrenberg and Swendsen, PRL 61, 2635). The sizes are the paper's; the rest is ours.

With U = U* + a L (T - T_c) the cumulant at the crossing of L and 2L is 2 U(L) - U(2L) at T_c: an error of the smaller
size counts twice, and its sweeps cost a quarter. So the largest pair, on which the claims rest, has six sweeps from
draw to draw of the smaller lattice and two of the larger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from spinlib import sample
from spinlib.exact import onsager
from spinlib.finite_size import CriticalRun, binder_crossing, susceptibility_peak
from spinlib.models import Ising

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "L": [8, 16],
        "draws": 2000,
        "peak_draws": 2000,
        "chains": 2,
        "burn_in": 50,
        "peak": 2.0,
        "sweeps_between": [[1, 1]],
    },
    "paper": {
        "L": [16, 32, 64, 128, 256],
        "draws": 40000,
        "peak_draws": 4000,
        "chains": 16,
        "burn_in": 200,
        "peak": 2.0,
        # From draw to draw at T_c, of the smaller and the larger size of each pair.
        "sweeps_between": [[1, 1], [1, 1], [1, 1], [6, 2]],
    },
}
VERSION = 2
COMPARE = {"L": "exact"}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Peak temperatures (L,); crossing temperatures of successive sizes, and the cumulant there (L - 1,)."""
    sizes = settings["L"]
    peaks = [run.part(f"peak L={L}", one_peak, L, settings, run.seed + L) for L in run.progress(sizes, "peaks")]
    crossings = [
        run.part(f"crossing L={a},{b}", one_crossing, (a, b), between, settings, run.seed - 1000 * a)
        for (a, b), between in run.progress(
            list(zip(pairwise(sizes), settings["sweeps_between"], strict=True)), "pairs"
        )
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


def one_crossing(pair: Sequence[int], between: Sequence[int], settings: Mapping[str, Any], seed: int) -> list[float]:
    """Where the cumulants of two sizes cross, and their value there, each with its error."""
    tc = float(onsager.critical_temperature())
    first, second = (
        one_run(tc, size, settings["draws"], settings, seed + size, sweeps)
        for size, sweeps in zip(pair, between, strict=True)
    )
    temperature, value = binder_crossing(first, second, tc + np.linspace(-0.5, 0.5, 9) / pair[0])
    return [*temperature[:2], *value[:2]]


def one_run(
    temperature: float, size: int, n_draws: int, settings: Mapping[str, Any], seed: int, between: int = 1
) -> CriticalRun:
    """A run as `spinlib.finite_size.critical_run` makes it, with `between` sweeps from draw to draw."""
    model = Ising((size, size))
    with ThreadPoolExecutor(2) as executor:
        draws = sample(
            model, [temperature], n_draws, method="swendsen_wang", start="cold", n_chains=settings["chains"],
            burn_in=settings["burn_in"], sweeps_between=between, keep_spins=False, seed=seed, executor=executor,
        )  # fmt: skip
    energies, order = draws.energy.values[0], draws.magnetization.values[0]
    return CriticalRun(model.n_sites * energies, order, temperature, model.n_sites)
