"""The discriminator T(x, z) of adversarial variational Bayes (paper vae, Eq. 4): dense layers.

Trained to the end, it is ln q(z|x) - ln p(z), whose mean over q is the divergence that the encoder is to make small.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import nn

from spinlib.arguments import at_least
from spinlib.networks.autoencoder import dense_layers


class Discriminator(nn.Module):
    """Spins (B, *spin_shape) and latent variables (B, n_latent) to log odds (B,) that the encoder made them.

    Parameters
    ----------
    spin_shape : sequence of int
        Of a configuration: (*shape,) for Ising spins, (*shape, 2) for unit vectors.
    n_latent : int
        Latent variables.
    hidden : sequence of int
        Widths of the hidden layers.

    Raises
    ------
    ValueError
        For counts below 1, and for inputs of other shapes.

    References
    ----------
    L. Mescheder, S. Nowozin and A. Geiger, arXiv:1701.04722.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.discriminator import Discriminator
    >>> Discriminator((6,), n_latent=4)(torch.ones(3, 6), torch.zeros(3, 4)).shape
    torch.Size([3])
    """

    def __init__(self, spin_shape: Sequence[int], n_latent: int = 4, *, hidden: Sequence[int] = (256, 256)) -> None:
        super().__init__()
        self.spin_shape = tuple(at_least(1, "side", side) for side in spin_shape)
        self.n_latent = at_least(1, "n_latent", n_latent)
        self.layers = dense_layers(math.prod(self.spin_shape) + self.n_latent, hidden, 1)

    def forward(self, spins: torch.Tensor, latent: torch.Tensor) -> torch.Tensor:
        if tuple(spins.shape[1:]) != self.spin_shape or tuple(latent.shape) != (len(spins), self.n_latent):
            needed = ", ".join(map(str, ("batch", *self.spin_shape)))
            raise ValueError(
                f"spins of shape {tuple(spins.shape)} and latent of shape {tuple(latent.shape)}: ({needed}) and "
                f"(batch, {self.n_latent}) are needed"
            )
        dtype = next(self.parameters()).dtype
        return self.layers(torch.cat([spins.to(dtype).flatten(1), latent.to(dtype)], dim=1))[:, 0]
