"""What a sweep costs: seconds per sweep and chain of every sampler whose autocorrelation time is measured.

At the temperatures and sizes of `experiments.vae.autocorrelation`. Seconds are those that the process spent on its one
thread; other programs on the machine lengthen them a little. Packed bits update as many chains as share their words,
and their time is divided by that number; all others run one chain.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import process_time
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vae import random_flips
from experiments.vae.autocorrelation import CHAIN, CHAIN_METHODS, CRITICAL, PACKED, TORUS, TORUS_METHODS, XY_METHODS
from spinlib import sample
from spinlib.models import XY, Ising
from spinlib.samplers.random import streams

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "chain": [1.0, 3.0], "torus": [CRITICAL, 4.0], "xy": [1.0], "sizes": [6], "repeats": 3, "seconds": 0.001,
    },
    "paper": {"chain": CHAIN, "torus": TORUS, "xy": CHAIN, "sizes": [16, 32, 64], "repeats": 5, "seconds": 0.05},
}  # fmt: skip
COMPARE = {"*_seconds": "magnitude", ("chain", "torus", "xy", "sizes"): "exact"}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Seconds of one sweep of one chain (method, temperature or size, repeat)."""
    found: dict[str, Any] = {name: np.array(settings[name]) for name in ("chain", "torus", "xy", "sizes")}
    chain, torus, planar = Ising((6,), boundary="free"), Ising((10, 10)), XY((6,), boundary="free")
    cases: dict[str, tuple[tuple[str, ...], list[tuple[Any, float]]]] = {
        "chain": (CHAIN_METHODS, [(chain, t) for t in settings["chain"]]),
        "torus": (TORUS_METHODS, [(torus, t) for t in settings["torus"]]),
        "xy": (XY_METHODS, [(planar, t) for t in settings["xy"]]),
        "sizes": (TORUS_METHODS, [(Ising((size, size)), CRITICAL) for size in settings["sizes"]]),
    }
    for name, (methods, places) in cases.items():
        found[f"{name}_seconds"] = np.array(
            [
                [
                    run.part(
                        f"{name}, {method}, {model.n_sites} sites, T={temperature:.4f}",
                        *(sweep_seconds, method, model, temperature),
                        *(settings["seconds"], settings["repeats"], run.seed),
                    )
                    for model, temperature in places
                ]
                for method in run.progress(methods, name)
            ]
        )
    return found


def sweep_seconds(method: str, model: Any, temperature: float, least: float, repeats: int, seed: int) -> np.ndarray:
    """Seconds of one sweep of one chain (repeat,), each from n sweeps that take at least so many seconds.

    The start of a call does not count: of the times of calls without any of these sweeps the shortest is subtracted, so
    that a pause of the machine during one of them makes no sweep faster than it is.
    """
    n = 100
    timed(method, model, temperature, n, seed)  # not measured: the first call compiles
    while True:
        start = min(timed(method, model, temperature, 0, seed) for _ in range(repeats))
        spent = np.array([timed(method, model, temperature, n, seed) for _ in range(repeats)]) - start
        if spent.min() >= least:
            return spent / n / (PACKED if method == "multispin" else 1)
        n *= 2


def timed(method: str, model: Any, temperature: float, n: int, seed: int) -> float:
    """Seconds of n sweeps, and of what a call does besides."""
    if method == "random flips":
        spins, rng = np.ones((1, *model.shape), np.int8), streams(seed, "sweep costs", 0, 1)
        begin = process_time()
        random_flips.sweep(model, spins, temperature, rng, n)
        return process_time() - begin
    chains = PACKED if method == "multispin" else 1
    begin = process_time()
    sample(
        model, temperature, 1, method=method, burn_in=n, n_chains=chains, threads=1, keep_spins=False, start="cold",
        seed=seed,
    )  # fmt: skip
    return process_time() - begin
