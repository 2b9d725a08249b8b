"""Figure 9 of paper dnn: Metropolis chains of 8 x 8 spins that ask a network for every energy.

Four operators take turns: the exact energy, the classifier, the regression, and the regression rounded to the allowed
energies. The networks come from the records `dnn/classification` and `dnn/regression`. 400 runs are the paper's;
temperatures, sweeps and starts are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dnn.eight_by_eight_data import levels, model
from spinlib.finite_size import heat_capacity_peak
from spinlib.learning import energy_networks
from spinlib.learning.supervised import load_weights
from spinlib.networks.energy_cnn import EnergyCNN
from spinlib.samplers import learned_energy
from spinlib.samplers.random import streams
from spinlib.statistics import jackknife, mean_of_independent

if TYPE_CHECKING:
    from spinbook import Record, Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "T": [1.8, 2.4, 3.2],
        "T_peak": 2.4,
        "runs": 40,
        "burn_in": 100,
        "sweeps": 200,
        "peak_sweeps": 300,
    },
    "paper": {
        "T": [1.6, 1.8, 2.0, 2.2, 2.3, 2.4, 2.5, 2.7, 3.0, 4.0],
        "T_peak": 2.4,
        "runs": 400,
        "burn_in": 80,
        "sweeps": 450,
        "peak_sweeps": 2000,
    },
}
# The peaks follow from chains whose energies and heat capacities are compared; short trainings may have none.
# At smoke scale the networks are hardly trained. Whether a chain with rounded energies ever moves, and so whether its
# energy has an error, then depends on the last digits of a processor's arithmetic.
COMPARE = {
    "T": "exact",
    "*_accepted": 0.1,
    "rounded_energy": 0.1,
    ("rounded_heat", "rounded_energy_error", "rounded_heat_error"): "kept",
    ("classification_peak", "regression_peak", "rounded_peak"): "kept",
    ("classification_peak_error", "regression_peak_error", "rounded_peak_error"): "kept",
}
USES = ("dnn/classification", "dnn/regression")


PEAK_GRID = np.round(np.linspace(2.01, 2.79, 40), 3)


def averages(energy: Callable[..., Any], settings: Mapping[str, Any], seed: int) -> Any:
    """Energy and heat capacity per site with errors at every temperature, the peak, and the accepted share."""
    runs, rows, accepted = settings["runs"], [], []
    for i, temperature in enumerate(settings["T"]):
        spins, rng = np.ones((runs, *model.shape), np.int8), streams(seed, "loop", i, runs)
        energies, each = np.asarray(energy(spins), np.float64), np.full(runs, temperature)
        learned_energy.corrected_sweep(energy, model, spins, energies, each, rng, settings["burn_in"])
        at_peak = temperature == settings["T_peak"]
        found = np.empty((settings["peak_sweeps"] if at_peak else settings["sweeps"], runs))
        for row in found:
            accepted.append(learned_energy.corrected_sweep(energy, model, spins, energies, each, rng, 1).mean())
            row[:] = energies
        found = found.T
        u = mean_of_independent(found.mean(axis=1) / model.n_sites)
        heat = jackknife(
            lambda e, e2, t=temperature: (e2 - e**2) / t**2 / model.n_sites, found, found**2, independent=True
        )
        rows.append([*u[:2], *heat[:2]])
        if at_peak:
            peak = peak_of(found, temperature)
    columns = dict(zip(("energy", "energy_error", "heat", "heat_error"), np.array(rows).T, strict=True))
    return {**columns, "peak": peak[0], "peak_error": peak[1], "accepted": np.mean(accepted)}


def peak_of(energies: np.ndarray, temperature: float) -> tuple[float, float]:
    """Where the heat capacity peaks, with its error; nan where it has no peak within PEAK_GRID.

    That is so for networks that have learned too little, as those of a smoke run.
    """
    try:
        found = heat_capacity_peak(energies, temperature, PEAK_GRID)
    except ValueError:
        return np.nan, np.nan
    return found.value, found.error


def recorded_value(record: Record) -> Callable[..., Any]:
    """The regression of a record as a function of spins."""
    return energy_networks.kept_value(EnergyCNN(8, 1, input_side=record.settings["input_side"]), record)


def recorded_classifier(record: Record) -> Callable[..., Any]:
    """The energy of the class that the classifier of a record finds, as a function of spins."""
    network = EnergyCNN(8, len(levels), input_side=record.settings["input_side"])
    return energy_networks.class_energy(load_weights(network, record, "weight."), levels)


def operators(uses: Mapping[str, Record]) -> dict[str, Callable[..., Any]]:
    """The four energies, in the order in which their chains have their random numbers."""
    regression = recorded_value(uses["dnn/regression"])
    return {
        "exact": model.energy,
        "classification": recorded_classifier(uses["dnn/classification"]),
        "regression": regression,
        "rounded": energy_networks.nearest_level(regression, levels),
    }


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    found = {
        name: run.part(name, averages, energy, settings, run.seed + k)
        for k, (name, energy) in enumerate(operators(run.uses).items())
    }
    columns = {f"{name}_{key}": value for name, part in found.items() for key, value in part.items()}
    return {"T": np.array(settings["T"]), **columns}
