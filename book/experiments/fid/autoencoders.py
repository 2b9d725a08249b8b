"""The autoencoders of paper vae on the bench of paper fid: 16 x 16 sites, one network for each temperature.

A variational autoencoder with convolutions and one of adversarial variational Bayes, with the losses of paper vae. Each
training has one data set of the paper's protocol, as many configurations as the conditional models see at one
temperature, but sees no other temperature. Widths, latent variables, epochs and batches are ours; of 50 and 200 epochs
the fewer were better in single trials. What is generated is judged by its signs.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.fid import better_model, league_table, sets
from spinlib.learning import adversarial_bayes, variational
from spinlib.learning.adversarial_bayes import AdversarialTraining
from spinlib.learning.generated import generate
from spinlib.learning.variational import VariationalTraining
from spinlib.networks.adversarial_autoencoder import AdversarialAutoencoder
from spinlib.networks.autoencoder import Autoencoder
from spinlib.networks.convolutional_vae import ConvolutionalVAE
from spinlib.networks.discriminator import Discriminator

if TYPE_CHECKING:
    from spinbook import Run

MODELS = ("VAE", "AVB")
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "L": 16, "T": [1.8, 2.3, 3.0], "models": MODELS, "seeds": 3, "configurations": 40, "burn_in": 50,
        "sweeps_between": 2, "n_latent": 4, "epochs": 2, "batch": 20, "generated": 60,
    },
    "laptop": {
        "L": 16, "T": [1.8, 2.3, 2.8, 3.0], "models": MODELS, "seeds": 5, "configurations": 1000, "burn_in": 10_000,
        "sweeps_between": 10, "n_latent": 64, "epochs": 50, "batch": 50, "generated": 5000,
    },
}  # fmt: skip
COMPARE: dict[Any, Any] = {
    ("energy", "heat", "order", "chi", "hamming_aligned"): ("seeds", 1),
    ("kl_energy", "g"): "kept",
    ("training_seconds", "seconds"): "magnitude",
    ("T", "models", "parameters"): "exact",
}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (model, temperature, seed, ...) as of `league_table.of_set`, G(r) "g", seconds of a configuration, of a
    training, and numbers of parameters.
    """
    rows = [
        [
            [
                run.part(f"{kind}, T={t:g}, {k}", one_training, kind, t, settings, run.seed + 1000 * at + k)
                for k in range(settings["seeds"])
            ]
            for at, t in enumerate(settings["T"])
        ]
        for kind in run.progress(settings["models"], "models")
    ]
    found = {
        name: np.array([[[one[name] for one in of_t] for of_t in of_kind] for of_kind in rows])
        for name in rows[0][0][0]
    }
    return found | {"T": np.array(settings["T"]), "models": np.array(settings["models"])}


def trained(kind: str, spins: np.ndarray, settings: Mapping[str, Any], seed: int) -> tuple[Autoencoder, float]:
    """A network of one of the MODELS trained on configurations of one temperature, and the seconds that this took."""
    shape, size, epochs = spins.shape[1:], settings["n_latent"], settings["epochs"]
    if kind == "VAE":
        network = ConvolutionalVAE(shape, size, filters=(16, 32), boundary="periodic")
        how = VariationalTraining(epochs, batch=settings["batch"], bfloat16=None)
        return network, float(variational.fit(network, spins, how, seed).seconds)
    if kind != "AVB":
        raise ValueError(f"model {kind!r}: allowed are {', '.join(MODELS)}")
    adversarial = AdversarialAutoencoder(shape, size, n_noise=size)
    against = AdversarialTraining(epochs, batch=settings["batch"], bfloat16=None)
    discriminator = Discriminator(shape, size)
    return adversarial, float(adversarial_bayes.fit(adversarial, discriminator, spins, against, seed).seconds)


def one_training(kind: str, temperature: float, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """One network, and what its configurations are asked, by their signs."""
    spins, _ = better_model.examples({**settings, "training": [temperature]}, seed)
    network, seconds = trained(kind, spins, settings, seed)
    begin = time.process_time()
    made = generate(network, settings["generated"], seed + 1, batch=250)
    each = (time.process_time() - begin) / settings["generated"]
    return {
        **league_table.of_set(made, temperature),
        "g": sets.asked(made)["g"],
        "seconds": each,
        "training_seconds": seconds,
        "parameters": sum(one.numel() for one in network.parameters()),
    }
