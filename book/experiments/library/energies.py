"""Energies of every fast sampler beside exact ones, at many temperatures, with deviations in standard errors."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from spinlib.exact import kaufman, onsager
from spinlib.models import Ising
from spinlib.samplers import METHODS
from spinlib.samplers.chains import measure
from spinlib.samplers.multispin import PackedSpins
from spinlib.samplers.random import streams
from spinlib.statistics import mean_and_error

if TYPE_CHECKING:
    from spinbook import Run


CRITICAL = float(onsager.critical_temperature())


DYNAMICS = {"multispin": "metropolis", "multispin heat_bath": "heat_bath"}  # of packed spins


def local(*plan: Any) -> Any:
    return [(kernel, t, *plan) for kernel in DYNAMICS for t in (2.0, 2.5, 3.0)]


# Kernel, temperature, chains, sweeps before the first draw, draws of each chain, sweeps between them.
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "L": 128,
        "cases": [
            *local(8, 500, 400, 5),
            ("swendsen_wang", 2.0, 8, 50, 300, 1),
            ("swendsen_wang", CRITICAL, 8, 100, 600, 1),
            ("swendsen_wang", 2.5, 8, 50, 200, 1),
            ("swendsen_wang", 3.0, 8, 50, 200, 1),
            ("wolff", 2.0, 8, 50, 150, 1),
            ("wolff", CRITICAL, 8, 100, 250, 1),
            ("wolff", 2.5, 8, 50, 150, 1),
            ("wolff", 3.0, 8, 50, 150, 1),
        ],
    },
    "paper": {
        "L": 1024,
        "cases": [
            *local(32, 1000, 500, 5),
            ("swendsen_wang", 2.0, 16, 50, 500, 1),
            ("swendsen_wang", CRITICAL, 16, 200, 10_000, 1),
            ("swendsen_wang", 2.5, 16, 50, 450, 1),
            ("swendsen_wang", 3.0, 16, 50, 240, 1),
            ("wolff", 2.0, 16, 50, 160, 1),
            ("wolff", CRITICAL, 16, 100, 2_700, 1),
            ("wolff", 2.5, 16, 50, 240, 1),
            ("wolff", 3.0, 16, 50, 160, 1),
        ],
    },
}
COMPARE = {("kernel", "T", "exact"): "exact", "tau": 0.5, "z": "kept"}


def one_chain(
    model: Any, kernel: str, temperature: float, rng: np.ndarray, burn_in: int, n_draws: int, interval: int
) -> Any:
    """Energies per site (draw,) of one chain from a cold start."""
    temperatures, spins = np.array([temperature]), np.ones((1, *model.shape), np.int8)
    packed = kernel in DYNAMICS and PackedSpins(model, spins, temperatures, rng, dynamics=DYNAMICS[kernel])
    energies = np.empty(n_draws)
    for draw in range(-1, n_draws):
        n = burn_in if draw < 0 else interval
        if packed:
            packed.sweep(n)
            energies[draw] = packed.energy()[0] / model.n_sites
        else:
            METHODS[kernel].sweep(model, spins, temperatures, rng, n)
            energies[draw] = measure.energy(model, spins)[0]
    return energies


def one_case(model: Any, kernel: str, temperature: float, n_chains: int, plan: Any, seed: int) -> Any:
    """Mean of all chains, its error, the exact value, tau_int in sweeps, and (mean - exact) / error of each chain."""
    rng = streams(seed, f"{kernel} {temperature}", 0, n_chains)
    with ThreadPoolExecutor(2) as threads:
        tasks = [threads.submit(one_chain, model, kernel, temperature, rng[k : k + 1], *plan) for k in range(n_chains)]
        chains = np.array([task.result() for task in tasks])
    exact, together = kaufman.energy(temperature, model.shape), mean_and_error(chains)
    z = [(alone.value - exact) / alone.error for alone in map(mean_and_error, chains)]
    return {"e": together.value, "e_error": together.error, "exact": exact, "tau": plan[-1] * together.tau_int, "z": z}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """The same of all cases, and which seed belongs to which."""
    model = Ising((settings["L"], settings["L"]))
    found = [
        run.part(f"{kernel} T={t}", one_case, model, kernel, t, n_chains, plan, run.seed)
        for kernel, t, n_chains, *plan in run.progress(settings["cases"], "kernel")
    ]
    columns = {name: np.array([case[name] for case in found]) for name in ("e", "e_error", "exact", "tau")}
    kernels, temperatures = zip(*((kernel, t) for kernel, t, *_ in settings["cases"]), strict=True)
    columns |= {
        "kernel": np.array(kernels),
        "T": np.array(temperatures),
        "z": np.concatenate([case["z"] for case in found]),
    }
    return columns
