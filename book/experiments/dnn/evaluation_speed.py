"""Section IV A 5 of paper dnn: configurations per second of the network and of three ways to sum the energy.

The network is that of `dnn/long_range_training`; a sum cut off where it is as accurate as the network is ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from experiments.dnn.long_range_model import COULOMB, SHAPE, kept_network, model_of
from spinlib.datasets.training_sets import random_spins
from spinlib.learning import energy_networks

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "screening": 1.0,
        "cutoff": 4,
        "batches": [1, 10],
        "repeats": 3,
        "seconds": 0.01,
        "image_sum_block": 10,
        "test": 200,
        "longest_cutoff": 4,
    },
    "paper": {
        "screening": 1.0,
        "cutoff": 64,
        "batches": [1, 10, 100, 1000, 10_000, 100_000],
        "repeats": 9,
        "seconds": 0.2,
        "image_sum_block": 1000,
        "test": 5000,
        "longest_cutoff": 8,
    },
}
COMPARE = {
    ("batch", "cutoffs", "neighbors"): "exact",
    "truncation_median": 0.2,
    "rates": "magnitude",
    "folded_off": "magnitude",
    # The machine's, and two that follow from the record of the training.
    "threads": "kept",
    "network_median": "kept",
    "chosen": "kept",
}
USES = ("dnn/long_range_training",)


METHODS = ("image_sum", "truncated_sum", "folded_sum", "network")


def rate(function: Callable[..., Any], spins: np.ndarray, least_seconds: float) -> float:
    """Configurations per second, from as many calls as fill `least_seconds`."""
    calls, begin = 0, time.perf_counter()
    while calls == 0 or time.perf_counter() - begin < least_seconds:
        function(spins)
        calls += 1
    return calls * len(spins) / (time.perf_counter() - begin)


def truncations(model: Any, settings: Mapping[str, Any], seed: int) -> np.ndarray:
    """Cutoffs, neighbours within them, and the median absolute error of the sums that end there."""
    spins = random_spins(SHAPE, settings["test"], seed)
    true = model.energy(spins)
    squares = np.unique((model.images[0] ** 2).sum(axis=1))
    squares = squares[squares <= settings["longest_cutoff"] ** 2]
    rows = []
    for cutoff in np.sqrt(squares) + 1e-9:
        short = model_of(COULOMB, {**settings, "cutoff": float(cutoff)})
        rows.append([cutoff, len(short.images[0]), np.median(np.abs(short.energy(spins) - true))])
    return np.array(rows).T


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    model, trained = model_of(COULOMB, settings), run.uses["dnn/long_range_training"]
    allowed = float(trained[f"{COULOMB}.median"].mean())
    cutoffs, neighbors, off = truncations(model, settings, run.seed)
    chosen = int(np.argmax(off <= allowed))
    short = model_of(COULOMB, {**settings, "cutoff": float(cutoffs[chosen])})
    matrix = torch.tensor(model.coupling_matrix, dtype=torch.float32)

    def folded_sum(spins: np.ndarray) -> np.ndarray:
        signs = torch.from_numpy(spins).reshape(len(spins), -1).float()
        return ((signs @ matrix) * signs).sum(1).numpy() / 2

    functions = {
        "image_sum": model.image_sum_energy, "truncated_sum": short.image_sum_energy, "folded_sum": folded_sum,
        "network": energy_networks.regressed_value(*kept_network(trained, COULOMB, trained.settings)),
    }  # fmt: skip
    measured = {name: np.zeros((len(settings["batches"]), settings["repeats"])) for name in METHODS}
    for i, batch in enumerate(run.progress(settings["batches"], "batch")):
        spins = random_spins(SHAPE, batch, run.seed + i)
        timed = [name for name in METHODS if name != "image_sum" or batch <= settings["image_sum_block"]]
        for name in timed:
            functions[name](spins[: settings["image_sum_block"]])  # whatever is made at the first call
        for repeat in range(settings["repeats"]):
            for name in METHODS:
                known = measured[name][i - 1, repeat]  # the rate of the largest batch that was timed
                found = rate(functions[name], spins, settings["seconds"]) if name in timed else known
                measured[name][i, repeat] = found
    fresh = random_spins(SHAPE, 100, run.seed + 99)
    return {
        "batch": np.array(settings["batches"]), "rates": np.array([measured[name] for name in METHODS]),
        "threads": torch.get_num_threads(), "network_median": allowed, "chosen": chosen, "cutoffs": cutoffs,
        "neighbors": neighbors, "truncation_median": off,
        "folded_off": np.abs(folded_sum(fresh) - model.energy(fresh)).max(),
    }  # fmt: skip
