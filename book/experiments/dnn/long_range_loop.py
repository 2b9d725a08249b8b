"""Figure 10 of paper dnn: |m| of the screened Coulomb antiferromagnet, by the exact sum and by the network.

The order of an antiferromagnet is its staggered magnetisation, which the paper does not show. The network of
`dnn/long_range_training` is trained further on thermal configurations. Also the states that annealing ends in. 400 runs
are the paper's; temperatures, sweeps and starts are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dnn.long_range_model import COULOMB, SHAPE, kept_network, model_of, schedule_of
from spinlib.datasets.training_sets import random_spins
from spinlib.learning import energy_networks
from spinlib.learning.supervised import train, weights
from spinlib.samplers import learned_energy
from spinlib.samplers.random import streams, torch_generator
from spinlib.statistics import mean_of_independent

if TYPE_CHECKING:
    from spinbook import Record, Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "screening": 1.0,
        "cutoff": 8,
        "T": [0.35, 1.0, 4.0],
        "runs": 40,
        "burn_in": 40,
        "sweeps": 40,
        "input_side": 8,
        "examples": 300,
        "test": 20,
        "epochs": 1,
        "rate": 5e-4,
        "batch": 100,
        "annealing": {"annealed": 20, "steps": 40, "sweeps_per_step": 2},
    },
    "paper": {
        "screening": 1.0,
        "cutoff": 64,
        "runs": 400,
        "burn_in": 150,
        "sweeps": 100,
        "T": [0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.7, 1.0, 2.0, 4.0, 8.0, 16.0],
        "input_side": 16,
        "examples": 100_000,
        "test": 500,
        "epochs": 12,
        "rate": 5e-4,
        "batch": 400,
        "annealing": {"annealed": 200, "steps": 100, "sweeps_per_step": 5},
    },
}
COMPARE = {
    "T": "exact",
    "network_m": 0.3,
    "off_*": 0.5,
    "*_accepted": 0.1,
    "lowest": 0.05,
    "checkerboard": "exact",
    "ordered": "counts",
    "tuned.*": "kept",
}
USES = ("dnn/long_range_training",)
VERSION = 2  # the staggered magnetisation


CHECKERBOARD = np.where(np.indices(SHAPE).sum(axis=0) % 2, 1, -1).astype(np.int8)


def chains(energy: Callable[..., Any], temperature: float, n: int, rng: np.ndarray, model: Any, n_sweeps: int) -> Any:
    """Spins and energies of `n` chains after so many sweeps from the checkerboard."""
    spins, each = np.repeat(CHECKERBOARD[None], n, axis=0), np.full(n, temperature)
    energies = np.asarray(energy(spins), np.float64)
    learned_energy.corrected_sweep(energy, model, spins, energies, each, rng, n_sweeps)
    return spins, energies


def thermal_spins(model: Any, settings: Mapping[str, Any], n: int, seed: int, name: str) -> np.ndarray:
    """`n` independent configurations at every temperature, by the exact sum: int8 (T, n, 8, 8)."""
    return np.array(
        [
            chains(model.energy, temperature, n, streams(seed, name, i, n), model, settings["burn_in"])[0]
            for i, temperature in enumerate(settings["T"])
        ]
    )


def tuned_network(settings: Mapping[str, Any], seed: int, trained: Record) -> dict[str, Any]:
    """The recorded network after further training on thermal configurations, and its median errors before and after.

    The errors are those on the thermal law itself, on which the loop's averages rest: at the lowest temperatures it has
    few states, so that its samples repeat states that were trained on. They say nothing of unseen states there.
    """
    model, n_temperatures = model_of(COULOMB, settings), len(settings["T"])
    examples = thermal_spins(model, settings, settings["examples"] // n_temperatures, seed, "thermal examples")
    examples = examples.reshape(-1, *SHAPE)
    test = thermal_spins(model, settings, settings["test"], seed, "thermal test")
    network, scaled = kept_network(trained, COULOMB, trained.settings)
    energy = energy_networks.regressed_value(network, scaled)

    def median_errors() -> np.ndarray:
        return np.array([np.median(np.abs(energy(spins) - model.energy(spins))) for spins in test])

    before = median_errors()
    labels = (model.energy(examples) - scaled.mean) / scaled.scale
    train(network, examples, labels, schedule_of(settings), torch_generator(seed, "tune", 0, 0))
    return {
        "off_before": before, "off_after": median_errors(), "tuned.scaling": np.array(scaled),
        **weights(network, "tuned.weight."),
    }  # fmt: skip


def magnetization_curve(
    energy: Callable[..., Any], model: Any, settings: Mapping[str, Any], seed: int, name: str
) -> Any:
    """|m| and the staggered |m| per site with errors at every temperature, and the share of sweeps accepted."""
    runs, sweeps, rows = settings["runs"], settings["sweeps"], []
    for i, temperature in enumerate(settings["T"]):
        rng, each = streams(seed, name, i, runs), np.full(runs, temperature)
        spins, energies = chains(energy, temperature, runs, rng, model, settings["burn_in"])
        uniform, staggered, accepted = np.zeros(runs), np.zeros(runs), 0.0
        for _ in range(sweeps):
            accepted += learned_energy.corrected_sweep(energy, model, spins, energies, each, rng, 1).mean()
            uniform += np.abs(spins.mean(axis=(1, 2)))
            staggered += staggered_magnetization(spins)
        means = [mean_of_independent(found / sweeps)[:2] for found in (uniform, staggered)]
        rows.append([*means[0], *means[1], accepted / sweeps])
    columns = ("m", "m_error", "staggered", "staggered_error", "accepted")
    return {f"{name}_{key}": values for key, values in zip(columns, np.array(rows).T, strict=True)}


def staggered_magnetization(spins: np.ndarray) -> np.ndarray:
    """|m| of configurations (n, 8, 8) after every second spin, as on a checkerboard, is turned over: (n,)."""
    return np.abs((spins * CHECKERBOARD).mean(axis=(1, 2)))


def annealing(model: Any, settings: Mapping[str, Any], seed: int) -> Any:
    """The lowest energy that chains cooled from random spins find, and how many of them end in a checkerboard."""
    n = settings["annealed"]
    spins, rng = random_spins(SHAPE, n, seed), streams(seed, "annealing", 0, n)
    energies = model.energy(spins)
    lowest = energies.min()
    for temperature in np.geomspace(5.0, 0.05, settings["steps"]):
        each = np.full(n, temperature)
        for _ in range(settings["sweeps_per_step"]):
            learned_energy.corrected_sweep(model.energy, model, spins, energies, each, rng, 1)
            lowest = min(lowest, energies.min())
    ordered = staggered_magnetization(spins) == 1
    return {"lowest": lowest, "checkerboard": model.energy(CHECKERBOARD), "ordered": ordered.sum()}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    model = model_of(COULOMB, settings)
    tuned = run.part("tuned", tuned_network, settings, run.seed, run.uses["dnn/long_range_training"])
    energy = energy_networks.regressed_value(*kept_network(tuned, "tuned", settings))
    return {
        "T": np.array(settings["T"]), **tuned,
        **run.part("exact", magnetization_curve, model.energy, model, settings, run.seed, "exact"),
        **run.part("network", magnetization_curve, energy, model, settings, run.seed, "network"),
        **run.part("annealing", annealing, model, settings["annealing"], run.seed),
    }  # fmt: skip
