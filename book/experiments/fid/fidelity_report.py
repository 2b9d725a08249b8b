"""What `spinlib.fidelity` says of right and of broken samplers, and of an autoencoder of paper vae.

Samplers of 16 x 16 spins at the paper's T = 2.3 (`experiments.fid.broken_samplers`), each in several sets of
configurations, and cluster samples at two more temperatures. The autoencoder is the convolutional one of paper vae for
six open spins at T = 1, trained as there, anew for every set; its configurations are the signs of its outputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.fid.broken_samplers import KINDS, configurations
from experiments.fid.monte_carlo import PAPER
from experiments.vae import six_spins
from spinlib.fidelity import Report, make_reference, report
from spinlib.learning.generated import generate
from spinlib.models import Ising

if TYPE_CHECKING:
    from spinbook import Run

METRICS = (
    "energy", "abs_magnetization", "magnetization", "heat_capacity", "susceptibility", "binder_cumulant",
    "correlation_length", "correlation_function", "energy_distribution", "magnetization_distribution",
    "hamming_distance", "aligned_hamming_distance",
)  # fmt: skip
VERDICTS = ("agrees", "deviates", "undecided")
EXAMPLE = "acceptance in 6 bits"  # its first set is kept, for the chapter's page
AUTOENCODER = "convolutional VAE, six spins"
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "L": 8, "T": 2.3, "right": [1.6, 3.0], "n": 500, "sets": 3, "protocol": {**PAPER, "configurations": 500},
        "vae": {"T": 1.0, "chains": 4, "burn_in": 20, "kept": 50, "n_latent": 4, "epochs": 2, "generated": 1000},
    },
    "paper": {
        "L": 16, "T": 2.3, "right": [1.6, 3.0], "n": 2000, "sets": 4, "protocol": PAPER,
        "vae": {"T": 1.0, "chains": 20, "burn_in": 2000, "kept": 500, "n_latent": 8, "epochs": 60, "generated": 10_000},
    },
}  # fmt: skip
COMPARE: dict[Any, Any] = {
    ("values", "worth", "distinct"): ("seeds", 1),
    ("verdicts", "overall", "p", "references", "example"): "kept",
    ("names", "metrics"): "exact",
}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Of every sampler and set (sampler, set): overall verdict; worth, the smallest effective sample size; distinct.

    values, references, p, verdicts: (sampler, set, metric), p is -1 where there is none; verdicts are places in
    `VERDICTS`. names: of the samplers. example: the signs of the first set of `EXAMPLE` as bits, (chain, draw, byte).
    """
    L, T = settings["L"], settings["T"]
    cases = [(kind, T) for kind in KINDS] + [("cluster method", t) for t in settings["right"]]
    rows = [
        run.seeds(
            one_sampler, *(kind, L, t, settings["n"], settings["protocol"]),
            n=settings["sets"], several=ASKED, label=f"{kind}, T={t:g}", offset=100 * k,
        )
        for k, (kind, t) in enumerate(cases)
    ]  # fmt: skip
    rows.append(
        run.seeds(
            one_autoencoder, settings["vae"],
            n=settings["sets"], several=ASKED, label=AUTOENCODER, offset=100 * len(cases),
        )
    )  # fmt: skip
    names = [kind if t == T else f"{kind}, T = {t:g}" for kind, t in cases] + [AUTOENCODER]
    example = configurations(EXAMPLE, L, T, settings["n"], run.seed, settings["protocol"])
    found: dict[str, Any] = {name: np.array([one[name] for one in rows]) for name in ASKED}
    bits = np.packbits(example.reshape(*example.shape[:2], -1) > 0, axis=-1)
    return found | {"names": np.array(names), "metrics": np.array(METRICS), "example": bits}


ASKED = ("overall", "values", "references", "p", "verdicts", "worth", "distinct")


def one_sampler(kind: str, L: int, temperature: float, n: int, paper: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """One set of one sampler."""
    model = Ising((L, L))
    spins = configurations(kind, L, temperature, n, seed, paper)
    return numbers(report(spins, model, temperature, reference=make_reference(model, temperature, seed=seed)))


def one_autoencoder(settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """One training on the paper's configurations, and what it generates."""
    T = settings["T"]
    spins = six_spins.paper_spins(
        T, seed, n_chains=settings["chains"], burn_in=settings["burn_in"], n_kept=settings["kept"]
    )
    network, _ = six_spins.trained(
        "convolutional", spins, seed, n_latent=settings["n_latent"], epochs=settings["epochs"]
    )
    return numbers(report(generate(network, settings["generated"], seed), six_spins.MODEL, T))


def numbers(found: Report) -> dict[str, Any]:
    """A report as arrays in the order of `METRICS`; a metric that does not apply is undecided, with the value 0."""
    metrics = [found.metrics.get(name) for name in METRICS]
    return {
        "overall": VERDICTS.index(found.verdict),
        "values": np.array([one.value if one and np.isfinite(one.value) else 0.0 for one in metrics]),
        "references": np.array([one.reference if one else 0.0 for one in metrics]),
        "p": np.array([one.p if one and np.isfinite(one.p) else -1.0 for one in metrics]),
        "verdicts": np.array([VERDICTS.index(one.verdict) if one else 2 for one in metrics]),
        "worth": np.nan_to_num(min(found.n_effective.values())),
        "distinct": found.distinct,
    }
