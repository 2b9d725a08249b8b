"""The 10 x 10 Ising model with periodic edges (paper vae, Fig. 2c and Fig. 3): networks, and what is asked of them.

The training set is the paper's, 10,000 configurations of single flips at random sites (`random_flips`); beside it stand
independent configurations by Swendsen-Wang, for training in the place of the paper's and for reconstruction of what the
network has not seen. Loss, batch, optimiser and rate are the paper's. Widths, latent variables and epochs are ours.
Networks are trained with products in bfloat16 and weights in float32; what they generate is computed in float32.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from experiments.vae import random_flips
from experiments.vae.estimates import energy_and_heat
from spinlib import sample
from spinlib.evaluation.divergences import counts_of_energies, of_counts
from spinlib.evaluation.latent_variables import activity
from spinlib.exact import density_of_states, kaufman, onsager
from spinlib.learning import variational
from spinlib.learning.configurations import drawn, signs
from spinlib.learning.generated import generate, reconstruct, right_sites
from spinlib.learning.variational import VariationalTraining
from spinlib.models import Ising
from spinlib.networks.autoencoder import VariationalAutoencoder
from spinlib.networks.convolutional_vae import ConvolutionalVAE
from spinlib.networks.dense_vae import DenseVAE
from spinlib.observables.structure_factors import structure_factor
from spinlib.statistics import mean_and_error

MODEL = Ising((10, 10))
KINDS = ("convolutional", "dense")
CRITICAL = onsager.critical_temperature()
# Sweeps of Swendsen-Wang between configurations that count as independent; its tau_int here is below 5 sweeps.
APART = 25
# Configurations that go through a network at once: their pictures fit into the processor's cache.
BATCH = 2000
# As many configurations of one energy as Figure 3 shows.
SHOWN = 3
SIZES: dict[str, Any] = {
    **{"chains": 20, "burn_in": 2000, "kept": 500, "held_out": 10_000, "reference": 20_000},
    **{"generated": 10_000, "counted": 100_000},
}
SMOKE_SIZES: dict[str, Any] = {
    **{"chains": 4, "burn_in": 100, "kept": 20, "held_out": 100, "reference": 200},
    **{"generated": 200, "counted": 250},
}
AVERAGES = ("energy", "heat", "order", "correlation", "energy_kl", "energy_total_variation")
# Of all results of `one_model` by temperature and seed.
COMPARE: dict[Any, Any] = {
    **{(f"sign_{name}", f"drawn_{name}"): ("seeds", 1) for name in AVERAGES},
    ("mean_*", "sampled_*", "active", "latent_nats"): ("seeds", 1),
    ("*_spectrum", "*_floor", "*_counts", "loss.*"): "kept",
}


def independent_spins(temperature: float, n: int, seed: int) -> np.ndarray:
    """Configurations of Swendsen-Wang, int8 (n, 10, 10), `APART` sweeps from each other."""
    draws = sample(
        MODEL, temperature, n, method="swendsen_wang", sweeps_between=APART, observables=(), threads=1, seed=seed
    )
    return np.asarray(draws.spins.values).reshape(n, *MODEL.shape)


def trained(
    kind: str,
    spins: np.ndarray,
    seed: int,
    *,
    n_latent: int,
    epochs: int,
    weight: float = 1.0,
    decoder: str = "gaussian",
    bfloat16: bool = True,
) -> tuple[VariationalAutoencoder, dict[str, np.ndarray]]:
    """A network that was trained on some configurations, and the losses of every epoch.

    What it became is asked by `of_spins`, against exact values: the law, not the training configurations, is the test.
    """
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r}: allowed are {', '.join(KINDS)}")
    network: VariationalAutoencoder
    if kind == "dense":
        network = DenseVAE(MODEL.shape, n_latent, hidden=(256, 256))
    else:
        network = ConvolutionalVAE(MODEL.shape, n_latent, filters=(16, 32), boundary="periodic")
    how = VariationalTraining(epochs, decoder, weight, bfloat16=bfloat16)
    return network, variational.fit(network, spins, how, seed).losses


@lru_cache(maxsize=16)
def law_of_energies(temperature: float) -> tuple[np.ndarray, np.ndarray]:
    """All total energies (level,) and their exact probabilities."""
    return density_of_states.energy_distribution(temperature, MODEL.shape)


def correlations(spectrum: Any) -> np.ndarray:
    """Correlations (..., 5) at distances 1 to 5 along an axis, mean of both, of structure factors (..., 10, 10)."""
    functions = np.fft.ifft2(spectrum).real
    half = MODEL.shape[0] // 2 + 1
    return (functions[..., 1:half, 0] + functions[..., 0, 1:half]) / 2


def of_spins(spins: np.ndarray, temperature: float) -> dict[str, Any]:
    """What configurations (n, 10, 10) say: means, with standard errors for independent ones.

    Energy, heat capacity and |m| per site, correlations at distances 1 to 5 along an axis, structure factor
    ("spectrum"); divergence in nats and total variation of the energies from the exact law, less the bias of counts.
    """
    n, energies = len(spins), MODEL.energy(spins).astype(np.float64)
    order = np.abs(spins.reshape(n, -1).mean(axis=1, dtype=np.float64))
    levels, law = law_of_energies(temperature)
    found = of_counts(counts_of_energies(energies, levels), law)
    spectrum = np.asarray(structure_factor(MODEL, spins)).mean(axis=0)
    return {
        **energy_and_heat(energies, MODEL.n_sites, temperature),
        "order": order.mean(),
        "order_error": order.std(ddof=1) / np.sqrt(n),
        "correlation": correlations(spectrum),
        "spectrum": spectrum.astype(np.float32),
        "energy_kl": found.model_to_exact,
        "energy_kl_error": found.model_to_exact_error,
        "energy_total_variation": found.total_variation,
        "energy_total_variation_floor": found.total_variation_floor,
    }


def counts(spins: np.ndarray, temperature: float) -> np.ndarray:
    """How often each energy occurs, int32 (level,)."""
    return counts_of_energies(MODEL.energy(spins), law_of_energies(temperature)[0]).astype(np.int32)


def of_network(network: VariationalAutoencoder, temperature: float, n: int, seed: int) -> dict[str, Any]:
    """`of_spins` of n generated configurations, by the sign ("sign_...") and by drawing ("drawn_...")."""
    found: dict[str, Any] = {}
    outputs = generate(network, n, seed, spins="none", batch=BATCH)
    for how, spins in (("sign", signs(outputs)), ("drawn", drawn(outputs, np.random.default_rng(seed)))):
        found |= {f"{how}_{name}": value for name, value in of_spins(spins, temperature).items()}
    return found


def rebuilt(network: VariationalAutoencoder, spins: np.ndarray, seed: int, latent: str = "mean") -> np.ndarray:
    """Configurations that have gone through encoder and decoder, by the sign."""
    parts = np.array_split(spins, max(1, len(spins) // BATCH))
    return np.concatenate([reconstruct(network, part, seed + k, latent=latent) for k, part in enumerate(parts)])


def of_reconstructions(
    network: VariationalAutoencoder, training: np.ndarray, held_out: np.ndarray, seed: int
) -> dict[str, float]:
    """Shares of right sites and of whole configurations, and energies, without noise ("mean_...") and with it."""
    found: dict[str, float] = {}
    for latent in ("mean", "sampled"):
        for name, spins in (("training", training), ("held_out", held_out)):
            found_again = rebuilt(network, spins, seed, latent)
            sites, whole = right_sites(spins, found_again)
            energy = float(MODEL.energy(found_again).mean() / MODEL.n_sites)
            found |= {
                f"{latent}_{name}_{of}": one for of, one in (("sites", sites), ("whole", whole), ("energy", energy))
            }
    return found


def at_mean_energy(spins: np.ndarray) -> np.ndarray:
    """Those of some configurations whose energy is the one nearest to their mean energy, in their order."""
    energies = MODEL.energy(spins)
    existing = np.unique(energies)
    return spins[energies == existing[np.argmin(np.abs(existing - energies.mean()))]]


def of_pictures(
    network: VariationalAutoencoder, training: np.ndarray, generated: np.ndarray, seed: int
) -> dict[str, Any]:
    """Figure 3: the first `SHOWN` of the configurations with the mean energy, and how all of those are reconstructed.

    "rebuilt" are the training configurations shown, without noise; shares of right sites and of whole configurations
    are of all training configurations with the mean energy.
    """
    at_mean, its_own = at_mean_energy(training), at_mean_energy(generated)
    found_again = rebuilt(network, at_mean, seed)
    sites, whole = right_sites(at_mean, found_again)
    return {
        "monte_carlo_pictures": at_mean[:SHOWN],
        "rebuilt_pictures": found_again[:SHOWN],
        "vae_pictures": its_own[:SHOWN],
        "pictures_sites": sites,
        "pictures_whole": whole,
        "pictures_number": len(at_mean),
    }


def training_set(temperature: float, settings: Mapping[str, Any], seed: int) -> np.ndarray:
    """The paper's, int8 (chains * kept, 10, 10)."""
    return random_flips.configurations(
        *(MODEL, temperature, seed),
        n_chains=settings["chains"],
        burn_in=settings["burn_in"],
        n_kept=settings["kept"],
    )


def one_model(
    temperature: float,
    settings: Mapping[str, Any],
    seed: int,
    *,
    kind: str = "convolutional",
    independent: bool = False,
    **how: Any,
) -> tuple[dict[str, Any], VariationalAutoencoder, np.ndarray]:
    """One network, trained on configurations of one temperature, and all that it is asked; with it, these.

    independent: configurations of Swendsen-Wang in the place of the paper's. how: as for `trained`, in the place of
    what the settings say.
    """
    if independent:
        spins = independent_spins(temperature, settings["chains"] * settings["kept"], seed + 2**61)
    else:
        spins = training_set(temperature, settings, seed)
    chosen = {"n_latent": settings["n_latent"], "epochs": settings["epochs"]} | how
    network, losses = trained(kind, spins, seed, **chosen)
    found = of_network(network, temperature, settings["counted"], seed)
    held_out = independent_spins(temperature, settings["held_out"], seed + 2**62)
    found |= of_reconstructions(network, spins, held_out, seed)
    of_latent = activity(network, spins)
    found |= {"active": of_latent.n_active, "latent_nats": float(of_latent.divergence.sum())}
    found |= {f"loss.{name.replace('/', '.')}": curve.astype(np.float32) for name, curve in losses.items()}
    return found, network, spins


def exact(temperature: float, n: int, seed: int) -> dict[str, Any]:
    """Exact energy and heat capacity; |m|, structure factor and correlations of n independent configurations."""
    spins = independent_spins(temperature, n, seed)
    order, error, *_ = mean_and_error(np.abs(spins.reshape(n, -1).mean(axis=1, dtype=np.float64)))
    spectrum = np.asarray(structure_factor(MODEL, spins)).mean(axis=0)
    return {
        "exact_energy": kaufman.energy(temperature, MODEL.shape),
        "exact_heat": kaufman.specific_heat(temperature, MODEL.shape),
        "exact_order": order,
        "exact_order_error": error,
        "exact_correlation": correlations(spectrum),
        "exact_spectrum": spectrum.astype(np.float32),
    }
