"""Masked diffusion in a hierarchical order, conditional on T, trained on the paper's data on 16 x 16, asked on 32 x 32.

The data are made as those of `experiments.fid.better_model`, and what the network draws is measured as there: raw and
with importance weights, at temperatures of the training, between them and outside, against exact answers and cluster
samples. Its convolutions fit any torus: the same weights draw configurations of a larger one, on which nothing was
trained.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.fid import better_model
from spinlib.evaluation.importance_weights import effective_share, log_partition, variational_bound
from spinlib.exact import kaufman
from spinlib.learning import conditional_autoregressive as learning
from spinlib.learning.conditional_autoregressive import LikelihoodTraining
from spinlib.models import Ising
from spinlib.networks.masked_diffusion import MaskedDiffusion
from spinlib.observables import magnetization
from spinlib.samplers.independence import Proposed

if TYPE_CHECKING:
    from pathlib import Path

    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "L": 16, "training": [1.8, 2.3, 3.0], "asked": [1.8, 2.3, 3.0], "between": [2.6], "outside": [1.2],
        "configurations": 20, "burn_in": 50, "sweeps_between": 2, "seeds": 3, "epochs": 2, "batch": 24, "width": 6,
        "blocks": [1, 1, 1, 1, 1], "rate": 5e-3, "averaging": 0.9, "generated": 60, "chains": 5, "cluster_draws": 50,
        "larger": 32, "larger_T": [2.6], "larger_generated": 20,
    },
    "laptop": {
        "L": 16, "training": better_model.TRAINING, "asked": [1.6, 1.8, 2.0, 2.2, 2.3, 2.4, 2.8, 3.0, 3.4],
        "between": [2.2692, 2.7], "outside": [1.2], "configurations": 1000, "burn_in": 10_000, "sweeps_between": 10,
        "seeds": 3, "epochs": 16, "batch": 64, "width": 48, "blocks": [2, 2, 2, 3, 1], "rate": 5e-3,
        "averaging": 0.998, "generated": 5000, "chains": 50, "cluster_draws": 500,
        "larger": 32, "larger_T": [2.0, 2.2692, 2.5, 3.0], "larger_generated": 500,
    },
}  # fmt: skip
# A network of the smoke run is far from the distribution: its weights hang on single draws, and are not compared.
COMPARE: dict[Any, Any] = {
    ("energy", "data_energy", "curve", "larger_energy"): 0.05,
    ("order", "hamming", "hamming_aligned", "larger_order"): 0.4,
    ("heat", "chi", "data_heat", "larger_heat", "larger_chi"): 0.7,
    ("kl", "kl_energy", "log_z", "effective", "acceptance", "binder", "g"): "kept",
    ("larger_kl", "larger_log_z", "larger_effective"): "kept",
    ("weighted_energy", "weighted_heat", "weighted_order", "weighted_chi"): "kept",
    ("larger_weighted_energy", "larger_weighted_heat", "larger_weighted_order", "larger_weighted_chi"): "kept",
    ("T", "exact_energy", "exact_heat", "exact_log_z", "n_parameters"): "exact",
    ("larger_exact_energy", "larger_exact_heat", "larger_exact_log_z"): "exact",
    ("training_seconds", "seconds", "larger_seconds"): "magnitude",
}


def temperatures(settings: Mapping[str, Any]) -> list[float]:
    """All at which the network is asked on the lattice of its training, rising."""
    return sorted([*settings["asked"], *settings["between"], *settings["outside"]])


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (temperature, seed), exact and cluster answers (temperature,), and losses "curve" (seed, epoch).

    Those of the larger torus begin with "larger_" and have its temperatures.
    """
    rows = [
        run.part(f"training {k}", one_training, dict(settings), run.seed + 1000 * k, checkpoint=True)
        for k in run.progress(range(settings["seeds"]), "trainings")
    ]
    found: dict[str, Any] = {"T": np.array(temperatures(settings))}
    for name in rows[0]:
        found[name] = np.stack([row[name] for row in rows], axis=0 if name in better_model.OF_TRAINING else 1)
    for prefix, L, T in (
        ("", settings["L"], temperatures(settings)),
        ("larger_", settings["larger"], settings["larger_T"]),
    ):
        found |= {
            f"{prefix}exact_energy": np.array([kaufman.energy(t, (L, L)) for t in T]),
            f"{prefix}exact_heat": np.array([kaufman.specific_heat(t, (L, L)) for t in T]),
            f"{prefix}exact_log_z": np.array([kaufman.log_partition(t, (L, L)) for t in T]),
        }
        clusters = [
            run.part(f"{prefix}clusters, T={t:g}", better_model.cluster_sample, L, t, settings, run.seed)
            for t in run.progress(T)
        ]
        found |= {f"{prefix}cluster_{name}": np.array([one[name] for one in clusters]) for name in clusters[0]}
    return found


def trained(
    settings: Mapping[str, Any], seed: int, checkpoint: Path | None = None
) -> tuple[MaskedDiffusion, dict[str, Any]]:
    """The network of one seed, and what is said of its training."""
    L = settings["L"]
    spins, at = better_model.examples(settings, seed)
    network = MaskedDiffusion((L, L), width=settings["width"], blocks=settings["blocks"])
    optimizer = replace(learning.ADAMW, rate=settings["rate"])
    how = LikelihoodTraining(settings["epochs"], settings["batch"], optimizer, settings["averaging"])
    curves = learning.fit(network, spins, at, how, seed, checkpoint=checkpoint, progress=True)
    return network, better_model.of_the_training(network, curves, spins, settings)


def one_training(settings: Mapping[str, Any], seed: int, checkpoint: Path | None = None) -> dict[str, Any]:
    """One training, and what its network draws at every temperature, each (temperature,), on both lattices."""
    network, found = trained(settings, seed, checkpoint)
    larger = network.on((settings["larger"], settings["larger"]))
    rows, larger_rows = [], []
    for at, t in enumerate(temperatures(settings)):
        drawn, seconds = draws(network, t, settings["generated"], seed + at)
        measured = better_model.of_draws(drawn, settings["L"], t, settings["chains"], seed + at)
        rows.append(measured | {"seconds": seconds})
    for at, t in enumerate(settings["larger_T"]):
        drawn, seconds = draws(larger, t, settings["larger_generated"], seed + 100 + at)
        larger_rows.append(of_larger(drawn, settings["larger"], t) | {"seconds": seconds})
    found |= {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return found | {f"larger_{name}": np.array([row[name] for row in larger_rows]) for name in larger_rows[0]}


def draws(network: MaskedDiffusion, temperature: float, n: int, seed: int) -> tuple[Proposed, float]:
    """Configurations of one temperature, and the seconds of one."""
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extrapolation, which is the question
        drawn = learning.generate(network, temperature, n, seed, batch=250)
    return drawn, (time.perf_counter() - start) / n


def of_larger(drawn: Proposed, L: int, temperature: float) -> dict[str, float]:
    """Of draws on a larger torus: raw and weighted quantities with errors, ln Z and the divergence."""
    model, n = Ising((L, L)), L**2
    totals, m = model.energy(drawn.spins), np.abs(magnetization(model, drawn.spins))
    log_weights = -totals / temperature - drawn.log_probability
    found = better_model.raw_and_weighted(totals / n, m, log_weights, n, temperature)
    log_z, bound = log_partition(log_weights), variational_bound(log_weights)
    return found | {
        "effective": effective_share(log_weights),
        "log_z": log_z.value,
        "log_z_error": log_z.error,
        "kl": float(kaufman.log_partition(temperature, model.shape)) - bound.value,
        "kl_error": bound.error,
    }
