"""What the league table of generative models has beside the models: the paper's Monte Carlo data and cluster samples.

On 16 x 16: each run of the paper's protocol is one data set, as a network is trained on; Swendsen-Wang chains of as
many configurations stand beside them. Both are asked what generated sets are asked, and timed: the seconds of one
configuration, times two autocorrelation times, are those of an independent one. Times are those of the processor, so
that other work on the machine does not count. The autoregressive network is timed here as well, with its first weights:
what it has learned does not change what it computes.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from experiments.fid import protocol
from spinlib import sample
from spinlib.evaluation import divergences
from spinlib.exact import density_of_states
from spinlib.fidelity.reference import aligned
from spinlib.models import Ising
from spinlib.networks.frontier_autoregressive import FrontierAutoregressive
from spinlib.observables import hamming_distance
from spinlib.statistics import integrated_autocorrelation_time

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "L": 16, "T": [1.2, 1.8, 2.3, 3.0], "runs": 3, "configurations": 40, "burn_in": 100, "sweeps_between": 2,
        "cluster_configurations": 40, "width": 16, "layers": 2, "drawn": 100, "timed": 3,
    },
    "laptop": {
        "L": 16, "T": [1.2, 1.8, 2.3, 2.8, 3.0], "runs": 8, "configurations": 1000, "burn_in": 10_000,
        "sweeps_between": 10, "cluster_configurations": 1000, "width": 160, "layers": 2, "drawn": 1000, "timed": 3,
    },
}  # fmt: skip
ASKED = ("energy", "heat", "order", "chi", "kl_energy", "hamming_aligned")
COMPARE: dict[Any, Any] = {
    **{f"{kind}_{name}": ("seeds", 1) for name in ASKED for kind in ("protocol", "cluster")},
    ("protocol_seconds", "cluster_seconds", "network_seconds"): "magnitude",
    "T": "exact",
}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Numbers of every set, "protocol_..." and "cluster_...", (temperature, run); "..._seconds" of an independent
    configuration, (temperature, run), and "network_seconds" (repetition,).
    """
    found: dict[str, Any] = {"T": np.array(settings["T"])}
    for kind, function in (("protocol", of_protocol), ("cluster", of_clusters)):
        rows = [
            run.part(f"{kind}, T={t:g}", function, t, dict(settings), run.seed)
            for t in run.progress(settings["T"], kind)
        ]
        found |= {f"{kind}_{name}": np.array([row[name] for row in rows]) for name in rows[0]}
    times = [run.part(f"network, {k}", of_network, dict(settings), run.seed + k) for k in range(settings["timed"])]
    return found | {"network_seconds": np.array(times)}


def of_network(settings: Mapping[str, Any], seed: int) -> float:
    """Seconds of a configuration of the autoregressive network."""
    network = FrontierAutoregressive((settings["L"],) * 2, width=settings["width"], layers=settings["layers"])
    network.draw(10, 2.3, torch.Generator().manual_seed(seed))
    begin, n = time.process_time(), settings["drawn"]
    network.draw(n, 2.3, torch.Generator().manual_seed(seed))
    return (time.process_time() - begin) / n


def of_protocol(temperature: float, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Data sets of the paper's protocol from cold starts."""
    size, runs = settings["L"], settings["runs"]
    spins = protocol.data_sets(size, temperature, "cold", settings, seed, keep_spins=True).spins.values
    # Configurations of all copies without the thermalisation, which a long run pays once.
    begin = time.process_time()
    protocol.data_sets(size, temperature, "cold", {**settings, "burn_in": 0}, seed)
    each = (time.process_time() - begin) / spins.shape[0] / spins.shape[1]
    return together(spins[:runs], temperature, each)


def of_clusters(temperature: float, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """As many chains of Swendsen-Wang."""
    size, runs, n = settings["L"], settings["runs"], settings["cluster_configurations"]
    begin = time.process_time()
    spins = sample(
        Ising((size, size)), temperature, n, method="swendsen_wang", n_chains=runs, seed=seed, threads=1
    ).spins.values[0]  # fmt: skip
    return together(spins, temperature, (time.process_time() - begin) / runs / n)


def together(spins: np.ndarray, temperature: float, each: float) -> dict[str, Any]:
    """Of sets (run, n, L, L): `of_set` of each, and the seconds of an independent one, where one took `each`."""
    model = Ising(spins.shape[2:])
    found = [of_set(one, temperature) for one in spins]
    energies, m = model.energy(spins), np.abs(spins.mean(axis=(2, 3)))
    times = [max(slowest(e), slowest(order)) for e, order in zip(energies, m, strict=True)]
    rows = {name: np.array([one[name] for one in found]) for name in found[0]}
    return rows | {"seconds": 2 * each * np.array(times)}


def slowest(series: np.ndarray) -> float:
    """The autocorrelation time of one series in configurations, 1/2 for one that never changes."""
    tau = integrated_autocorrelation_time(series[None].astype(np.float64))
    return float(max(tau, 0.5)) if np.isfinite(tau) else 0.5


def of_set(spins: np.ndarray, temperature: float) -> dict[str, float]:
    """What any set (n, L, L) of one temperature is asked: energy, heat capacity, <|m|> and susceptibility per site, KL
    of the energies to their exact law in nats, freed of its bias by counting, and the Hamming distance of pairs with
    signs aligned.
    """
    model = Ising(spins.shape[1:])
    totals, m = model.energy(spins), np.abs(spins.mean(axis=(1, 2)))
    levels, law = density_of_states.energy_distribution(temperature, model.shape)
    counted = divergences.of_counts(divergences.counts_of_energies(totals, levels), law)
    return {
        "energy": float(totals.mean()) / model.n_sites,
        "heat": float(totals.var()) / model.n_sites / temperature**2,
        "order": float(m.mean()),
        "chi": float(m.var()) * model.n_sites / temperature,
        "kl_energy": counted.model_to_exact,
        "hamming_aligned": float(hamming_distance(aligned(spins)[:1000])),
    }
