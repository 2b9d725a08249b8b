"""What the autoencoders of paper vae share: the lattice, latent variables, and what a decoder makes of its fields.

A decoder gives a field h at every site. For Ising spins the output is y = tanh(h), the mean of a spin in that field,
and p(s = +1) = (1 + y) / 2 = exp(h) / (2 cosh h): one network serves the squared error, as the paper prints it, and a
Bernoulli likelihood. For XY spins the field has two components, and the output is the unit vector along it.

All take spins together with noise of the caller's, so that nothing is drawn from torch's global generator.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional

from spinlib.arguments import at_least
from spinlib.networks.lattice_network import LatticeNetwork

__all__ = ["Autoencoder", "VariationalAutoencoder", "dense_layers"]


class Autoencoder(LatticeNetwork):
    """The base of the autoencoders; not to be used by itself.

    A subclass has `latent(spins, noise)` and `fields(latent)`.

    Parameters
    ----------
    shape : sequence of int
        Of the lattice.
    n_latent : int
        Latent variables z.
    n_noise : int
        Numbers of noise that the encoder needs for a configuration.
    n_components : {1, 2}
        1: Ising spins (B, *shape). 2: XY spins as unit vectors (B, *shape, 2).

    Raises
    ------
    ValueError
        For counts below 1, more than two components, and an empty shape.

    Examples
    --------
    >>> from spinlib.networks.dense_vae import DenseVAE
    >>> DenseVAE((6,), 4, n_components=2).spin_shape
    (6, 2)
    """

    def __init__(self, shape: Sequence[int], n_latent: int, n_noise: int, n_components: int) -> None:
        super().__init__(shape)
        if n_components not in (1, 2):
            raise ValueError(f"n_components {n_components}: allowed are 1 (Ising) and 2 (XY)")
        self.n_latent, self.n_noise = at_least(1, "n_latent", n_latent), at_least(1, "n_noise", n_noise)
        self.n_components = n_components

    @property
    def spin_shape(self) -> tuple[int, ...]:
        """The shape of one configuration: that of the lattice, for XY with an axis of 2 behind it."""
        return self.shape if self.n_components == 1 else (*self.shape, self.n_components)

    @property
    def n_values(self) -> int:
        """Numbers of one configuration."""
        return math.prod(self.spin_shape)

    def latent(self, spins: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        """Latent variables (B, n_latent) of spins (B, *spin_shape), by noise (B, n_noise)."""
        raise NotImplementedError

    def fields(self, latent: torch.Tensor) -> torch.Tensor:
        """The field at every site, (B, *spin_shape), for latent variables (B, n_latent)."""
        raise NotImplementedError

    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        """The output y (B, *spin_shape): means of spins in (-1, 1), or unit vectors."""
        fields = self.fields(latent)
        return fields.tanh() if self.n_components == 1 else functional.normalize(fields, dim=-1)

    def forward(self, spins: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        return self.decode(self.latent(spins, noise))

    def as_numbers(self, name: str, values: torch.Tensor, n: int) -> torch.Tensor:
        """Noise or latent variables in the dtype of the weights; ValueError unless they are (B, n)."""
        if values.ndim != 2 or values.shape[1] != n:
            raise ValueError(f"{name} of shape {tuple(values.shape)}: (batch, {n}) is needed")
        return values.to(self.weights_dtype)


class VariationalAutoencoder(Autoencoder):
    """An autoencoder whose encoder gives the mean and the logarithm of the variance of every latent variable.

    A subclass has `encode` and `fields`. `latent` is the reparametrisation, z = mean + sigma * noise.

    Parameters
    ----------
    shape, n_latent, n_components
        As for `Autoencoder`.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.dense_vae import DenseVAE
    >>> mean, log_variance = DenseVAE((6,), 4).encode(torch.ones(3, 6))
    >>> mean.shape, log_variance.shape
    (torch.Size([3, 4]), torch.Size([3, 4]))
    """

    def __init__(self, shape: Sequence[int], n_latent: int, n_components: int) -> None:
        super().__init__(shape, n_latent, n_latent, n_components)

    def encode(self, spins: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Means and logarithms of the variances, (B, n_latent) each, of spins (B, *spin_shape)."""
        raise NotImplementedError

    def latent(self, spins: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        mean, log_variance = self.encode(spins)
        return mean + (0.5 * log_variance).exp() * self.as_numbers("noise", noise, self.n_latent)


def dense_layers(
    n_inputs: int, hidden: Sequence[int], n_outputs: int, *, dropout: float = 0.0, batch_norm: bool = False
) -> nn.Sequential:
    """Fully connected layers with ReLU after each but the last.

    Parameters
    ----------
    n_inputs : int
        Numbers of an input.
    hidden : sequence of int
        Widths of the hidden layers.
    n_outputs : int
        Numbers of an output.
    dropout : float
        Probability with which a hidden unit is dropped in training, after its ReLU; below 1.
    batch_norm : bool
        Whether batch norm stands before every ReLU.

    Returns
    -------
    torch.nn.Sequential
        (B, n_inputs) to (B, n_outputs).

    Raises
    ------
    ValueError
        For widths below 1, and a probability outside [0, 1).

    Examples
    --------
    >>> from spinlib.networks.autoencoder import dense_layers
    >>> [type(layer).__name__ for layer in dense_layers(6, (64,), 4, dropout=0.1, batch_norm=True)]
    ['Linear', 'BatchNorm1d', 'ReLU', 'Dropout', 'Linear']
    """
    if not 0.0 <= dropout < 1.0:
        raise ValueError(f"dropout {dropout}: allowed are probabilities from 0 up to, but not including, 1")
    widths = [n_inputs, *(at_least(1, "hidden", width) for width in hidden)]
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        layers.append(nn.Linear(before, after))
        if batch_norm:
            layers.append(nn.BatchNorm1d(after))
        layers.append(nn.ReLU())
        if dropout:
            layers.append(nn.Dropout(dropout))
    return nn.Sequential(*layers, nn.Linear(widths[-1], n_outputs))
