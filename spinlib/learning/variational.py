"""Variational autoencoders: the loss of paper vae, Eq. 3, and its training.

    L = mean over the batch of  w KL(N(mu, sigma) || N(0, 1)) + |x - y|^2

with both terms summed, over latent variables and over sites, and w = 1 in the paper. |x - y|^2 is -ln p(x|z) of a
Gaussian with variance 1/2, up to a constant. A mean over the N sites in the place of the sum is the same loss over N
with w = N: Adam does not see the factor, so that w = N shows what a mean does.

With the decoder "bernoulli" the second term is -ln p(x|z) of independent spins in the decoder's fields, and with w = 1
the loss is minus the evidence lower bound itself, in nats: ln p(x) is at least -L.
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
from spinlib.networks.autoencoder import Autoencoder, VariationalAutoencoder
from spinlib.networks.initialization import initialize
from spinlib.samplers.random import torch_generator

__all__ = ["DECODERS", "PAPER_OPTIMIZER", "VariationalTraining", "divergence", "fit", "loss", "reconstruction"]

DECODERS = ("gaussian", "bernoulli")
PAPER_OPTIMIZER = Optimizer("adam", 1e-3)


@dataclass(frozen=True)
class VariationalTraining:
    """How to train; all but the epochs is the paper's where it is not changed.

    Parameters
    ----------
    epochs : int
        Passes over the configurations.
    decoder : {"gaussian", "bernoulli"}
        Whose likelihood the second term is; "gaussian" is the squared error.
    weight : float
        w, of the divergence.
    batch : int
        Configurations per step.
    optimizer : Optimizer
        Which, at which rate.
    bfloat16 : bool, optional
        As for `spinlib.learning.plan.Plan`.

    Raises
    ------
    ValueError
        For another decoder, a negative weight, and counts below 1.

    Examples
    --------
    >>> from spinlib.learning.variational import VariationalTraining
    >>> how = VariationalTraining(epochs=60)
    >>> how.batch, how.optimizer.name, how.optimizer.rate
    (500, 'adam', 0.001)
    """

    epochs: int
    decoder: str = "gaussian"
    weight: float = 1.0
    batch: int = 500
    optimizer: Optimizer = PAPER_OPTIMIZER
    bfloat16: bool | None = False

    def __post_init__(self) -> None:
        _check_decoder(self.decoder)
        if not self.weight >= 0.0:
            raise ValueError(f"weight {self.weight}: it cannot be negative")
        if self.batch < 1:
            raise ValueError(f"batch {self.batch}: it has to be positive")
        self.plan()

    def plan(self) -> Plan:
        """How long."""
        return Plan(self.epochs, bfloat16=self.bfloat16)


def divergence(mean: torch.Tensor, log_variance: torch.Tensor) -> torch.Tensor:
    """KL(N(mean, exp(log_variance)) || N(0, 1)) of every latent variable.

    Parameters
    ----------
    mean, log_variance : torch.Tensor
        (...).

    Returns
    -------
    torch.Tensor
        (...), in nats.

    Examples
    --------
    >>> import torch
    >>> from spinlib.learning.variational import divergence
    >>> divergence(torch.tensor([0.0, 2.0]), torch.zeros(2)).tolist()
    [0.0, 2.0]
    """
    return 0.5 * (mean**2 + log_variance.exp() - 1.0 - log_variance)


def reconstruction(
    network: Autoencoder, spins: torch.Tensor, latent: torch.Tensor, decoder: str = "gaussian"
) -> torch.Tensor:
    """The second term of the loss for every configuration, summed over sites.

    Parameters
    ----------
    network : Autoencoder
        Whose decoder is asked.
    spins : torch.Tensor
        (B, *spin_shape).
    latent : torch.Tensor
        (B, n_latent).
    decoder : {"gaussian", "bernoulli"}
        |x - y|^2, or -ln p(x|z).

    Returns
    -------
    torch.Tensor
        (B,).

    Raises
    ------
    ValueError
        For another decoder, and for "bernoulli" with XY spins.

    Examples
    --------
    >>> import torch
    >>> from spinlib.learning.variational import reconstruction
    >>> from spinlib.networks.dense_vae import DenseVAE
    >>> reconstruction(DenseVAE((6,), 4), torch.ones(3, 6), torch.zeros(3, 4), "bernoulli").shape
    torch.Size([3])
    """
    _check_decoder(decoder)
    if decoder == "gaussian":
        return ((spins - network.decode(latent)) ** 2).flatten(1).sum(dim=1)
    if network.n_components != 1:
        raise ValueError("decoder 'bernoulli': it is for Ising spins, and this network's are unit vectors")
    return -functional.logsigmoid(2.0 * network.fields(latent) * spins).flatten(1).sum(dim=1)


def loss(
    network: VariationalAutoencoder,
    spins: torch.Tensor,
    noise: torch.Tensor,
    *,
    decoder: str = "gaussian",
    weight: float = 1.0,
) -> dict[str, torch.Tensor]:
    """The terms of Eq. 3, means over the batch; their sum is the loss.

    Parameters
    ----------
    network : VariationalAutoencoder
        The network.
    spins : torch.Tensor
        (B, *spin_shape), in the dtype of the weights.
    noise : torch.Tensor
        Standard normal, (B, n_latent).
    decoder : {"gaussian", "bernoulli"}
        As for `reconstruction`.
    weight : float
        w, by which the divergence is multiplied.

    Returns
    -------
    dict
        The scalars "divergence" and "reconstruction".

    Raises
    ------
    ValueError
        Where `reconstruction` does.

    References
    ----------
    D. Kingma and M. Welling, arXiv:1312.6114.

    Examples
    --------
    >>> import torch
    >>> from spinlib.learning.variational import loss
    >>> from spinlib.networks.dense_vae import DenseVAE
    >>> sorted(loss(DenseVAE((6,), 4), torch.ones(3, 6), torch.zeros(3, 4)))
    ['divergence', 'reconstruction']
    """
    mean, log_variance = network.encode(spins)
    latent = mean + (0.5 * log_variance).exp() * noise
    return {
        "divergence": weight * divergence(mean.float(), log_variance.float()).sum(dim=1).mean(),
        "reconstruction": reconstruction(network, spins, latent, decoder).mean(),
    }


def fit(
    network: VariationalAutoencoder,
    spins: Any,
    how: VariationalTraining,
    seed: int,
    *,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Curves:
    """Initialise an autoencoder from a seed and train it in place on configurations.

    Parameters
    ----------
    network : VariationalAutoencoder
        Left in evaluation mode.
    spins : array or tensor
        (n, *shape) of -1 and +1; for XY unit vectors (n, *shape, 2).
    how : VariationalTraining
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
        With the losses "loss", "loss/divergence" (times the weight) and "loss/reconstruction" of every epoch.

    Raises
    ------
    ValueError
        For configurations of another lattice or with other values, and for a checkpoint of another lattice, network,
        schedule or set of configurations.
    NotFiniteError
        At a loss that is nan or infinite: it says where, and the network has the weights of the epoch before.

    References
    ----------
    D. Kingma and M. Welling, arXiv:1312.6114.

    Examples
    --------
    >>> from spinlib.datasets.training_sets import random_spins
    >>> from spinlib.learning import variational
    >>> from spinlib.networks.dense_vae import DenseVAE
    >>> how = variational.VariationalTraining(epochs=5, batch=50)
    >>> curves = variational.fit(DenseVAE((6,), 6), random_spins((6,), 500, seed=1), how, seed=2)
    >>> losses = curves.losses["loss"]
    >>> losses.shape, bool(losses[-1] < losses[0])
    ((5,), True)
    """
    examples = as_examples(network, spins)
    device, rng = examples.device, torch_generator(seed, "variational", 0, 0)
    initialize(network.cpu(), rng).to(device)

    def of_batch(batch: Batch, rng: torch.Generator) -> dict[str, torch.Tensor]:
        (seen,) = batch
        noise = torch.randn((len(seen), network.n_noise), generator=rng).to(seen)
        return loss(network, seen, noise, decoder=how.decoder, weight=how.weight)

    return train(
        {"network": network},
        {"loss": Objective(of_batch, ("network",), how.optimizer)},
        Shuffled(examples, batch=how.batch),
        how.plan(),
        rng,
        checkpoint=checkpoint,
        about=f"lattice {network.shape}, decoder {how.decoder}, weight {how.weight}",
        progress=progress,
    )


def _check_decoder(decoder: str) -> None:
    if decoder not in DECODERS:
        raise ValueError(f"decoder {decoder!r}: allowed are {' and '.join(map(repr, DECODERS))}")
