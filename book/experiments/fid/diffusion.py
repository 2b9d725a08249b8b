"""DiffIsing2 of paper fid, its way from noise to a configuration, and what a configuration costs.

`experiments.fid.models` has the models. The way from noise (Fig. 4) is the paper's sampler, 1000 steps,
beside as many Metropolis runs from random starts of the same lattice.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.fid import models
from spinlib import sample
from spinlib.learning.diffusion_sampling import generate
from spinlib.models import Ising
from spinlib.statistics import integrated_autocorrelation_time

if TYPE_CHECKING:
    from spinbook import Run

WAY = {"way": [1.8, 2.3, 2.8], "starts": 25, "every": 20, "metropolis_starts": 100}
COST = {"cost": [1.8, 2.3, 2.8], "cost_sweeps": 20_000}
MODELS = ["DiffIsing2"]
PICTURES = (1.0, 0.4, 0.2, 0.1, 0.0)  # shares of the steps that are left when the first configuration is drawn
METHODS = ("metropolis", "multispin", "swendsen_wang")
CHAINS = {"metropolis": 1, "multispin": 64, "swendsen_wang": 1}  # as many as one call updates together
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        **models.SMOKE, "models": MODELS, "way": [1.8, 2.3], "starts": 3, "every": 1, "metropolis_starts": 10,
        "cost": [1.8, 2.3], "cost_sweeps": 400,
    },
    "laptop": {**models.LAPTOP, "models": MODELS, **WAY, **COST},
    "paper": {**models.PAPER, "models": MODELS, **WAY, **COST, "starts": 100},
}  # fmt: skip
COMPARE: dict[Any, Any] = {
    **models.COMPARE,
    ("way_energy", "way_order", "way_raw_energy", "way_raw_order"): "kept",
    ("way_final_energy", "way_final_order", "way_many_domains"): ("seeds", 0),
    ("way_final_heat", "way_spins", "way_pictures"): "kept",
    ("metropolis_final_m", "cost_tau"): "kept",
    ("way_seconds", "cost_seconds"): "magnitude",
    ("way", "way_steps", "cost", "cost_methods"): "exact",
}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (model, seed, temperature, ...) as of `models.of_kinds`, and those of `way`, `from_random` and `cost`.

    way_...: DiffIsing2 (seed, temperature, ...). way_energy, way_order, way_raw_...: means over starts after the steps
    left `way_steps`, by signs and raw. metropolis_...: (temperature, sweep or start). cost_...: (temperature, method).
    """
    names = settings["models"]
    found, trainings = models.of_kinds(names, settings, run, models.train_kind, models.generated)
    ways = [
        [
            run.part(f"way, {k}, T={t:g}", way, part, t, settings, run.device, run.seed + 500_000 + 10 * k + j)
            for j, t in enumerate(settings["way"])
        ]
        for k, part in enumerate(run.progress(trainings[names.index("DiffIsing2")], "way"))
    ]
    found |= {name: np.array([[one[name] for one in row] for row in ways]) for name in ways[0][0]}
    quenches = [run.part(f"Metropolis, T={t:g}", from_random, t, settings, run.seed) for t in settings["way"]]
    found |= {name: np.array([one[name] for one in quenches]) for name in quenches[0]}
    costs = [run.part(f"cost, T={t:g}", cost, t, settings, run.seed) for t in settings["cost"]]
    found |= {name: np.array([one[name] for one in costs]) for name in costs[0]}
    return found | {
        "way": np.array(settings["way"]),
        "way_steps": np.array(kept_steps(settings)),
        "cost": np.array(settings["cost"]),
        "cost_methods": np.array(METHODS),
    }


def kept_steps(settings: Mapping[str, Any]) -> list[int]:
    """Steps that are left when configurations on the way are looked at."""
    return list(range(settings["steps"], -1, -settings["every"]))


def way(
    part: Mapping[str, Any], temperature: float, settings: Mapping[str, Any], device: str, seed: int
) -> dict[str, Any]:
    """The paper's sampler from noise, looked at on its way, and the configurations at its end."""
    network = models.with_weights(models.network_of(settings, device), part)
    begin, n = time.perf_counter(), settings["starts"]
    steps = kept_steps(settings)
    states = generate(
        network,
        temperature,
        n,
        seed,
        models.schedule_of(settings),
        at_steps=steps,
        from_input=settings["from_input"],
    ).astype(np.float64)
    seconds = (time.perf_counter() - begin) / n
    spins = np.where(states >= 0, 1.0, -1.0)
    energy, m = models.energies_of(spins), spins.mean(axis=(-2, -1))
    last = models.measured(states[-1], temperature)
    return {
        "way_energy": energy.mean(axis=1),
        "way_order": np.abs(m).mean(axis=1),
        "way_raw_energy": models.energies_of(states).mean(axis=1),
        "way_raw_order": np.abs(states.mean(axis=(-2, -1))).mean(axis=1),
        "way_final_energy": last["energy"],
        "way_final_order": last["order"],
        "way_final_heat": last["heat"],
        "way_many_domains": last["many_domains"],
        "way_spins": last["spins"],
        "way_pictures": states[[steps.index(round(share * steps[0])) for share in PICTURES], 0].astype(np.float32),
        "way_seconds": seconds,
    }


def from_random(temperature: float, settings: Mapping[str, Any], seed: int) -> dict[str, np.ndarray]:
    """Energy and |m| of Metropolis runs from random starts after every sweep, means over them, and m at the end."""
    draws = sample(
        Ising((settings["L"], settings["L"])), temperature, 1000, method="metropolis", start="random", burn_in=0,
        n_chains=settings["metropolis_starts"], keep_spins=False, seed=seed, threads=1,
    ).isel(temperature=0)  # fmt: skip
    energy, m = draws.energy.values, draws.magnetization.values
    return {
        "metropolis_energy": energy.mean(axis=0).astype(np.float32),
        "metropolis_energy_error": (energy.std(axis=0, ddof=1) / np.sqrt(len(energy))).astype(np.float32),
        "metropolis_order": np.abs(m).mean(axis=0).astype(np.float32),
        "metropolis_order_error": (np.abs(m).std(axis=0, ddof=1) / np.sqrt(len(m))).astype(np.float32),
        "metropolis_final_m": m[:, -1].astype(np.float32),
    }


def cost(temperature: float, settings: Mapping[str, Any], seed: int) -> dict[str, np.ndarray]:
    """Seconds of a sweep of one chain on one thread, and the autocorrelation time of |m| in sweeps, by method."""
    model = Ising((settings["L"], settings["L"]))
    seconds, tau = [], []
    for method in METHODS:
        n, chains = settings["cost_sweeps"], CHAINS[method]

        def draws(n: int, method: str = method, chains: int = chains) -> Any:
            return sample(
                model, temperature, n, method=method, start="cold", burn_in=100, n_chains=chains, keep_spins=False,
                seed=seed, threads=1,
            )  # fmt: skip

        draws(1)  # compiles
        begin = time.perf_counter()
        m = draws(n).magnetization.values[0]
        seconds.append((time.perf_counter() - begin) / n / chains)
        tau.append(integrated_autocorrelation_time(np.abs(m)))
    return {"cost_seconds": np.array(seconds), "cost_tau": np.array(tau)}
