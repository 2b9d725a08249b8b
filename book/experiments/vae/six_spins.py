"""The open chain of six Ising spins (paper vae, Fig. 2a): training sets, networks, and what is asked of configurations.

The training set is the paper's: at each temperature 20 chains of single flips at random sites, 2000 sweeps of warm-up
and 10,000 sweeps of which every 20th is kept, so 10,000 configurations. Beside it stand as many independent ones, drawn
from all 64 states. The paper's loss, batch, optimisers and rates are the defaults of spinlib; widths, the numbers of
latent variables and of epochs are ours, and so is the stabilised variant of adversarial variational Bayes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from spinlib.datasets.thermal import at_temperature
from spinlib.evaluation.divergences import counts_of_energies, counts_of_states, of_counts
from spinlib.exact import enumeration
from spinlib.learning import adversarial_bayes, variational
from spinlib.learning.adversarial_bayes import AdversarialTraining
from spinlib.learning.generated import generate, reconstruct, right_sites
from spinlib.learning.plan import Optimizer
from spinlib.learning.variational import VariationalTraining
from spinlib.models import Ising
from spinlib.networks.adversarial_autoencoder import AdversarialAutoencoder
from spinlib.networks.autoencoder import Autoencoder, VariationalAutoencoder
from spinlib.networks.convolutional_vae import ConvolutionalVAE
from spinlib.networks.dense_vae import DenseVAE
from spinlib.networks.discriminator import Discriminator
from spinlib.samplers import learned_energy

MODEL = Ising((6,), boundary="free")
KINDS = ("dense", "convolutional", "adversarial", "stabilised")


def paper_spins(temperature: float, seed: int, *, n_chains: int = 20, burn_in: int = 2000, n_kept: int = 500) -> Any:
    """The paper's training set, int8 (n_chains * n_kept, 6): each chain keeps every 20th sweep."""
    draws = learned_energy.sample(
        MODEL.energy,
        MODEL,
        temperature,
        n_kept,
        method="table",
        sweeps_between=20,
        burn_in=burn_in,
        n_chains=n_chains,
        seed=seed,
    )
    return at_temperature(draws, temperature)


def independent_spins(temperature: float, n: int, seed: int) -> np.ndarray:
    """Independent configurations of the exact law, int8 (n, 6)."""
    states, probabilities = enumeration.states(MODEL), enumeration.boltzmann(MODEL, temperature)
    return states[np.random.default_rng(seed).choice(len(states), size=n, p=probabilities)]


def network_of(kind: str, n_latent: int, *, dropout: float = 0.0, batch_norm: bool = False) -> Autoencoder:
    """A network of one of the KINDS; dropout and batch norm are for the dense one."""
    if kind == "dense":
        return DenseVAE(MODEL.shape, n_latent, dropout=dropout, batch_norm=batch_norm)
    if dropout or batch_norm or kind not in KINDS:
        raise ValueError(f"kind {kind!r}: allowed are {', '.join(KINDS)}, and 'dense' alone is regularised")
    if kind == "convolutional":
        return ConvolutionalVAE(MODEL.shape, n_latent)
    hidden = (256, 256) if kind == "adversarial" else (128, 128)
    return AdversarialAutoencoder(MODEL.shape, n_latent, hidden=hidden)


def trained(
    kind: str,
    spins: np.ndarray,
    seed: int,
    *,
    n_latent: int,
    epochs: int,
    weight: float = 1.0,
    decoder: str = "gaussian",
    batch: int = 500,
    decay: float = 0.0,
    regularised: Mapping[str, Any] | None = None,
) -> tuple[Autoencoder, dict[str, np.ndarray]]:
    """A network that was trained on some configurations, and the losses of every epoch.

    decay: of the weights (L2), for the variational kinds. regularised: dropout or batch norm. What it has become is
    asked by `of_spins`, over all 64 states: the law, not the training configurations, is the test.
    """
    network = network_of(kind, n_latent, **(regularised or {}))
    if isinstance(network, VariationalAutoencoder):
        optimizer = Optimizer("adam", 1e-3, options={"weight_decay": decay} if decay else {})
        how = VariationalTraining(epochs, decoder, weight, batch, optimizer)
        return network, variational.fit(network, spins, how, seed).losses
    assert isinstance(network, AdversarialAutoencoder)
    if decay:
        raise ValueError(f"decay {decay}: for the variational kinds only")
    paper = adversarial_bayes.PAPER_OPTIMIZER
    stabilised = {"discriminator_steps": 3, "autoencoder": Optimizer("adam", 5e-4, options=paper.options)}
    settings: dict[str, Any] = stabilised if kind == "stabilised" else {}
    discriminator = Discriminator(MODEL.shape, n_latent, hidden=(256, 256) if kind == "adversarial" else (128, 128))
    against = AdversarialTraining(epochs, decoder, weight, batch=batch, **settings)
    return network, adversarial_bayes.fit(network, discriminator, spins, against, seed).losses


def of_spins(spins: np.ndarray, temperature: float) -> dict[str, Any]:
    """What independent configurations (n, 6) say, with standard errors, beside the exact law of all 64 states.

    Energy per site, correlations s_i s_(i + r) averaged over i for r = 1 to 5, heat capacity per site; divergences over
    states and over energies, in nats, less the biases of counts; the counts themselves.
    """
    n, size = len(spins), MODEL.n_sites
    energies, signs = MODEL.energy(spins), spins.astype(np.float64)
    products = [(signs[:, r:] * signs[:, : size - r]).mean(axis=1) for r in range(1, size)]
    off = energies - energies.mean()
    variance = off.var()
    states = counts_of_states(spins, MODEL)
    law = enumeration.boltzmann(MODEL, temperature)
    levels, places = np.unique(enumeration.energies(MODEL), return_inverse=True)
    found: dict[str, Any] = {
        "energy": energies.mean() / size,
        "energy_error": energies.std(ddof=1) / np.sqrt(n) / size,
        "correlation": np.mean(products, axis=1),
        "correlation_error": np.std(products, axis=1, ddof=1) / np.sqrt(n),
        "heat": variance / temperature**2 / size,
        "heat_error": np.sqrt(max((off**4).mean() - variance**2, 0.0) / n) / temperature**2 / size,
        "states": states,
    }
    over_energies = of_counts(counts_of_energies(energies, levels), np.bincount(places, law))
    for name, divergences in (("", of_counts(states, law)), ("energy_", over_energies)):
        found |= {
            f"{name}kl": divergences.model_to_exact,
            f"{name}kl_error": divergences.model_to_exact_error,
            f"{name}reverse_kl": divergences.exact_to_model,
            f"{name}total_variation": divergences.total_variation,
            f"{name}total_variation_floor": divergences.total_variation_floor,
        }
    return found | {"missed": of_counts(states, law).missed}


def of_network(network: Autoencoder, temperature: float, n: int, seed: int) -> dict[str, Any]:
    """`of_spins` of n generated configurations, by the sign ("sign_...") and by drawing ("drawn_...")."""
    found: dict[str, Any] = {}
    for how in ("sign", "drawn"):
        asked = of_spins(generate(network, n, seed, spins=how), temperature)
        found |= {f"{how}_{name}": value for name, value in asked.items()}
    return found


def of_reconstructions(network: Autoencoder, training: np.ndarray, held_out: np.ndarray, seed: int) -> dict[str, float]:
    """Shares of right sites and of whole configurations, without noise ("mean_...") and with it ("sampled_...")."""
    found: dict[str, float] = {}
    for latent in ("mean", "sampled"):
        for name, spins in (("training", training), ("held_out", held_out)):
            sites, whole = right_sites(spins, reconstruct(network, spins, seed, latent=latent))
            found |= {f"{latent}_{name}_sites": sites, f"{latent}_{name}_whole": whole}
    return found
