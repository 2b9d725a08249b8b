"""The open chain of six Ising spins (paper vae, Fig. 2a): training sets, networks, and what is asked of configurations.

The training set is the paper's: at each temperature 20 chains of single flips at random sites, 2000 sweeps of warm-up
and 10,000 sweeps of which every 20th is kept, so 10,000 configurations. Beside it stand as many independent ones, drawn
from all 64 states. The paper's loss, batch, optimisers and rates are the defaults of spinlib; widths, the numbers of
latent variables and of epochs are ours, and so is the stabilised variant of adversarial variational Bayes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vae.estimates import energy_and_heat, mean_over_sites, of_divergences
from spinlib.datasets.thermal import at_temperature
from spinlib.evaluation.divergences import counts_of_energies, counts_of_states, of_counts
from spinlib.evaluation.latent_variables import activity
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

if TYPE_CHECKING:
    from spinbook import Run

MODEL = Ising((6,), boundary="free")
KINDS = ("dense", "convolutional", "adversarial", "stabilised")
# Ours; the paper's text gives none. From almost ordered to almost free.
TEMPERATURES = (0.3, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0)
PAPER_SCALE: dict[str, Any] = {
    **{"T": list(TEMPERATURES), "seeds": 5, "chains": 20, "burn_in": 2000, "kept": 500, "held_out": 10_000},
    **{"n_latent": 8, "generated": 10_000, "counted": 100_000},
}
SMOKE_SCALE: dict[str, Any] = {
    **{"T": [0.5, 2.0], "seeds": 3, "chains": 4, "burn_in": 20, "kept": 50, "held_out": 200},
    **{"n_latent": 4, "generated": 500, "counted": 2000, "epochs": 2},
}
DIVERGENCES = ("kl", "total_variation")
AVERAGES = ("energy", "correlation", "heat", "missed", *DIVERGENCES, *(f"energy_{name}" for name in DIVERGENCES))
# Of all results of `models`, (temperature, seed, ...).
COMPARE: dict[Any, Any] = {
    **{(f"sign_{name}", f"drawn_{name}"): ("seeds", 1) for name in AVERAGES},
    ("mean_*", "sampled_*"): ("seeds", 1),
    # KL(exact | model) is infinite where a state was never generated.
    ("*_reverse_kl", "*_floor", "*_states", "loss.*"): "kept",
}
ACTIVE: dict[Any, Any] = {"active": ("seeds", 1)}  # of variational autoencoders


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


def network_of(kind: str, n_latent: int, **dense: Any) -> Autoencoder:
    """A network of one of the KINDS; further arguments (hidden, dropout, batch_norm) are for the dense one."""
    if kind == "dense":
        return DenseVAE(MODEL.shape, n_latent, **dense)
    if dense or kind not in KINDS:
        raise ValueError(f"kind {kind!r}: allowed are {', '.join(KINDS)}, and {', '.join(dense)} for 'dense' alone")
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
    network: Mapping[str, Any] | None = None,
) -> tuple[Autoencoder, dict[str, np.ndarray]]:
    """A network that was trained on some configurations, and the losses of every epoch.

    decay: of the weights (L2), for the variational kinds. network: more arguments of `network_of`. What it became is
    asked by `of_spins`, over all 64 states: the law, not the training configurations, is the test.
    """
    made = network_of(kind, n_latent, **(network or {}))
    if isinstance(made, VariationalAutoencoder):
        optimizer = Optimizer("adam", 1e-3, options={"weight_decay": decay} if decay else {})
        how = VariationalTraining(epochs, decoder, weight, batch, optimizer)
        return made, variational.fit(made, spins, how, seed).losses
    assert isinstance(made, AdversarialAutoencoder)
    if decay:
        raise ValueError(f"decay {decay}: for the variational kinds only")
    paper = adversarial_bayes.PAPER_OPTIMIZER
    stabilised = {"discriminator_steps": 3, "autoencoder": Optimizer("adam", 5e-4, options=paper.options)}
    settings: dict[str, Any] = stabilised if kind == "stabilised" else {}
    discriminator = Discriminator(MODEL.shape, n_latent, hidden=(256, 256) if kind == "adversarial" else (128, 128))
    against = AdversarialTraining(epochs, decoder, weight, batch=batch, **settings)
    return made, adversarial_bayes.fit(made, discriminator, spins, against, seed).losses


def of_spins(spins: np.ndarray, temperature: float) -> dict[str, Any]:
    """What independent configurations (n, 6) say, with standard errors, beside the exact law of all 64 states.

    Energy per site, correlations s_i s_(i + r) averaged over i for r = 1 to 5, heat capacity per site; divergences over
    states and over energies, in nats, less the biases of counts; the counts themselves.
    """
    size = MODEL.n_sites
    energies, signs = MODEL.energy(spins), spins.astype(np.float64)
    products = [(signs[:, r:] * signs[:, : size - r]).mean(axis=1) for r in range(1, size)]
    states = counts_of_states(spins, MODEL)
    law = enumeration.boltzmann(MODEL, temperature)
    levels, places = np.unique(enumeration.energies(MODEL), return_inverse=True)
    found: dict[str, Any] = {
        **energy_and_heat(energies, size, temperature),
        **mean_over_sites(products),
        "states": states,
    }
    over_energies = of_counts(counts_of_energies(energies, levels), np.bincount(places, law))
    for name, divergences in (("", of_counts(states, law)), ("energy_", over_energies)):
        found |= {f"{name}{what}": value for what, value in of_divergences(divergences).items()}
    return found | {"missed": of_counts(states, law).missed}


def of_network(network: Autoencoder, temperature: float, n: int, seed: int) -> dict[str, Any]:
    """`of_spins` of n generated configurations, by the sign ("sign_...") and by drawing ("drawn_...")."""
    found: dict[str, Any] = {}
    for how in ("sign", "drawn"):
        asked = of_spins(generate(network, n, seed, spins=how), temperature)
        found |= {f"{how}_{name}": value for name, value in asked.items()}
    return found


def of_reconstructions(network: Autoencoder, training: np.ndarray, held_out: np.ndarray, seed: int) -> dict[str, float]:
    """Shares of right sites and of whole configurations, and energies, without noise ("mean_...") and with it."""
    found: dict[str, float] = {}
    for latent in ("mean", "sampled"):
        for name, spins in (("training", training), ("held_out", held_out)):
            rebuilt = reconstruct(network, spins, seed, latent=latent)
            sites, whole = right_sites(spins, rebuilt)
            energy = float(MODEL.energy(rebuilt).mean() / MODEL.n_sites)
            found |= {
                f"{latent}_{name}_{of}": one for of, one in (("sites", sites), ("whole", whole), ("energy", energy))
            }
    return found


def one_training(
    kind: str, temperature: float, settings: Mapping[str, Any], seed: int, **how: Any
) -> tuple[Autoencoder, np.ndarray, dict[str, np.ndarray]]:
    """One network trained on the paper's configurations of one temperature, these configurations, and the losses.

    how: as for `trained`; "independent" trains on independent configurations in the place of the paper's.
    """
    if how.pop("independent", False):
        spins = independent_spins(temperature, settings["chains"] * settings["kept"], seed)
    else:
        spins = paper_spins(
            temperature, seed, n_chains=settings["chains"], burn_in=settings["burn_in"], n_kept=settings["kept"]
        )
    chosen = {"n_latent": settings["n_latent"], "epochs": settings["epochs"]} | how
    network, losses = trained(kind, spins, seed, **chosen)
    return network, spins, losses


def one_model(kind: str, temperature: float, settings: Mapping[str, Any], seed: int, **how: Any) -> dict[str, Any]:
    """One network, trained as by `one_training`, and all that it is asked."""
    network, spins, losses = one_training(kind, temperature, settings, seed, **how)
    found = of_network(network, temperature, settings["counted"], seed)
    # As many as the paper generated, for its histograms.
    few = generate(network, settings["generated"], seed + 1)
    found["sign_few_states"] = counts_of_states(few, MODEL)
    # Another seed than that of independent training configurations.
    held_out = independent_spins(temperature, settings["held_out"], seed + 2**62)
    found |= of_reconstructions(network, spins, held_out, seed)
    if isinstance(network, VariationalAutoencoder):
        found["active"] = activity(network, spins).n_active
    return found | {f"loss.{name.replace('/', '.')}": curve.astype(np.float32) for name, curve in losses.items()}


def models(kind: str, settings: Mapping[str, Any], run: Run, label: str = "", **how: Any) -> dict[str, Any]:
    """`one_model` at every temperature and for every seed; results (temperature, seed, ...)."""

    def one(temperature: float, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
        return one_model(kind, temperature, settings, seed, **how)

    return over_temperatures(one, settings, run, label)


def over_temperatures(
    function: Callable[..., Mapping[str, Any]], settings: Mapping[str, Any], run: Run, label: str = ""
) -> dict[str, Any]:
    """`function(temperature, settings, seed)` for all temperatures and seeds; results (temperature, seed, ...).

    label: names the parts within the record, where there are several tables.
    """
    rows = [
        run.part(f"{label}T={temperature:g}, {k}", function, temperature, dict(settings), run.seed + 1000 * at + k)
        for at, temperature in enumerate(run.progress(settings["T"], label or "temperatures"))
        for k in range(settings["seeds"])
    ]
    shape = (len(settings["T"]), settings["seeds"])
    return {name: np.reshape([row[name] for row in rows], (*shape, *np.shape(rows[0][name]))) for name in rows[0]}
