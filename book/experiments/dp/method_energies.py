"""Beside figure 2 of paper dp: the energy that its own method gives, at several sizes and temperatures.

Three ways of the same single-spin Metropolis dynamics, colour by colour: the convolution method as `spinlib.sample`
runs it (a site is left out once in 256 times), Algorithm 1 to the letter (none is left out), and packed bits.

Single flips forget their past after about min(xi, L)^z sweeps, with the exact correlation length xi of the infinite
lattice and z = 2.1667 (Nightingale and Bloete, PRL 76, 4548, 1996). A point is run where this time is at most
`longest`; its burn-in is ten such times and 100 sweeps more. The sizes are the paper's; the rest is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from spinlib import sample
from spinlib.exact import kaufman, onsager
from spinlib.models import Ising
from spinlib.samplers import convolution
from spinlib.statistics import mean_and_error

if TYPE_CHECKING:
    from spinbook import Run

CRITICAL = 2.269185
DYNAMIC_EXPONENT = 2.1667
LETTER = "Algorithm 1"
# Size, chains, and the longest relaxation time in sweeps that the run affords.
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "T": [2.0, 3.0],
        "draws": 100,
        "plans": {
            "convolution": [(8, 16, 20), (16, 16, 20)],
            "Algorithm 1": [(8, 16, 20)],
            "multispin": [(8, 16, 20), (16, 16, 20)],
        },
    },
    "paper": {
        "T": [1.8, 2.0, 2.1, 2.2, CRITICAL, 2.3, 2.4, 2.6, 3.0],
        "draws": 300,
        "plans": {
            "convolution": [(16, 16, 500), (32, 4, 200), (64, 2, 200), (128, 2, 60), (256, 1, 60)],
            "Algorithm 1": [(64, 2, 200)],
            "multispin": [(16, 16, 10_000), (32, 16, 10_000), (64, 16, 10_000), (128, 16, 10_000), (256, 16, 200)],
        },
    },
}
COMPARE = {("L", "T", "method", "relaxation", "exact"): "exact", "tau": 0.5}


def relaxation_time(temperature: float, size: int) -> float:
    """Sweeps after which single flips have forgotten, min(xi, L)^z; at the critical temperature L^z."""
    if abs(temperature - onsager.critical_temperature()) < 1e-5:
        return float(size**DYNAMIC_EXPONENT)
    return float(min(onsager.correlation_length(temperature), size) ** DYNAMIC_EXPONENT)


def plan(settings: Mapping[str, Any]) -> list[tuple[str, int, int, float]]:
    """Method, size, chains and temperature of every point that can be equilibrated within its size's longest time."""
    return [
        (method, size, chains, temperature)
        for method, sizes in settings["plans"].items()
        for size, chains, longest in sizes
        for temperature in settings["T"]
        if relaxation_time(temperature, size) <= longest
    ]


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Method, size, temperature; energy per site with its error, Kaufman's; tau_int and relaxation time in sweeps."""
    points = plan(settings)
    rows = [
        run.part(f"{method} L={size} T={t}", one_point, method, size, chains, t, settings["draws"], run.seed)
        for method, size, chains, t in run.progress(points, "point")
    ]
    return {
        "method": np.array([point[0] for point in points]),
        "L": np.array([point[1] for point in points]),
        "T": np.array([point[3] for point in points]),
        **{name: np.array([row[name] for row in rows]) for name in rows[0]},
    }


def one_point(method: str, size: int, chains: int, temperature: float, n_draws: int, seed: int) -> dict[str, float]:
    """The energy of one method at one size and temperature."""
    relaxation = relaxation_time(temperature, size)
    burn_in, between = 100 + round(10 * relaxation), max(1, round(relaxation / 20))
    model = Ising((size, size))
    if method == LETTER:
        series = to_the_letter(model, temperature, n_draws, chains, burn_in, between, seed)
    else:
        series = sample(
            model, [temperature], n_draws, method=method, start="cold", n_chains=chains, burn_in=burn_in,
            sweeps_between=between, observables=("energy",), keep_spins=False, seed=seed, threads=1,
        ).energy.values[0]  # fmt: skip
    energy = mean_and_error(series)
    return {
        "energy": energy.value,
        "energy_error": energy.error,
        "exact": float(kaufman.energy(temperature, model.shape)),
        "tau": between * energy.tau_int,
        "relaxation": relaxation,
    }


def to_the_letter(
    model: Ising, temperature: float, n_draws: int, chains: int, burn_in: int, between: int, seed: int
) -> np.ndarray:
    """Energies per site (chain, draw) of Algorithm 1 with no site left out, from a cold start."""
    # The temperature belongs to the stream, so that no two points share their noise.
    key = np.random.SeedSequence([seed, model.n_sites, round(temperature * 10**6)])
    rng = torch.Generator().manual_seed(int(key.generate_state(1, np.uint64)[0] >> np.uint64(1)))
    spins = torch.ones((chains, 1, *model.shape))
    convolution.sweep(model, spins, temperature, rng, burn_in)
    energies = np.empty((chains, n_draws))
    for draw in range(n_draws):
        convolution.sweep(model, spins, temperature, rng, between)
        energies[:, draw] = np.asarray(model.energy(spins[:, 0])) / model.n_sites
    return energies
