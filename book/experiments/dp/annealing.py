"""Figure 9 of paper dp: the energy that annealing, gradient descent and differentiable Monte Carlo end with.

Size, steps, rates and the number of instances are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from spinlib.models import Ising
from spinlib.optimization.annealing import UPDATES_PER_STEP, anneal, spin_glass_couplings
from spinlib.optimization.exchange_couplings import random_spins
from spinlib.samplers import metropolis
from spinlib.samplers.random import streams, torch_generator

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "size": 8,
        "instances": 16,
        "updates": 40,
        "record_every": 4,
        "long": 200,
        "variants": {"alpha": [30.0], "start_temperature": [1.0]},
    },
    "paper": {
        "size": 32,
        "instances": 48,
        "updates": 2000,
        "record_every": 10,
        "long": 20000,
        "variants": {
            "alpha": [1.0, 3.0, 30.0],
            "start_temperature": [1.0, 2.0],
            "gradient_rate": [0.25, 0.75],
            "through_sweep": [True],
        },
    },
}
COMPARE = {
    "updates": "exact",
    "variant": "exact",
    "energy": ("seeds", -1),
    ("long", "variant_energy", "large_energy"): ("seeds", 1),
}


PANELS = ("ferromagnet", "glass")


def instances(panel: str, size: int, settings: Mapping[str, Any], seed: int) -> Any:
    """Couplings (B, 2, L, L) and starting spins [B, 1, L, L], the same for every method."""
    rng = torch_generator(seed, f"{panel} instances", 0, size)
    shape = (size, size)
    coupling = torch.ones(settings["instances"], 2, *shape)
    if panel == "glass":
        coupling = spin_glass_couplings(settings["instances"], shape, rng)
    return coupling, random_spins(settings["instances"], shape, rng)


def one_method(method: str, panel: str, size: int, settings: Mapping[str, Any], seed: int, **options: Any) -> Any:
    """Updates (record,) and energy per spin (record, instance)."""
    coupling, spins = instances(panel, size, settings, seed)
    name = f"{method} {panel} {sorted(options.items())}"
    result = anneal(
        coupling, spins, method, settings["updates"], torch_generator(seed, name, 0, size),
        record_every=settings["record_every"] // UPDATES_PER_STEP[method], **options,
    )  # fmt: skip
    return {"updates": result.updates, "energy": result.energy}


def long_anneal(panel: str, size: int, settings: Mapping[str, Any], seed: int) -> Any:
    """Final energy per spin (instance,) of Metropolis with a linear schedule of settings["long"] sweeps."""
    coupling, spins = instances(panel, size, settings, seed)
    final = []
    for k, (bonds, start) in enumerate(zip(coupling.numpy(), spins.numpy(), strict=True)):
        model = Ising((size, size), coupling=bonds)
        state, rng = start.astype(np.int8), streams(seed, f"long {panel}", size, [k])
        for temperature in np.linspace(3.0, 0.0, settings["long"], endpoint=False):
            metropolis.sweep(model, state, np.array([temperature]), rng, 1)
        final.append(model.energy(state[0]) / model.n_sites)
    return np.array(final)


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    cases = [(method, panel) for panel in PANELS for method in UPDATES_PER_STEP]
    parts = {
        case: run.part(" ".join(case), one_method, *case, settings["size"], settings, run.seed)
        for case in run.progress(cases, "method")
    }
    # Annealing by single flips has a start temperature too.
    methods = {"start_temperature": ("monte_carlo", "differentiable")}
    variants = [
        (method, name, value)
        for name, values in settings["variants"].items()
        for value in values
        for method in methods.get(name, ("differentiable",))
    ]
    varied = [
        run.part(
            f"{method} {name}={value}",
            lambda method=method, name=name, value=value: one_method(
                method, "glass", settings["size"], settings, run.seed, **{name: value}
            )["energy"][-1],
        )
        for method, name, value in run.progress(variants, "variant")
    ]
    large = [
        run.part(f"large {method}", one_method, method, "glass", 2 * settings["size"], settings, run.seed)["energy"][-1]
        for method in run.progress(["monte_carlo", "differentiable"], "larger lattice")
    ]
    return {
        "updates": np.stack([parts[case]["updates"] for case in cases]),
        "energy": np.stack([parts[case]["energy"] for case in cases]).astype(np.float32),
        "long": np.stack(
            [run.part(f"long {panel}", long_anneal, panel, settings["size"], settings, run.seed) for panel in PANELS]
        ),
        "variant": np.array([f"{method} {name}={value}" for method, name, value in variants]),
        "variant_energy": np.stack(varied),
        "large_energy": np.stack(large),
    }
