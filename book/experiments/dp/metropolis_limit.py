"""Section III A of paper dp: the energy of Algorithm 2 as alpha grows, beside the exact one of Metropolis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from spinlib.models import Ising
from spinlib.samplers.convolution import draw_noise
from spinlib.samplers.convolution.differentiable import relaxed_sweep
from spinlib.samplers.random import torch_generator
from spinlib.statistics import mean_and_error

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"size": 8, "T": 2.0, "alpha": [10, 10000], "chains": 16, "burn_in": 50, "sweeps": 200},
    "paper": {
        "size": 16,
        "T": 2.0,
        "alpha": [10, 30, 100, 1000, 10000],
        "chains": 32,
        "burn_in": 200,
        "sweeps": 3000,
    },
}
COMPARE = {"alpha": "exact"}


def relaxed_energy(alpha: float, discretize: str, settings: Mapping[str, Any], seed: int, index: int) -> Any:
    """Energy per site of Algorithm 2 as a Markov chain, from a cold start."""
    model = Ising((settings["size"],) * 2)
    rng = torch_generator(seed, "metropolis limit", 0, index)
    spins = torch.ones(settings["chains"], 1, *model.shape)
    energies = []
    with torch.no_grad():
        for sweep in range(settings["burn_in"] + settings["sweeps"]):
            noise = draw_noise(spins, rng)
            spins = relaxed_sweep(model, spins, settings["T"], alpha, noise, discretize=discretize)
            if sweep >= settings["burn_in"]:
                energies.append(model.energy(spins[:, 0]) / model.n_sites)
    return mean_and_error(torch.stack(energies, dim=1).numpy())[:2]


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    cases = [(alpha, "sweep") for alpha in settings["alpha"]] + [(settings["alpha"][0], "color")]
    rows = [
        run.part(f"{alpha} {when}", relaxed_energy, alpha, when, settings, run.seed, index)
        for index, (alpha, when) in enumerate(run.progress(cases, "alpha"))
    ]
    energy = np.array(rows)
    return {
        "alpha": np.array(settings["alpha"]),
        "energy": energy[:-1, 0], "energy_error": energy[:-1, 1],
        "by_color": energy[-1, 0], "by_color_error": energy[-1, 1],
    }  # fmt: skip
