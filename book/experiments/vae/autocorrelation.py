"""How long Markov chains remember: integrated autocorrelation times of the models of paper vae, for every sampler.

In sweeps of N attempts: single flips at random sites (the paper's), Metropolis and heat bath colour by colour, packed
bits, Swendsen-Wang and Wolff, whose sweep flips about N spins. Three observables: the energy, |m|, and m itself, of XY
spins its component along a fixed axis. The slowest of them says when a configuration is independent in all. The paper
gives no temperatures; these are ours, and so are the larger lattices at the critical temperature.

All chains begin in equilibrium, at configurations of a cluster method. A time counts where every chain is at least
`FEWEST` times as long; else it is nan, and the time is longer than the chain over `FEWEST`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vae import random_flips
from spinlib import sample
from spinlib.exact import onsager
from spinlib.models import XY, Ising
from spinlib.statistics import integrated_autocorrelation_time

if TYPE_CHECKING:
    from spinbook import Run

OBSERVABLES = ("energy", "|m|", "m")
CHAIN_METHODS = ("random flips", "metropolis", "heat_bath", "swendsen_wang", "wolff")
TORUS_METHODS = (*CHAIN_METHODS[:3], "multispin", *CHAIN_METHODS[3:])
XY_METHODS = ("metropolis", "over_relaxation", "wolff")
CRITICAL = onsager.critical_temperature()
FEWEST, WANTED = 20, 200  # tau_int in a chain
PACKED = 64  # chains of packed bits, which share words
INTERVAL = 20  # sweeps between the paper's measurements

CHAIN = [0.3, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0]
TORUS = [1.5, 1.8, 2.0, 2.1, 2.2, CRITICAL, 2.4, 2.7, 3.0, 4.0]
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "chain": [1.0, 3.0], "torus": [CRITICAL, 4.0], "xy": [1.0], "sizes": [6], "repetitions": 3, "chains": 2,
        "first": 256, "longest": {"chain": 1024, "torus": 1024, "xy": 256, "sizes": [512]},
    },
    "paper": {
        "chain": CHAIN, "torus": TORUS, "xy": CHAIN, "sizes": [16, 32, 64], "repetitions": 5, "chains": 8,
        "first": 2**14, "longest": {"chain": 2**18, "torus": 2**17, "xy": 2**16, "sizes": [2**15, 2**17, 2**18]},
    },
}  # fmt: skip
COMPARE: dict[Any, Any] = {
    **dict.fromkeys(("chain_tau", "torus_tau", "xy_tau", "sizes_tau"), ("seeds", 2)),
    **dict.fromkeys(("chain_kept_tau", "torus_kept_tau"), ("seeds", 1)),
    ("chain", "torus", "xy", "sizes"): "exact",
    "*_sweeps": "kept",
}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """tau_int in sweeps (method, temperature or size, repetition, observable), and lengths of the chains in sweeps.

    "kept": of every 20th sweep of single flips at random sites, in such measurements (temperature, repetition,
    observable).
    """
    found: dict[str, Any] = {name: np.array(settings[name]) for name in ("chain", "torus", "xy", "sizes")}
    chain, torus, planar = Ising((6,), boundary="free"), Ising((10, 10)), XY((6,), boundary="free")
    longest, few = settings["longest"], settings["chains"]
    cases: dict[str, tuple[tuple[str, ...], list[Any]]] = {
        "chain": (CHAIN_METHODS, [(chain, t, few, longest["chain"]) for t in settings["chain"]]),
        "torus": (TORUS_METHODS, [(torus, t, few, longest["torus"]) for t in settings["torus"]]),
        "xy": (XY_METHODS, [(planar, t, few, longest["xy"]) for t in settings["xy"]]),
        "sizes": (
            TORUS_METHODS,
            [
                (Ising((size, size)), CRITICAL, max(1, few * 8 // size), most)
                for size, most in zip(settings["sizes"], longest["sizes"], strict=True)
            ],
        ),
    }
    for name, (methods, places) in cases.items():
        parts = [
            [
                run.part(
                    f"{name}, {method}, {place[0].n_sites} sites, T={place[1]:.4f}",
                    *(one_case, method, *place, settings["first"], settings["repetitions"], run.seed),
                )
                for place in run.progress(places, f"{name}, {method}")
            ]
            for method in methods
        ]
        found[f"{name}_tau"] = np.array([[part["tau"] for part in row] for row in parts])
        found[f"{name}_sweeps"] = np.array([[part["sweeps"] for part in row] for row in parts])
        if name in ("chain", "torus"):
            found[f"{name}_kept_tau"] = np.array([part["kept_tau"] for part in parts[0]])
    return found


def one_case(
    method: str, model: Any, temperature: float, n_chains: int, longest: int, first: int, repetitions: int, seed: int
) -> dict[str, Any]:
    """tau (repetition, observable), kept_tau of the same shape, and the sweeps of a chain, which are as many in all.

    The first repetition decides how many: until a chain holds `WANTED` times the slowest observable's, or `longest`
    (half of it for packed bits, of which there are more chains).
    """
    packed = method == "multispin"
    longest = longest // 2 if packed else longest
    n, chains = min(first, longest), PACKED if packed else n_chains
    while True:
        one = observed(method, model, temperature, n, chains, seed)
        # A single chain does not tell that m keeps its sign, unless its mean is known to be zero: a mirrored one does.
        told = {k: np.concatenate([v, -v]) if k == "m" and chains == 1 else v for k, v in one.items()}
        needed = 1.2 * WANTED * max(integrated_autocorrelation_time(values) for values in told.values())
        if n == longest or n >= needed / 1.2:
            break
        n = min(longest, 16 * n, max(2 * n, int(needed)))
    runs = [one, *(observed(method, model, temperature, n, chains, seed + k) for k in range(1, repetitions))]
    return {
        "tau": np.array([times(one) for one in runs]),
        "kept_tau": np.array([times({k: v[:, INTERVAL - 1 :: INTERVAL] for k, v in one.items()}) for one in runs]),
        "sweeps": n,
    }


def times(series: Mapping[str, np.ndarray]) -> list[float]:
    """tau_int of every series (chain, draw), in draws; nan where a chain is too short for it."""
    found = [integrated_autocorrelation_time(values) for values in series.values()]
    length = len(next(iter(series.values()))[0])
    return [tau if length >= FEWEST * tau else np.nan for tau in found]


def observed(method: str, model: Any, temperature: float, n: int, n_chains: int, seed: int) -> dict[str, np.ndarray]:
    """The `OBSERVABLES` after each of n sweeps, (chain, n)."""
    clusters = "wolff" if isinstance(model, XY) else "swendsen_wang"
    equal: dict[str, Any] = {"n_chains": n_chains, "threads": 1}
    first = sample(model, temperature, 1, method=clusters, seed=seed, **equal).spins.values[0, :, 0]
    if method == "random flips":
        energy, m = random_flips.series(model, temperature, first, n, seed)
        return dict(zip(OBSERVABLES, (energy, np.abs(m), m), strict=True))
    planar = isinstance(model, XY)
    draws = sample(
        model, temperature, n, method=method, start=first, burn_in=0, seed=seed, keep_spins=planar, **equal
    ).isel(temperature=0)
    m = draws.magnetization.values
    component = np.cos(draws.spins.values).mean(axis=-1) if planar else m
    return dict(zip(OBSERVABLES, (draws.energy.values, np.abs(m), component), strict=True))
