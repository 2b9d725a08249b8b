"""The open chain of six XY spins (paper vae, Fig. 2b): training sets, networks, and what is asked of configurations.

The training set is the paper's, as for six Ising spins, by turns at random sites. The networks take and give unit
vectors. The paper's loss, batch, optimisers and rates are the defaults of spinlib; widths, the numbers of latent
variables and of epochs are ours, and so is the stabilised variant of adversarial variational Bayes.

For unit vectors |x - y|^2 = 2 - 2 cos(angle between them), so that the loss divergence * w + |x - y|^2 is the evidence
bound of a decoder that turns every output by an angle of von Mises' law with concentration 2 / w. Generation by the
outputs as they are ("bare") leaves this noise out; "noisy" adds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vae import random_turns, xy_energies
from experiments.vae.estimates import energy_and_heat, mean_over_sites, of_divergences
from experiments.vae.six_spins import over_temperatures
from spinlib.evaluation.divergences import of_counts
from spinlib.exact import one_dimensional
from spinlib.learning import adversarial_bayes, variational
from spinlib.learning.adversarial_bayes import AdversarialTraining
from spinlib.learning.configurations import unit_vectors
from spinlib.learning.generated import generate, reconstruct
from spinlib.learning.plan import Optimizer
from spinlib.learning.variational import VariationalTraining
from spinlib.models import XY
from spinlib.networks.adversarial_autoencoder import AdversarialAutoencoder
from spinlib.networks.autoencoder import Autoencoder
from spinlib.networks.dense_vae import DenseVAE
from spinlib.networks.discriminator import Discriminator

if TYPE_CHECKING:
    from spinbook import Run

MODEL = XY((6,), boundary="free")
BONDS = MODEL.n_sites - 1
KINDS = ("adversarial", "stabilised", "dense")
OUTPUTS = ("bare", "noisy")
EDGES = np.linspace(-BONDS, BONDS, 41)  # of the bins of total energies, in J
PAPER_SCALE: dict[str, Any] = {
    **{"T": [0.3, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0], "seeds": 5, "chains": 20, "burn_in": 2000},
    **{"kept": 500, "held_out": 10_000, "n_latent": 8, "generated": 10_000, "counted": 100_000},
}
SMOKE_SCALE: dict[str, Any] = {
    **{"T": [0.5, 2.0], "seeds": 3, "chains": 4, "burn_in": 20, "kept": 50, "held_out": 200},
    **{"n_latent": 4, "generated": 500, "counted": 2000, "epochs": 4},
}
AVERAGES = ("energy", "correlation", "heat", "kl", "total_variation", "direction", "site_direction")
# Of all results of `models`, (temperature, seed, ...).
COMPARE: dict[Any, Any] = {
    **{tuple(f"{output}_{name}" for output in OUTPUTS): ("seeds", 1) for name in AVERAGES},
    ("mean_*", "sampled_*"): ("seeds", 1),
    # KL(exact | model) is infinite where a bin is empty.
    ("*_reverse_kl", "*_floor", "*_counts", "*_kolmogorov", "loss.*"): "kept",
}


def paper_spins(temperature: float, seed: int, settings: Mapping[str, Any]) -> np.ndarray:
    """The paper's training set, angles (chains * kept, 6)."""
    lengths = {"n_chains": settings["chains"], "burn_in": settings["burn_in"], "n_kept": settings["kept"]}
    return random_turns.configurations(MODEL, temperature, seed, **lengths)


def independent_spins(temperature: float, n: int, seed: int) -> np.ndarray:
    """Independent configurations of the exact law, angles (n, 6)."""
    return one_dimensional.xy_sample(temperature, MODEL.n_sites, n, np.random.default_rng(seed))


def trained(
    kind: str, angles: np.ndarray, seed: int, *, n_latent: int, epochs: int, weight: float = 1.0, batch: int = 500
) -> tuple[Autoencoder, dict[str, np.ndarray]]:
    """A network of one of the KINDS that was trained on some configurations, and the losses of every epoch.

    What it generates is held against the exact law, not against the training configurations.
    """
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r}: allowed are {', '.join(KINDS)}")
    spins = unit_vectors(angles)
    if kind == "dense":
        vae = DenseVAE(MODEL.shape, n_latent, n_components=2)
        curves = variational.fit(vae, spins, VariationalTraining(epochs, weight=weight, batch=batch), seed).losses
        return vae, {name.replace("loss", "autoencoder"): curve for name, curve in curves.items()}
    hidden = (256, 256) if kind == "adversarial" else (128, 128)
    network = AdversarialAutoencoder(MODEL.shape, n_latent, hidden=hidden, n_components=2)
    discriminator = Discriminator(network.spin_shape, n_latent, hidden=hidden)
    options = adversarial_bayes.PAPER_OPTIMIZER.options
    stabilised = {"discriminator_steps": 3, "autoencoder": Optimizer("adam", 5e-4, options=options)}
    settings: dict[str, Any] = stabilised if kind == "stabilised" else {}
    how = AdversarialTraining(epochs, weight=weight, batch=batch, **settings)
    return network, adversarial_bayes.fit(network, discriminator, spins, how, seed).losses


def with_noise(angles: np.ndarray, weight: float, seed: int) -> np.ndarray:
    """Angles turned by the noise that the loss means: independent von Mises angles of concentration 2 / weight."""
    return angles + np.random.default_rng([seed, 1]).vonmises(0.0, 2.0 / weight, angles.shape)


def of_spins(angles: np.ndarray, temperature: float) -> dict[str, Any]:
    """What independent configurations (n, 6) say, with standard errors, beside the exact law.

    Energy per site, correlations cos(a_i - a_(i + r)) averaged over i for r = 1 to 5, heat capacity per site;
    divergences over the bins of energies, in nats, less the biases of counts, and the counts; how unevenly directions
    are spread, |<exp(i k a)>| for k = 1 and 2: of the magnetisation, and of single spins averaged over sites.
    """
    size = angles.shape[1]
    energies, vectors = MODEL.energy(angles), np.exp(1j * angles)
    products = [(vectors[:, r:] * vectors[:, : size - r].conj()).real.mean(axis=1) for r in range(1, size)]
    counts = counts_of(energies)
    apart = of_counts(counts, xy_energies.shares(temperature, BONDS, EDGES))
    total = vectors.sum(axis=1)
    direction = total / np.abs(total)
    return {
        **energy_and_heat(energies, size, temperature),
        **mean_over_sites(products),
        "counts": counts,
        **of_divergences(apart),
        "direction": np.abs([(direction**k).mean() for k in (1, 2)]),
        "site_direction": np.array([np.abs((vectors**k).mean(axis=0)).mean() for k in (1, 2)]),
    }


def counts_of(energies: np.ndarray) -> np.ndarray:
    """How many total energies lie in each of the bins."""
    # Rounding may leave the energy of parallel spins a little below the first edge.
    return np.histogram(np.clip(energies, EDGES[0], EDGES[-1]), EDGES)[0]


def of_network(network: Autoencoder, temperature: float, weight: float, n: int, few: int, seed: int) -> dict[str, Any]:
    """`of_spins` of n generated configurations, "bare_..." and "noisy_...".

    And of some others, as many as the paper's, the counts of energies and their largest distance from the exact
    distribution function.
    """
    found: dict[str, Any] = {}
    many, fewer = generate(network, n, seed), generate(network, few, seed + 1)
    for output in OUTPUTS:
        if output == "noisy":
            many, fewer = with_noise(many, weight, seed), with_noise(fewer, weight, seed + 1)
        found |= {f"{output}_{name}": value for name, value in of_spins(many, temperature).items()}
        energies = MODEL.energy(fewer)
        found[f"{output}_few_counts"] = counts_of(energies)
        found[f"{output}_few_kolmogorov"] = xy_energies.kolmogorov(energies, temperature, BONDS)
    return found


def of_reconstructions(network: Autoencoder, training: np.ndarray, held_out: np.ndarray, seed: int) -> dict[str, float]:
    """Mean cosines of the angles between spins and reconstructions, and energies; "mean_..." is without noise."""
    found: dict[str, float] = {}
    for latent in ("mean", "sampled"):
        for name, angles in (("training", training), ("held_out", held_out)):
            rebuilt = reconstruct(network, unit_vectors(angles), seed, latent=latent)
            found[f"{latent}_{name}_cosine"] = float(np.cos(rebuilt - angles).mean())
            found[f"{latent}_{name}_energy"] = float(MODEL.energy(rebuilt).mean() / MODEL.n_sites)
    return found


def one_model(kind: str, temperature: float, settings: Mapping[str, Any], seed: int, **how: Any) -> dict[str, Any]:
    """One network, trained on the paper's configurations of one temperature, and all that it is asked.

    how: as for `trained`; "independent" trains on independent configurations in the place of the paper's.
    """
    if how.pop("independent", False):
        angles = independent_spins(temperature, settings["chains"] * settings["kept"], seed)
    else:
        angles = paper_spins(temperature, seed, settings)
    chosen = {"n_latent": settings["n_latent"], "epochs": settings["epochs"], "weight": 1.0} | how
    network, losses = trained(kind, angles, seed, **chosen)
    found = of_network(network, temperature, chosen["weight"], settings["counted"], settings["generated"], seed)
    # Another seed than that of independent training configurations.
    held_out = independent_spins(temperature, settings["held_out"], seed + 2**62)
    found |= of_reconstructions(network, angles, held_out, seed)
    return found | {f"loss.{name.replace('/', '.')}": curve.astype(np.float32) for name, curve in losses.items()}


def models(kind: str, settings: Mapping[str, Any], run: Run, label: str = "", **how: Any) -> dict[str, Any]:
    """`one_model` at every temperature and for every seed; results (temperature, seed, ...)."""

    def one(temperature: float, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
        return one_model(kind, temperature, settings, seed, **how)

    return over_temperatures(one, settings, run, label)
