"""Beside figure 4 of paper dp: the energy of the three-state Potts model by the paper's convolution method.

No closed form is known on a finite torus. The smallest size is compared with its transfer matrix, which is exact; the
others with Swendsen-Wang clusters at the same size and temperature. Sizes, temperatures and draws are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from spinlib import sample
from spinlib.models import Potts
from spinlib.statistics import mean_and_error

if TYPE_CHECKING:
    from spinbook import Run

STATES = 3
WIDEST = 6  # 3^6 rows of a transfer matrix
CRITICAL = 0.994973
NEAR, FAR = [0.7, 0.9, CRITICAL, 1.1, 1.5], [0.7, 0.9, 1.1, 1.5]
# Size, temperatures, chains, sweeps of burn-in, sweeps between draws.
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"draws": 300, "plans": [(4, [1.1, 1.5], 16, 100, 2), (8, [1.1, 1.5], 16, 100, 2)]},
    "paper": {
        "draws": 500,
        "plans": [
            (6, NEAR, 32, 500, 4),
            (16, NEAR, 16, 1500, 5),
            (64, FAR, 4, 600, 2),
            (128, FAR, 2, 600, 2),
            (256, [0.7, 1.5], 1, 200, 1),
        ],
    },
}
COMPARE = {("L", "T", "is_exact"): "exact", "tau": 0.5}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Size, temperature; energy per site, its reference, both with errors; tau_int in sweeps; whether it is exact."""
    points = [(size, t, *rest) for size, grid, *rest in settings["plans"] for t in grid]
    rows = [
        run.part(f"L={size} T={t}", one_point, size, t, *rest, settings["draws"], run.seed)
        for size, t, *rest in run.progress(points, "point")
    ]
    return {
        "L": np.array([point[0] for point in points]),
        "T": np.array([point[1] for point in points]),
        **{name: np.array([row[name] for row in rows]) for name in rows[0]},
    }


def one_point(
    size: int, temperature: float, chains: int, burn_in: int, between: int, n_draws: int, seed: int
) -> dict[str, float]:
    """The energy by convolution and its reference at one size and temperature."""
    model = Potts((size, size), q=STATES)
    common: dict[str, Any] = {"observables": ("energy",), "keep_spins": False, "start": "cold", "threads": 1}
    draws = sample(
        model, [temperature], n_draws, method="convolution", n_chains=chains, burn_in=burn_in, sweeps_between=between,
        seed=seed, **common,
    )  # fmt: skip
    energy = mean_and_error(draws.energy.values[0])
    exact = size <= WIDEST
    if exact:
        reference, error = torus_energy(size, size, temperature), 0.0
    else:
        clusters = sample(
            model, [temperature], 4 * n_draws, method="swendsen_wang", n_chains=4, burn_in=200, seed=seed + 1, **common
        )
        reference, error = mean_and_error(clusters.energy.values[0])[:2]
    return {
        "energy": energy.value,
        "energy_error": energy.error,
        "reference": reference,
        "reference_error": error,
        "tau": between * energy.tau_int,
        "is_exact": float(exact),
    }


def torus_energy(width: int, height: int, temperature: float, q: int = STATES) -> float:
    """Energy per site of a periodic Potts lattice, from the eigenvalues of its transfer matrix.

    d ln Z / d beta is a central difference of fourth order, exact to about 1e-9.
    """
    beta, step = 1 / temperature, 1e-3
    values = {k: log_partition(width, height, beta + k * step, q) for k in (-2, -1, 1, 2)}
    slope = (8 * (values[1] - values[-1]) - (values[2] - values[-2])) / (12 * step)
    return -slope / (width * height)


def log_partition(width: int, height: int, beta: float, q: int) -> float:
    """ln Tr V^height with the symmetric transfer matrix V between rows of `width` sites; both at least 2."""
    rows = np.stack(np.unravel_index(np.arange(q**width), (q,) * width))
    along = (rows == np.roll(rows, 1, axis=0)).sum(axis=0)  # bonds within a row, the one that wraps around too
    across = sum((row[:, None] == row).astype(float) for row in rows)
    matrix = np.exp(beta * (across + (along[:, None] + along) / 2))
    eigenvalues = np.linalg.eigvalsh(matrix)
    largest = eigenvalues[-1]
    return float(height * np.log(largest) + np.log(((eigenvalues / largest) ** height).sum()))
