"""A variational autoencoder of fully connected layers (paper vae, Sec. 3, the grey markers of Fig. 2a).

The paper gives neither its widths nor the number of latent variables; those here are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from spinlib.networks.autoencoder import VariationalAutoencoder, dense_layers


class DenseVAE(VariationalAutoencoder):
    """Spins (B, *shape) and noise (B, n_latent) to reconstructed spins (B, *shape).

    Parameters
    ----------
    shape : sequence of int
        Of the lattice, of any number of dimensions.
    n_latent : int
        Latent variables.
    hidden : sequence of int
        Widths of the encoder's hidden layers; those of the decoder are the same, backwards.
    dropout, batch_norm
        As for `spinlib.networks.autoencoder.dense_layers`; the paper found that they do not help (Sec. 2.2).
    n_components : {1, 2}
        1: Ising spins. 2: XY spins as unit vectors, (B, *shape, 2) throughout.

    Raises
    ------
    ValueError
        For counts below 1, a dropout outside [0, 1), and spins of another shape.

    References
    ----------
    D. Kingma and M. Welling, arXiv:1312.6114.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.dense_vae import DenseVAE
    >>> network = DenseVAE((6,), n_latent=4)
    >>> network(torch.ones(3, 6), torch.zeros(3, 4)).shape, network.decode(torch.zeros(5, 4)).shape
    (torch.Size([3, 6]), torch.Size([5, 6]))
    """

    def __init__(
        self,
        shape: Sequence[int],
        n_latent: int = 8,
        *,
        hidden: Sequence[int] = (64, 64),
        dropout: float = 0.0,
        batch_norm: bool = False,
        n_components: int = 1,
    ) -> None:
        super().__init__(shape, n_latent, n_components)
        how: dict[str, Any] = {"dropout": dropout, "batch_norm": batch_norm}
        self.encoder = dense_layers(self.n_values, hidden, 2 * self.n_latent, **how)
        self.decoder = dense_layers(self.n_latent, tuple(hidden)[::-1], self.n_values, **how)

    def encode(self, spins: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        mean, log_variance = self.encoder(self.of_lattice(spins).flatten(1)).chunk(2, dim=1)
        return mean, log_variance

    def fields(self, latent: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.as_numbers("latent", latent, self.n_latent)).unflatten(1, self.spin_shape)
