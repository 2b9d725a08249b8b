"""The temperature of one configuration of the periodic ferromagnet from its energy: likeliest, and posterior mean.

Both from the exact ln Z, for temperatures equally probable between 0.1 and 4, which is the paper's range. Their
root-mean-square errors at fixed temperatures stand beside the Cramer-Rao bound; with temperatures that are drawn from
that range, the mean squared error of the posterior mean is the least possible one, and has to be the mean of the
posterior's variance. All configurations are in equilibrium, by clusters.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vit import systems
from spinlib import sample
from spinlib.exact import kaufman
from spinlib.exact.temperature_estimates import error_bound, estimates

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "side": 16,
        "T": [1.0, 2.0, 2.269, 3.0],
        "chains": 32, "draws": 8, "sweeps": 10, "burn_in": 50, "drawn": 300,
    },
    "paper": {
        "side": 100,
        "T": [0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 1.6, 1.8, 2.0, 2.15, 2.269, 2.35, 2.5, 3.0, 3.5],
        "chains": 128, "draws": 32, "sweeps": 20, "burn_in": 200, "drawn": 8000,
    },
}  # fmt: skip
COMPARE: dict[Any, Any] = {
    ("T", "bound"): "exact",
    ("drawn_T", "drawn_likeliest", "drawn_mean", "drawn_deviation"): "kept",
}
ENDS = (systems.LOWEST, systems.EDGES[-1])
SYSTEM = "ferromagnet"


def estimated(energies: np.ndarray, side: int) -> Any:
    """Estimates from total energies (...), by the exact ln Z of a torus."""
    return estimates(energies, ENDS, partial(kaufman.log_partition, shape=(side, side)))


def root_mean_square(errors: np.ndarray) -> tuple[float, float]:
    """Of errors (chain, draw), independent from chain to chain: its value and standard error."""
    squares = (errors**2).mean(axis=1)
    value = float(np.sqrt(squares.mean()))
    return value, float(squares.std(ddof=1) / np.sqrt(len(squares)) / (2 * value))


def total_energies(T: Any, side: int, n_draws: int, settings: Mapping[str, Any], seed: int, chains: int) -> np.ndarray:
    """Energies of whole configurations in J, (temperature, chain, draw)."""
    model = systems.model_of(SYSTEM, side)
    drawn = sample(
        model, T, n_draws, method="swendsen_wang", n_chains=chains, sweeps_between=settings["sweeps"],
        burn_in=settings["burn_in"], observables=("energy",), keep_spins=False, seed=seed,
    )  # fmt: skip
    return np.round(drawn.energy.values * model.n_sites)


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """T, bound (temperature,); with errors "likeliest_rms", "posterior_rms", and the same with "_bias" (temperature,).

    "drawn_T" (n,) from the whole range, with "drawn_likeliest", "drawn_mean" and "drawn_deviation".
    """
    side, T = settings["side"], np.array(settings["T"])
    found: dict[str, Any] = {"T": T, "bound": error_bound(T, side**2, kaufman.specific_heat(T, (side, side)))}
    how = {name: settings[name] for name in ("sweeps", "burn_in")}
    energies = run.part("fixed", total_energies, T, side, settings["draws"], how, run.seed, settings["chains"])
    told = estimated(energies, side)
    for name, values in (("likeliest", told.likeliest), ("posterior", told.mean)):
        off = values - T[:, None, None]
        rms = [root_mean_square(each) for each in off]
        found[f"{name}_rms"], found[f"{name}_rms_error"] = (np.array(column) for column in zip(*rms, strict=True))
        means = off.mean(axis=2)
        found[f"{name}_bias"] = means.mean(axis=1)
        found[f"{name}_bias_error"] = means.std(axis=1, ddof=1) / np.sqrt(means.shape[1])
    drawn = np.sort(np.random.default_rng(run.seed).uniform(*ENDS, settings["drawn"]))
    energies = run.part("drawn", total_energies, drawn, side, 1, how, run.seed + 1, 1)
    told = estimated(energies[:, 0, 0], side)
    return found | {
        "drawn_T": drawn,
        "drawn_likeliest": told.likeliest,
        "drawn_mean": told.mean,
        "drawn_deviation": told.deviation,
    }
