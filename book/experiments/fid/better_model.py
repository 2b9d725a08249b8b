"""A better model: an autoregressive network on the frontier, conditional on T, trained on the paper's data on 16 x 16.

The data are those of DiffIsing2: 1000 configurations by the paper's protocol at each of its 18 temperatures, from cold
starts, sites colour by colour. Each training has a data set of its own. What the network draws is compared with exact
answers of the finite lattice at the temperatures of the training, between them and outside, raw and with importance
weights; |m| and the susceptibility with cluster samples.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.fid import protocol, sets
from spinlib import sample
from spinlib.evaluation import divergences
from spinlib.evaluation.importance_weights import effective_share, log_partition, variational_bound
from spinlib.exact import density_of_states, kaufman
from spinlib.fidelity.reference import aligned
from spinlib.learning import conditional_autoregressive as learning
from spinlib.learning.conditional_autoregressive import Conditional, LikelihoodTraining
from spinlib.learning.training import Curves
from spinlib.models import Ising
from spinlib.networks.frontier_autoregressive import FrontierAutoregressive
from spinlib.observables import binder_cumulant, hamming_distance, magnetization
from spinlib.samplers import independence
from spinlib.samplers.independence import Proposed
from spinlib.statistics import jackknife, mean_and_error

if TYPE_CHECKING:
    from pathlib import Path

    from spinbook import Run

# DiffIsing2: every 0.2, and every 0.05 from 2.0 to 2.5.
TRAINING = [1.6, 1.8, *(round(2.0 + 0.05 * k, 2) for k in range(11)), 2.6, 2.8, 3.0, 3.2, 3.4]
BETWEEN = [1.7, 1.9, 2.225, 2.2692, 2.325, 2.7, 2.9, 3.1, 3.3]
OUTSIDE = [1.0, 1.2, 1.4, 3.6, 4.0]
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "L": 16, "training": [1.8, 2.3, 3.0], "between": [2.6], "outside": [1.2, 4.0], "configurations": 20,
        "burn_in": 50, "sweeps_between": 2, "seeds": 3, "epochs": 2, "batch": 25, "width": 16, "layers": 2,
        "rate": 2e-3, "averaging": 0.9, "generated": 60, "chains": 5, "cluster_draws": 50,
    },
    "laptop": {
        "L": 16, "training": TRAINING, "between": BETWEEN, "outside": OUTSIDE, "configurations": 1000,
        "burn_in": 10_000, "sweeps_between": 10, "seeds": 3, "epochs": 40, "batch": 32, "width": 160, "layers": 2,
        "rate": 2e-3, "averaging": 0.999, "generated": 15_000, "chains": 50, "cluster_draws": 500,
    },
}  # fmt: skip
OF_TRAINING = ("curve", "training_seconds", "n_parameters", "data_energy", "data_heat")
RAW = ("energy", "heat", "order", "chi")
# Networks of smoke runs are hardly trained: shares that the rounding of another processor should not exceed.
COMPARE: dict[Any, Any] = {
    ("energy", "weighted_energy", "data_energy", "curve", "log_z"): 0.05,
    ("order", "weighted_order", "hamming", "hamming_aligned", "effective", "acceptance"): 0.4,
    ("heat", "weighted_heat", "chi", "weighted_chi", "data_heat"): 0.7,
    ("kl", "kl_energy", "binder", "g"): "kept",
    ("T", "exact_energy", "exact_heat", "exact_log_z", "n_parameters"): "exact",
    ("training_seconds", "seconds"): "magnitude",
}


def temperatures(settings: Mapping[str, Any]) -> list[float]:
    """All at which the network is asked, rising."""
    return sorted([*settings["training"], *settings["between"], *settings["outside"]])


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (temperature, seed), exact and cluster answers (temperature,), and losses "curve" (seed, epoch)."""
    T, L = temperatures(settings), settings["L"]
    rows = [
        run.part(f"training {k}", one_training, dict(settings), run.seed + 1000 * k, checkpoint=True)
        for k in run.progress(range(settings["seeds"]), "trainings")
    ]
    found: dict[str, Any] = {"T": np.array(T)}
    for name in rows[0]:
        found[name] = np.stack([row[name] for row in rows], axis=0 if name in OF_TRAINING else 1)
    found |= {
        "exact_energy": np.array([kaufman.energy(t, (L, L)) for t in T]),
        "exact_heat": np.array([kaufman.specific_heat(t, (L, L)) for t in T]),
        "exact_log_z": np.array([kaufman.log_partition(t, (L, L)) for t in T]),
    }
    clusters = [run.part(f"clusters, T={t:g}", cluster_sample, L, t, settings, run.seed) for t in run.progress(T)]
    return found | {f"cluster_{name}": np.array([one[name] for one in clusters]) for name in clusters[0]}


def examples(settings: Mapping[str, Any], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The paper's data of one seed: spins (n, L, L) and their temperatures (n,)."""
    parts = [
        protocol.data_sets(settings["L"], t, "cold", settings, seed, keep_spins=True).spins.values[0]
        for t in settings["training"]
    ]
    return np.concatenate(parts), np.repeat(settings["training"], settings["configurations"])


def trained(
    settings: Mapping[str, Any], seed: int, checkpoint: Path | None = None
) -> tuple[FrontierAutoregressive, dict[str, Any]]:
    """The network of one seed, and what is said of its training."""
    L = settings["L"]
    spins, at = examples(settings, seed)
    network = FrontierAutoregressive((L, L), width=settings["width"], layers=settings["layers"])
    optimizer = replace(learning.ADAMW, rate=settings["rate"])
    how = LikelihoodTraining(settings["epochs"], settings["batch"], optimizer, settings["averaging"])
    curves = learning.fit(network, spins, at, how, seed, checkpoint=checkpoint, progress=True)
    return network, of_the_training(network, curves, spins, settings)


def of_the_training(
    network: Conditional, curves: Curves, spins: np.ndarray, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """What is said of a training: losses, seconds, parameters, and energy and heat capacity of its data."""
    L = settings["L"]
    energies = (Ising((L, L)).energy(spins) / L**2).reshape(len(settings["training"]), -1)
    return {
        "curve": curves.losses["per_site"],
        "training_seconds": np.array(curves.seconds),
        "n_parameters": np.array(sum(one.numel() for one in network.parameters())),
        "data_energy": energies.mean(axis=1),
        "data_heat": L**2 * energies.var(axis=1) / np.array(settings["training"]) ** 2,
    }


def one_training(settings: Mapping[str, Any], seed: int, checkpoint: Path | None = None) -> dict[str, Any]:
    """One training, and what its network draws at every temperature, each (temperature,)."""
    network, found = trained(settings, seed, checkpoint)
    rows = []
    for at, t in enumerate(temperatures(settings)):
        n = settings["generated"]
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extrapolation, which is the question
            drawn = learning.generate(network, t, n, seed + at)
        seconds = (time.perf_counter() - start) / n
        rows.append(of_draws(drawn, settings["L"], t, settings["chains"], seed + at) | {"seconds": seconds})
    return found | {name: np.array([row[name] for row in rows]) for name in rows[0]}


def of_draws(drawn: Proposed, L: int, temperature: float, n_chains: int, seed: int) -> dict[str, Any]:
    """Of independent draws with ln q: raw and weighted quantities with their errors, and how good the weights are.

    g: the mean of s(0) s(r), r = 1 .. L/2, of raw draws, nothing subtracted.
    """
    model, n = Ising((L, L)), L**2
    totals = model.energy(drawn.spins)
    m = np.abs(magnetization(model, drawn.spins))
    log_weights = -totals / temperature - drawn.log_probability
    found = raw_and_weighted(totals / n, m, log_weights, n, temperature)
    levels, law = density_of_states.energy_distribution(temperature, model.shape)
    counted = divergences.of_counts(divergences.counts_of_energies(totals, levels), law)
    log_z, exact = log_partition(log_weights), float(kaufman.log_partition(temperature, model.shape))
    bound = variational_bound(log_weights)
    steps = len(totals) // n_chains - 1
    chains = independence.sample(
        stored(drawn), model, temperature, steps, n_chains=n_chains, burn_in=0, keep_spins=False, seed=seed
    )
    return found | {
        "effective": effective_share(log_weights),
        "log_z": log_z.value,
        "log_z_error": log_z.error,
        "kl": exact - bound.value,
        "kl_error": bound.error,
        "kl_energy": counted.model_to_exact,
        "kl_energy_error": counted.model_to_exact_error,
        "acceptance": float(chains.acceptance.mean()),
        "binder": float(binder_cumulant(m)),
        "g": sets.asked(drawn.spins)["g"],
        "hamming": hamming_distance(drawn.spins[:1000]),
        "hamming_aligned": hamming_distance(aligned(drawn.spins[:1000])),
    }


def raw_and_weighted(
    energy: np.ndarray, m: np.ndarray, log_weights: np.ndarray, n_sites: int, temperature: float
) -> dict[str, float]:
    """The quantities of draws as they come, and of weighted ones under "weighted_...", with errors."""
    found: dict[str, float] = {}
    shares = np.exp(log_weights - log_weights.max())
    for name, weights in (("", np.ones(len(energy))), ("weighted_", shares)):
        for what, (value, error) in quantities(energy, m, weights / weights.sum(), n_sites, temperature).items():
            found |= {f"{name}{what}": value, f"{name}{what}_error": error}
    return found


def quantities(
    energy: np.ndarray, m: np.ndarray, shares: np.ndarray, n_sites: int, temperature: float
) -> dict[str, tuple[float, float]]:
    """Energy, heat capacity, <|m|> and susceptibility per site of weighted draws, and errors to first order."""
    mean_e, mean_m = shares @ energy, shares @ m
    of = {
        "energy": (energy, 1.0),
        "heat": ((energy - mean_e) ** 2, n_sites / temperature**2),
        "order": (m, 1.0),
        "chi": ((m - mean_m) ** 2, n_sites / temperature),
    }
    found = {}
    for name, (values, factor) in of.items():
        mean = shares @ values
        found[name] = (float(factor * mean), float(factor * np.sqrt(np.sum((shares * (values - mean)) ** 2))))
    return found


def stored(drawn: Proposed) -> independence.Proposal:
    """Draws as a proposal: the chains ask for whole blocks, of which they use as many as there are."""

    def propose(n: int, rng: np.random.Generator) -> Proposed:
        times = -(-n // len(drawn.spins))
        return Proposed(np.concatenate([drawn.spins] * times)[:n], np.concatenate([drawn.log_probability] * times)[:n])

    return propose


def cluster_sample(size: int, temperature: float, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """<|m|> and the susceptibility of Swendsen-Wang chains, with errors."""
    draws = sample(
        Ising((size, size)), temperature, settings["cluster_draws"], method="swendsen_wang", n_chains=64,
        keep_spins=False, seed=seed, threads=1,
    ).isel(temperature=0)  # fmt: skip
    m = np.abs(draws.magnetization.values)
    order = mean_and_error(m)
    chi = jackknife(lambda first, second: size**2 * (second - first**2) / temperature, m, m**2)
    return {"order": order.value, "order_error": order.error, "chi": chi.value, "chi_error": chi.error}
