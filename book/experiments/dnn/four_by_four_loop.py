"""Figures 7 and 8 of paper dnn: a 4 x 4 Monte Carlo loop with the network's energies and magnetisations.

The energy network is the first of the largest sets of `dnn/example_curve`; that of the magnetisation is trained here.
A network of 65,536 states is a table, which the chains look up. 400 runs are the paper's; temperatures, sweeps and
starts are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dnn.example_sets import levels, model
from spinlib.datasets.training_sets import uniform_magnetization
from spinlib.learning import energy_networks
from spinlib.learning.supervised import Schedule, load_weights, predict, weights
from spinlib.networks.energy_cnn import EnergyCNN
from spinlib.samplers import learned_energy
from spinlib.samplers.random import streams
from spinlib.statistics import jackknife, mean_of_independent

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "T": [1.0, 2.5, 4.0],
        "runs": 40,
        "burn_in": 50,
        "sweeps": 100,
        "input_side": 8,
        "magnetization_examples": 200,
        "magnetization_epochs": 2,
        "batch": 50,
    },
    "paper": {
        "T": [round(1.0 + 0.25 * k, 2) for k in range(17)],
        "runs": 400,
        "burn_in": 500,
        "sweeps": 2000,
        "input_side": 16,
        "magnetization_examples": 27_000,
        "magnetization_epochs": 30,
        "batch": 400,
    },
}
# At smoke scale the network is hardly trained, and |m| of its chains depends on the last digits of a processor's
# arithmetic.
COMPARE = {
    "T": "exact",
    "network_m": 0.1,
    "network_table": "kept",
    "network_magnetization": "kept",
    "weight.*": "kept",
}
USES = ("dnn/example_curve",)


def spin_mean(spins: np.ndarray) -> np.ndarray:
    return spins.mean(axis=(1, 2))


def magnetization_network(settings: Mapping[str, Any], seed: int) -> Any:
    """A regression of m, trained on configurations whose share of up spins is uniform between 0 and 1."""
    spins = uniform_magnetization(model.shape, settings["magnetization_examples"], seed)
    network = EnergyCNN(4, 1, input_side=settings["input_side"])
    schedule = Schedule(settings["magnetization_epochs"], "adam", 1e-3, "cosine", batch=settings["batch"])
    energy_networks.fit(network, spins, spins.mean(axis=(1, 2)), schedule, seed)
    return network


def averages(energy: np.ndarray, magnetization: np.ndarray, settings: Mapping[str, Any], seed: int) -> Any:
    """Energy, heat capacity and |m| per site with errors, at every temperature, from `runs` chains with tables."""
    temperatures, runs = np.array(settings["T"]), settings["runs"]
    rows = []
    for i, temperature in enumerate(temperatures):
        rng, each = streams(seed, "table", i, runs), np.full(runs, temperature)
        states = np.random.default_rng(seed + i).integers(2**model.n_sites, size=runs)
        learned_energy.sweep_table(energy, states, each, rng, settings["burn_in"])
        seen = np.empty((settings["sweeps"], runs), np.int64)
        for row in seen:
            learned_energy.sweep_table(energy, states, each, rng, 1)
            row[:] = states
        found = energy[seen].T
        u = mean_of_independent(found.mean(axis=1) / model.n_sites)
        heat = jackknife(lambda e, e2, t=temperature: (e2 - e**2) / t**2 / model.n_sites, found, found**2)
        m = mean_of_independent(np.abs(magnetization[seen]).mean(axis=0))
        rows.append([*u[:2], *heat[:2], *m[:2]])
    names = ("energy", "energy_error", "heat", "heat_error", "m", "m_error")
    return dict(zip(names, np.array(rows).T, strict=True))


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    classifier = EnergyCNN(4, len(levels), input_side=settings["input_side"])
    kept = run.uses["dnn/example_curve"]
    energy_of = energy_networks.class_energy(load_weights(classifier, kept, "weight."), levels)
    magnetization = magnetization_network(settings, run.seed)
    tables = {
        "exact": (learned_energy.table_of(model.energy, model.shape), learned_energy.table_of(spin_mean, model.shape)),
        "network": (
            learned_energy.table_of(energy_of, model.shape),
            learned_energy.table_of(lambda spins: predict(magnetization, spins)[:, 0], model.shape),
        ),
    }
    found = {name: averages(*pair, settings, run.seed + k) for k, (name, pair) in enumerate(tables.items())}
    return {
        "T": np.array(settings["T"]),
        **{f"{name}_{key}": values for name, columns in found.items() for key, values in columns.items()},
        "network_table": tables["network"][0], "network_magnetization": tables["network"][1].astype(np.float32),
        **weights(magnetization, "weight."),
    }  # fmt: skip
