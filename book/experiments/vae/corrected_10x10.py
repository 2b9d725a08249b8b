"""The 10 x 10 torus: an autoencoder with a Bernoulli decoder as the proposal of an independence Metropolis chain.

The convolutional autoencoder of paper vae, trained on the paper's configurations with a Bernoulli decoder; its
likelihood is estimated from k latent variables, the one that made the state and others from the encoder. At the
critical temperature smaller lattices stand beside it, to see how the weights w = exp(-E / T) / q grow with the lattice.

Two questions tell whether the law q itself is the reason or the estimate of its likelihood. How much do two estimates
of the same configuration differ, by their latent variables alone? And how large is KL(q || exact) = ln Z - <ln w>? With
the latent variable that made the configuration among the k, ln q is overestimated on average, and with new ones of the
encoder alone it is underestimated, so that the divergence lies between two bounds, which approach each other as k
grows (R. Grosse, Z. Ghahramani and R. Adams, arXiv:1511.02543).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from experiments.vae import random_flips
from experiments.vae.autocorrelation import CRITICAL
from spinlib.evaluation.importance_weights import effective_share, weighted_mean
from spinlib.exact import kaufman
from spinlib.learning import proposals, variational
from spinlib.learning.variational import VariationalTraining
from spinlib.models import Ising
from spinlib.networks.autoencoder import VariationalAutoencoder
from spinlib.networks.convolutional_vae import ConvolutionalVAE
from spinlib.samplers import independence

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "L": 6, "T": [CRITICAL, 3.0], "smaller": [4], "seeds": 3, "kept": 5, "epochs": 1, "n_latent": 8, "k": [1, 4],
        "proposals": 100, "chains": 5, "again": 20,
    },
    "paper": {
        "L": 10, "T": [1.8, CRITICAL, 3.0], "smaller": [4, 6, 8], "seeds": 5, "kept": 500, "epochs": 40, "n_latent": 32,
        "k": [1, 4, 16, 64], "proposals": 2000, "chains": 20, "again": 500,
    },
}  # fmt: skip
COMPARE: dict[Any, Any] = {
    ("*acceptance", "*effective", "*variance", "*spread_energy", "*spread_log_q"): ("seeds", 1),
    ("*noise", "*gap", "*kl"): ("seeds", 1),
    ("*proposed_energy", "*chain_energy"): ("seeds", 1),
    # Of trainings; the error beside each is that of its weights, and too small where few of them count.
    ("weighted_energy", "smaller_weighted_energy"): ("seeds", 1),
    ("exact_energy", "smaller_exact_energy"): "exact",
}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (temperature, seed[, k]) as `one_network` names them, and "smaller_...", (size, seed[, k])."""
    cases = {
        "": [(settings["L"], temperature) for temperature in settings["T"]],
        "smaller_": [(size, CRITICAL) for size in settings["smaller"]],
    }
    found: dict[str, Any] = {}
    for name, places in cases.items():
        rows = [
            [
                run.part(
                    f"{name}L={size}, T={temperature:.4f}, {k}",
                    *(one_network, size, temperature, dict(settings), run.seed + 1000 * size + 100 * at + k),
                )
                for k in run.progress(range(settings["seeds"]), f"L={size}, T={temperature:.3f}")
            ]
            for at, (size, temperature) in enumerate(places)
        ]
        found |= {f"{name}{what}": np.array([[one[what] for one in row] for row in rows]) for what in rows[0][0]}
    return found


def trained(size: int, temperature: float, settings: Mapping[str, Any], seed: int) -> VariationalAutoencoder:
    """The network of one lattice, trained on the paper's configurations; its weights w are asked afterwards."""
    model = Ising((size, size))
    network = ConvolutionalVAE(model.shape, settings["n_latent"], filters=(16, 32), boundary="periodic")
    spins = random_flips.configurations(model, temperature, seed, n_kept=settings["kept"])
    variational.fit(network, spins, VariationalTraining(settings["epochs"], "bernoulli", bfloat16=True), seed)
    return network.eval()


def one_network(size: int, temperature: float, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """One training, and for every k what `of_proposals` finds, each (k,)."""
    model, network = Ising((size, size)), trained(size, temperature, settings, seed)
    rows, log_z = [], float(kaufman.log_partition(temperature, model.shape))
    for at, k in enumerate(settings["k"]):
        drawn = proposals.bernoulli_decoder(network, k, importance="encoder")(
            settings["proposals"], np.random.default_rng(seed + 10 * at)
        )
        asked = of_proposals(model, drawn, temperature, settings["chains"], seed + at, log_z)
        rows.append(asked | of_estimates(network, drawn, k, settings["again"], seed + at))
    found: dict[str, Any] = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return found | {"exact_energy": kaufman.energy(temperature, model.shape)}


def of_proposals(
    model: Any, drawn: independence.Proposed, temperature: float, n_chains: int, seed: int, log_z: float
) -> dict[str, float]:
    """Of independent proposals (n,): the variance of ln w and the spreads of its parts E / T and ln q, the effective
    share, ln Z - <ln w> as "kl", and energies per site as proposed, by importance weights, and in chains to which these
    are proposed one after another. kl is KL(q || exact) in nats, or its upper bound where ln q is an estimate that
    holds the latent variable of the configuration.
    """
    energies = model.energy(drawn.spins)
    log_weights = -energies / temperature - drawn.log_probability
    weighted = weighted_mean(energies / model.n_sites, log_weights)

    def stored(n: int, rng: np.random.Generator) -> independence.Proposed:
        # The chains ask for whole blocks, of which they use as many as there are.
        times = -(-n // len(drawn.spins))
        return independence.Proposed(
            np.concatenate([drawn.spins] * times)[:n], np.concatenate([drawn.log_probability] * times)[:n]
        )

    # The first proposal of every chain is its start.
    steps = len(drawn.spins) // n_chains - 1
    chains = independence.sample(
        stored, model, temperature, steps, n_chains=n_chains, burn_in=0, keep_spins=False, seed=seed
    )
    return {
        "acceptance": float(chains.acceptance.mean()),
        "effective": effective_share(log_weights),
        "variance": float(log_weights.var(ddof=1)),
        "kl": float(log_z - log_weights.mean()),
        "spread_energy": float((energies / temperature).std(ddof=1)),
        "spread_log_q": float(drawn.log_probability.std(ddof=1)),
        "proposed_energy": float(energies.mean() / model.n_sites),
        "chain_energy": float(chains.energy.mean()),
        "weighted_energy": weighted.value,
        "weighted_energy_error": weighted.error,
    }


def of_estimates(
    network: VariationalAutoencoder, drawn: independence.Proposed, k: int, n: int, seed: int
) -> dict[str, float]:
    """The variance "noise" that the estimate of ln q has for a given configuration, from two estimates of each of n
    proposals; and the mean "gap" by which the proposals' own estimates, with the latent variable that made the
    configuration, exceed those with new ones.
    """
    rng = torch.Generator().manual_seed(seed % 2**63)
    spins, own = torch.from_numpy(drawn.spins[:n]).float(), drawn.log_probability[:n]
    with torch.inference_mode():
        first, second = (log_likelihood(network, spins, k, rng).numpy() for _ in range(2))
    return {"noise": float((first - second).var() / 2), "gap": float((own - (first + second) / 2).mean())}


def log_likelihood(network: VariationalAutoencoder, spins: torch.Tensor, k: int, rng: torch.Generator) -> torch.Tensor:
    """ln of (1/k) sum p(x|z) p(z) / r(z|x), with k latent variables of the encoder r for each configuration (n,)."""
    mean, log_variance = (code[:, None].double() for code in network.encode(spins))
    normal = torch.randn((len(spins), k, network.n_latent), generator=rng, dtype=torch.float64)
    latent = mean + (0.5 * log_variance).exp() * normal
    log_ratio = (0.5 * (normal**2 + log_variance - latent**2)).sum(dim=2)
    fields = network.fields(latent.to(spins).flatten(0, 1)).double().unflatten(0, (len(spins), k))
    log_p = functional.logsigmoid(2.0 * fields * spins[:, None]).flatten(2).sum(dim=2)
    return torch.logsumexp(log_p + log_ratio, dim=1) - np.log(k)
