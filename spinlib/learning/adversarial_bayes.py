"""Adversarial variational Bayes (paper vae, Sec. 2.3, Eqs. 4 and 5) and its training.

A discriminator T(x, z) learns to tell latent variables that the encoder made of x from those of the prior; its optimum
is ln q(z|x) - ln p(z). Encoder and decoder together minimise the mean of T + |x - y|^2, in which T stands for the
divergence of Eq. 3. The two are trained in turn. The paper's settings are the defaults: one step each, Adam at 0.002
with beta_1 = 0.4 for both. More steps of the discriminator and lower rates are what stabilises it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from spinlib.learning.configurations import as_examples
from spinlib.learning.plan import Objective, Optimizer, Plan
from spinlib.learning.training import Batch, Curves, Shuffled, train
from spinlib.learning.variational import DECODERS, reconstruction
from spinlib.networks.adversarial_autoencoder import AdversarialAutoencoder
from spinlib.networks.discriminator import Discriminator
from spinlib.networks.initialization import initialize
from spinlib.samplers.random import torch_generator

__all__ = ["PAPER_OPTIMIZER", "AdversarialTraining", "autoencoder_loss", "discriminator_loss", "fit"]

PAPER_OPTIMIZER = Optimizer("adam", 2e-3, options={"betas": (0.4, 0.999)})


@dataclass(frozen=True)
class AdversarialTraining:
    """How to train; all but the epochs is the paper's where it is not changed.

    Parameters
    ----------
    epochs : int
        Passes over the configurations.
    decoder : {"gaussian", "bernoulli"}
        As for `spinlib.learning.variational.reconstruction`.
    weight : float
        Of the discriminator's term in the autoencoder's loss.
    discriminator_steps : int
        Steps of the discriminator, each with a batch of its own, to one of the autoencoder.
    batch : int
        Configurations per step.
    autoencoder, discriminator : Optimizer
        Which, at which rates.
    bfloat16 : bool, optional
        As for `spinlib.learning.plan.Plan`.

    Raises
    ------
    ValueError
        For another decoder, a negative weight, and counts below 1.

    Examples
    --------
    >>> from spinlib.learning.adversarial_bayes import AdversarialTraining
    >>> AdversarialTraining(epochs=60).autoencoder.options
    {'betas': (0.4, 0.999)}
    """

    epochs: int
    decoder: str = "gaussian"
    weight: float = 1.0
    discriminator_steps: int = 1
    batch: int = 500
    autoencoder: Optimizer = PAPER_OPTIMIZER
    discriminator: Optimizer = PAPER_OPTIMIZER
    bfloat16: bool | None = False

    def __post_init__(self) -> None:
        if self.decoder not in DECODERS:
            raise ValueError(f"decoder {self.decoder!r}: allowed are {' and '.join(map(repr, DECODERS))}")
        if not self.weight >= 0.0:
            raise ValueError(f"weight {self.weight}: it cannot be negative")
        for name in ("discriminator_steps", "batch"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)}: it has to be positive")
        self.plan()

    def plan(self) -> Plan:
        """How long."""
        return Plan(self.epochs, bfloat16=self.bfloat16)


def discriminator_loss(
    discriminator: Discriminator, spins: torch.Tensor, encoded: torch.Tensor, prior: torch.Tensor
) -> torch.Tensor:
    """Minus the objective of Eq. 4, a mean over the batch; ln 4 for a discriminator that cannot tell.

    Parameters
    ----------
    discriminator : Discriminator
        T.
    spins : torch.Tensor
        (B, *spin_shape).
    encoded, prior : torch.Tensor
        Latent variables (B, n_latent), of the encoder and standard normal.

    Returns
    -------
    torch.Tensor
        A scalar.

    Examples
    --------
    >>> import torch
    >>> from spinlib.learning.adversarial_bayes import discriminator_loss
    >>> from spinlib.networks.discriminator import Discriminator
    >>> network = Discriminator((6,), 4)
    >>> discriminator_loss(network, torch.ones(3, 6), torch.ones(3, 4), torch.zeros(3, 4)).shape
    torch.Size([])
    """
    from_encoder, from_prior = discriminator(spins, encoded), discriminator(spins, prior)
    return -(functional.logsigmoid(from_encoder).mean() + functional.logsigmoid(-from_prior).mean())


def autoencoder_loss(
    network: AdversarialAutoencoder,
    discriminator: Discriminator,
    spins: torch.Tensor,
    noise: torch.Tensor,
    *,
    decoder: str = "gaussian",
    weight: float = 1.0,
) -> dict[str, torch.Tensor]:
    """The terms of minus Eq. 5, means over the batch; their sum is the loss of encoder and decoder.

    Parameters
    ----------
    network : AdversarialAutoencoder
        Encoder and decoder.
    discriminator : Discriminator
        T.
    spins : torch.Tensor
        (B, *spin_shape), in the dtype of the weights.
    noise : torch.Tensor
        Standard normal, (B, n_noise).
    decoder : {"gaussian", "bernoulli"}
        As for `spinlib.learning.variational.reconstruction`.
    weight : float
        By which the discriminator's term is multiplied.

    Returns
    -------
    dict
        The scalars "divergence" (the discriminator's estimate of it) and "reconstruction".

    Raises
    ------
    ValueError
        Where `spinlib.learning.variational.reconstruction` does.

    Examples
    --------
    >>> import torch
    >>> from spinlib.learning.adversarial_bayes import autoencoder_loss
    >>> from spinlib.networks.adversarial_autoencoder import AdversarialAutoencoder
    >>> from spinlib.networks.discriminator import Discriminator
    >>> network = AdversarialAutoencoder((6,), 4, 8)
    >>> sorted(autoencoder_loss(network, Discriminator((6,), 4), torch.ones(3, 6), torch.zeros(3, 8)))
    ['divergence', 'reconstruction']
    """
    latent = network.latent(spins, noise)
    return {
        "divergence": weight * discriminator(spins, latent).mean(),
        "reconstruction": reconstruction(network, spins, latent, decoder).mean(),
    }


def fit(
    network: AdversarialAutoencoder,
    discriminator: Discriminator,
    spins: Any,
    how: AdversarialTraining,
    seed: int,
    *,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Curves:
    """Initialise autoencoder and discriminator from a seed and train them in place, in turn.

    Parameters
    ----------
    network : AdversarialAutoencoder
        Encoder and decoder.
    discriminator : Discriminator
        Of the same configurations and latent variables.
    spins : array or tensor
        (n, *shape) of -1 and +1; for XY unit vectors (n, *shape, 2).
    how : AdversarialTraining
        How.
    seed : int
        Of the first weights, the order of the configurations and the noise.
    checkpoint : path-like, optional
        As for `spinlib.learning.training.train`.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Curves
        With the losses "discriminator", "autoencoder", "autoencoder/divergence" and "autoencoder/reconstruction".

    Raises
    ------
    ValueError
        For configurations of another lattice or with other values, a discriminator of other ones, and for a checkpoint
        of another lattice, network, schedule or set of configurations.
    NotFiniteError
        At a loss that is nan or infinite: it says where, and the networks have the weights of the epoch before.

    References
    ----------
    L. Mescheder, S. Nowozin and A. Geiger, arXiv:1701.04722, Algorithm 1.

    Examples
    --------
    >>> from spinlib.datasets.training_sets import random_spins
    >>> from spinlib.learning import adversarial_bayes
    >>> from spinlib.networks.adversarial_autoencoder import AdversarialAutoencoder
    >>> from spinlib.networks.discriminator import Discriminator
    >>> how = adversarial_bayes.AdversarialTraining(epochs=3, batch=50)
    >>> networks = AdversarialAutoencoder((6,), 4, hidden=(32,)), Discriminator((6,), 4, hidden=(32,))
    >>> curves = adversarial_bayes.fit(*networks, random_spins((6,), 500, seed=1), how, seed=2)
    >>> sorted(curves.losses)
    ['autoencoder', 'autoencoder/divergence', 'autoencoder/reconstruction', 'discriminator']
    """
    if (discriminator.spin_shape, discriminator.n_latent) != (network.spin_shape, network.n_latent):
        raise ValueError(
            f"discriminator of spins {discriminator.spin_shape} and {discriminator.n_latent} latent variables: the "
            f"network has {network.spin_shape} and {network.n_latent}"
        )
    examples = as_examples(network, spins)
    device, rng = examples.device, torch_generator(seed, "adversarial_bayes", 0, 0)
    for one in (network, discriminator):
        initialize(one.cpu(), rng).to(device)

    def noise(seen: torch.Tensor, n: int, rng: torch.Generator) -> torch.Tensor:
        return torch.randn((len(seen), n), generator=rng).to(seen)

    def of_discriminator(batch: Batch, rng: torch.Generator) -> torch.Tensor:
        (seen,) = batch
        with torch.no_grad():
            encoded = network.latent(seen, noise(seen, network.n_noise, rng))
        return discriminator_loss(discriminator, seen, encoded, noise(seen, network.n_latent, rng))

    def of_autoencoder(batch: Batch, rng: torch.Generator) -> dict[str, torch.Tensor]:
        (seen,) = batch
        with_noise = noise(seen, network.n_noise, rng)
        return autoencoder_loss(network, discriminator, seen, with_noise, decoder=how.decoder, weight=how.weight)

    return train(
        {"network": network, "discriminator": discriminator},
        {
            "discriminator": Objective(of_discriminator, ("discriminator",), how.discriminator),
            "autoencoder": Objective(of_autoencoder, ("network",), how.autoencoder, how.discriminator_steps),
        },
        Shuffled(examples, batch=how.batch),
        how.plan(),
        rng,
        checkpoint=checkpoint,
        about=f"lattice {network.shape}, decoder {how.decoder}, weight {how.weight}",
        progress=progress,
    )
