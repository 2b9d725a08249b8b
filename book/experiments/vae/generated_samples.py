"""What generated configurations cost, whether they are correlated, and how far their law is from the exact one.

Two autoencoders of paper vae at some temperatures: the dense one for six open sites and the convolutional one for the
10 x 10 torus, trained as in the paper on its training sets; widths, latent variables and epochs are ours. Seconds are
those that the process spent on its one thread, of making the training set by single flips at random sites, of training
and of generating one configuration.

Configurations are taken in the order of their generation for tau_int. Mean energy and |m| stand beside exact values: by
enumeration for six sites; by Kaufman's formula, and |m| by Swendsen-Wang, for 10 x 10.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import process_time
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vae import random_flips, six_spins
from experiments.vae.autocorrelation import CRITICAL
from spinlib import sample
from spinlib.exact import enumeration, kaufman
from spinlib.learning import variational
from spinlib.learning.generated import generate
from spinlib.learning.variational import VariationalTraining
from spinlib.models import Ising
from spinlib.networks.autoencoder import VariationalAutoencoder
from spinlib.networks.convolutional_vae import ConvolutionalVAE
from spinlib.statistics import integrated_autocorrelation_time, mean_and_error

if TYPE_CHECKING:
    from spinbook import Run

MODELS = {"chain": six_spins.MODEL, "torus": Ising((10, 10))}
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "chain": {"T": [1.0], "n_latent": 8, "epochs": 1, "generated": 4000, "n_kept": 50},
        "torus": {"T": [CRITICAL], "n_latent": 32, "epochs": 1, "generated": 300, "n_kept": 25},
        "reference": 1000, "repetitions": 3,
    },
    "paper": {
        "chain": {"T": [0.3, 1.0], "n_latent": 8, "epochs": 60, "generated": 200_000, "n_kept": 500},
        "torus": {"T": [CRITICAL], "n_latent": 32, "epochs": 40, "generated": 20_000, "n_kept": 500},
        "reference": 200_000, "repetitions": 5,
    },
}  # fmt: skip
ASKED = ("set_seconds", "training_seconds", "generating_seconds", "sign_tau", "drawn_tau")
MEANS = tuple(f"{how}_{what}" for how in ("sign", "drawn") for what in ("energy", "order"))
COMPARE: dict[Any, Any] = {
    "*_seconds": "magnitude",
    **{f"{name}_{what}": ("seeds", 1) for name in MODELS for what in (*MEANS, "sign_tau", "drawn_tau")},
    ("chain_T", "torus_T", "*_exact_energy", "*_spread"): "exact",
}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Seconds, means per site and tau_int (temperature, repetition[, observable]); exact values (temperature,).

    "order" is |m|. spread: the exact standard deviation of the energy per site. Observables of tau: energy, |m|, m.
    """
    found: dict[str, Any] = {}
    for name in MODELS:
        chosen = settings[name]
        networks = [
            run.seeds(
                *(one_network, name, t, chosen),
                n=settings["repetitions"], several=(*ASKED, *MEANS), label=f"{name}, T={t:.4f}", offset=100 * k,
            )
            for k, t in enumerate(chosen["T"])
        ]  # fmt: skip
        law = [
            run.part(f"law, {name}, T={t:.4f}", exact, name, t, settings["reference"], run.seed) for t in chosen["T"]
        ]
        found |= {f"{name}_{what}": np.array([one[what] for one in networks]) for what in (*ASKED, *MEANS)}
        found |= {f"{name}_{what}": np.array([one[what] for one in law]) for what in law[0]}
        found[f"{name}_T"] = np.array(chosen["T"])
    return found


def one_network(name: str, temperature: float, chosen: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """One training set, one training, and what it generates."""
    begin = process_time()
    spins = random_flips.configurations(MODELS[name], temperature, seed, n_kept=chosen["n_kept"])
    made = process_time()
    network = trained(name, spins, seed, n_latent=chosen["n_latent"], epochs=chosen["epochs"])
    done = process_time()
    generated = {how: generate(network, chosen["generated"], seed, spins=how) for how in ("sign", "drawn")}
    begin_again = process_time()
    generate(network, chosen["generated"], seed + 1)
    seconds = process_time() - begin_again
    asked = {
        f"{how}_{what}": value for how, found in generated.items() for what, value in of_spins(name, found).items()
    }
    return asked | {
        "set_seconds": made - begin,
        "training_seconds": done - made,
        "generating_seconds": seconds / chosen["generated"],
    }


def trained(name: str, spins: np.ndarray, seed: int, *, n_latent: int, epochs: int) -> VariationalAutoencoder:
    """The network of one system, trained by the paper's rule; `of_spins` asks what it generates, not what it saw."""
    if name == "chain":
        network, _ = six_spins.trained("dense", spins, seed, n_latent=n_latent, epochs=epochs)
        assert isinstance(network, VariationalAutoencoder)
        return network
    network = ConvolutionalVAE(MODELS[name].shape, n_latent, filters=(16, 32), boundary="periodic")
    variational.fit(network, spins, VariationalTraining(epochs), seed)
    return network


def of_spins(name: str, spins: np.ndarray) -> dict[str, Any]:
    """Mean energy per site and |m|; and tau_int of energy, |m| and m in the order of the configurations."""
    energies = MODELS[name].energy(spins) / MODELS[name].n_sites
    m = spins.reshape(len(spins), -1).mean(axis=1, dtype=np.float64)
    series = energies, np.abs(m), m
    return {
        "energy": energies.mean(),
        "order": np.abs(m).mean(),
        "tau": np.array([integrated_autocorrelation_time(one) for one in series]),
    }


def exact(name: str, temperature: float, reference: int, seed: int) -> dict[str, Any]:
    """Energy per site, its standard deviation from configuration to configuration, and |m| with its error."""
    model = MODELS[name]
    if name == "chain":
        law = enumeration.boltzmann(model, temperature)
        m = np.abs(enumeration.states(model).reshape(len(law), -1).mean(axis=1, dtype=np.float64))
        thermal = enumeration.thermodynamics(model, temperature)
        energy, heat, order, error = thermal.energy, thermal.specific_heat, float(law @ m), 0.0
    else:
        energy, heat = kaufman.energy(temperature, model.shape), kaufman.specific_heat(temperature, model.shape)
        draws = sample(
            model, temperature, reference, method="swendsen_wang", threads=1, keep_spins=False, seed=seed
        ).isel(temperature=0)
        order, error, *_ = mean_and_error(np.abs(draws.magnetization.values))
    return {
        "exact_energy": energy,
        "spread": np.sqrt(heat * temperature**2 / model.n_sites),
        "exact_order": order,
        "exact_order_error": error,
    }
