"""Six open Ising spins: an autoencoder with a Bernoulli decoder as the proposal of an independence Metropolis chain.

Its likelihood is estimated from k latent variables. Three ways to make the estimate stand side by side:

    corrected   the latent variable that made the state is among the k; the others come from the encoder
    prior       the same, with the others from the prior
    careless    all k are new ones from the encoder: wrong, to see how wrong

The first two are exact for any k (pseudo-marginal), once the chain has forgotten its start. Every chain is independent
of the others, so that tests against the law of the 64 states need no autocorrelation time. All that the exact
probabilities of the autoencoder say beside this is computed from very many latent variables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from experiments.vae import six_spins
from experiments.vae.six_spins import MODEL
from spinlib.evaluation.divergences import counts_of_states
from spinlib.evaluation.importance_weights import effective_share
from spinlib.exact import enumeration
from spinlib.learning import proposals
from spinlib.networks.autoencoder import Autoencoder, VariationalAutoencoder
from spinlib.samplers import independence
from spinlib.statistics import chi_square_of_mean

if TYPE_CHECKING:
    from spinbook import Run

# How the estimate is made: from which latent variables, with the own one or without.
WAYS: dict[str, dict[str, Any]] = {
    "corrected": {"importance": "encoder"},
    "prior": {"importance": "prior"},
    "careless": {"importance": "encoder", "keep_own": False},
}
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "T": [1.0, 4.0], "seeds": 3, "chains": 4, "burn_in": 20, "kept": 50, "n_latent": 4, "epochs": 4,
        "k": {"corrected": [1, 4], "prior": [1], "careless": [1]},
        "walkers": 400, "draws": 4, "between": 2, "warm_up": 20, "proposals": 1000, "latents": 2000,
    },
    "paper": {
        "T": [0.5, 1.0, 2.0, 4.0], "seeds": 5, "chains": 20, "burn_in": 2000, "kept": 500, "n_latent": 8, "epochs": 60,
        "k": {"corrected": [1, 4, 16], "prior": [1, 4, 16], "careless": [1, 4, 16]},
        "walkers": 1000, "draws": 20, "between": 4, "warm_up": 200, "proposals": 20_000, "latents": 200_000,
    },
}  # fmt: skip
COMPARE: dict[Any, Any] = {
    # Of trainings; the error beside each is that of its chains.
    tuple(f"{way}_energy" for way in WAYS): ("seeds", 1),
    ("*_acceptance", "*_effective", "*_spread"): ("seeds", 1),
    ("ideal", "bound", "forward_kl"): ("trainings", 1),
    ("entropy", "exact_energy"): "exact",
    ("*_chi2", "*_dof", "*_states"): "kept",
}
# So many draws of a state or an energy are expected, or it is joined with others.
LEAST = 50


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (temperature, seed[, k]) as `one_network` names them."""
    return six_spins.over_temperatures(one_network, settings, run)


def one_network(temperature: float, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """One network, and the chains that it proposes to: `of_chain` and `of_weights` for every way and k, as "way_name".

    Beside them the acceptance "ideal" that the exact q(x) would have, KL(exact || model) "forward_kl", the mean of
    -ELBO in the last epoch of training "bound" and the exact "entropy", all in nats.
    """
    spins = six_spins.paper_spins(
        temperature, seed, n_chains=settings["chains"], burn_in=settings["burn_in"], n_kept=settings["kept"]
    )
    network, losses = six_spins.trained(
        "dense", spins, seed, n_latent=settings["n_latent"], epochs=settings["epochs"], decoder="bernoulli"
    )
    assert isinstance(network, VariationalAutoencoder)
    found: dict[str, Any] = {}
    for way, options in WAYS.items():
        each = []
        for at, k in enumerate(settings["k"][way]):
            proposal = proposals.bernoulli_decoder(network.eval(), k, **options)
            # Other random numbers for every k, so that results of one network are independent.
            asked = of_chain(proposal, temperature, settings, seed + 100 * (at + 1))
            drawn = proposal(settings["proposals"], np.random.default_rng(seed + 100 * (at + 1) + 50))
            each.append(asked | of_weights(drawn, temperature))
        found |= {f"{way}_{name}": np.array([one[name] for one in each]) for name in each[0]}
    law = enumeration.boltzmann(MODEL, temperature)
    log_q = np.log(probabilities(network, settings["latents"], seed))
    return found | {
        "ideal": ideal_acceptance(law, np.exp(log_q)),
        "forward_kl": float(law @ (np.log(law) - log_q)),
        "bound": float(losses["loss"][-1]),
        "entropy": float(-law @ np.log(law)),
        "exact_energy": enumeration.thermodynamics(MODEL, temperature).energy,
    }


def of_chain(
    proposal: independence.Proposal, temperature: float, settings: Mapping[str, Any], seed: int
) -> dict[str, Any]:
    """Energy per site with its error, acceptance, counts of states, and chi-squares of energies and of states."""
    draws = independence.sample(
        proposal,
        MODEL,
        temperature,
        settings["draws"],
        n_chains=settings["walkers"],
        steps_between=settings["between"],
        burn_in=settings["warm_up"],
        seed=seed,
    ).isel(temperature=0)
    each = draws.energy.values.mean(axis=1)
    law, levels = enumeration.boltzmann(MODEL, temperature), enumeration.energies(MODEL)
    counts = np.array([counts_of_states(rows, MODEL) for rows in draws.spins.values])
    _, places = np.unique(levels, return_inverse=True)
    of_level = counts @ np.equal.outer(places, np.arange(places.max() + 1)).astype(np.int64)
    state_chi2, state_dof = fit_of_counts(counts, law)
    level_chi2, level_dof = fit_of_counts(of_level, np.bincount(places, law))
    return {
        "energy": each.mean(),
        "energy_error": each.std(ddof=1) / np.sqrt(len(each)),
        "acceptance": float(draws.acceptance.mean()),
        "states": counts.sum(axis=0),
        "state_chi2": state_chi2,
        "state_dof": state_dof,
        "level_chi2": level_chi2,
        "level_dof": level_dof,
    }


def fit_of_counts(counts: np.ndarray, law: np.ndarray, least: float = LEAST) -> tuple[float, int]:
    """Chi-square of counts (chain, class) of independent chains against a law (class,), with its degrees of freedom.

    Classes that are expected fewer than `least` times in all count as one; if even that is expected less often, the
    rarest of the others join it. ValueError where one class is all that is left. The draws of a chain may be
    correlated.
    """
    order = np.argsort(-law, kind="stable")
    expected = counts.sum() * law[order]
    # The class that is left out, since shares add up to 1, holds all that are rare, and enough of the others.
    alone = int((expected >= least).sum())
    while alone > 1 and expected[alone:].sum() < least:
        alone -= 1
    if alone < 1:
        raise ValueError(f"counts: no class of {len(law)} is expected {least:g} times")
    shares = counts[:, order[:alone]] / counts.sum(axis=1, keepdims=True)
    return chi_square_of_mean(shares - law[order[:alone]])


def of_weights(drawn: independence.Proposed, temperature: float) -> dict[str, float]:
    """Of independent proposals: effective share by importance weights, and standard deviation of ln w, "spread"."""
    log_weights = -MODEL.energy(drawn.spins) / temperature - drawn.log_probability
    return {"effective": effective_share(log_weights), "spread": float(log_weights.std())}


def probabilities(network: Autoencoder, n: int, seed: int) -> np.ndarray:
    """q(x) of all 64 states, the mean of p(x|z) over n latent variables of the prior."""
    states = torch.from_numpy(enumeration.states(MODEL)).double()
    rng, total = torch.Generator().manual_seed(seed % 2**63), torch.zeros(len(states), dtype=torch.float64)
    with torch.inference_mode():
        for start in range(0, n, 10_000):
            latent = torch.randn((min(10_000, n - start), network.n_latent), generator=rng)
            fields = 2.0 * network.fields(latent).double()
            # ln p(x|z) = sum of logsigmoid(2 h x), which is linear in x = +-1.
            up, down = functional.logsigmoid(fields), functional.logsigmoid(-fields)
            log_p = (up + down).sum(dim=1, keepdim=True) / 2 + (up - down) @ states.T / 2
            total += log_p.exp().sum(dim=0)
    q = (total / n).numpy()
    return q / q.sum()


def ideal_acceptance(law: np.ndarray, q: np.ndarray) -> float:
    """The mean acceptance in equilibrium of proposals q whose probabilities are known, sum of min(p q', p' q)."""
    flow = np.outer(law, q)
    return float(np.minimum(flow, flow.T).sum())
