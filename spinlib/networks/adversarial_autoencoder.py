"""Encoder and decoder of adversarial variational Bayes (paper vae, Sec. 2.3 and Fig. 1b): dense layers.

The encoder has noise among its inputs, so that the law of the latent variables of a configuration may be any. The
discriminator that trains it is `spinlib.networks.discriminator`. The paper gives no widths; two layers of 256 are those
of the example on which its implementation was based.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from spinlib.networks.autoencoder import Autoencoder, dense_layers


class AdversarialAutoencoder(Autoencoder):
    """Spins (B, *shape) and noise (B, n_noise) to reconstructed spins (B, *shape).

    Parameters
    ----------
    shape : sequence of int
        Of the lattice, of any number of dimensions.
    n_latent, n_noise : int
        Latent variables, and numbers of noise that the encoder sees beside the spins.
    hidden : sequence of int
        Widths of the encoder's hidden layers; those of the decoder are the same, backwards.
    n_components : {1, 2}
        1: Ising spins. 2: XY spins as unit vectors, (B, *shape, 2) throughout.

    Raises
    ------
    ValueError
        For counts below 1, and for spins of another shape.

    References
    ----------
    L. Mescheder, S. Nowozin and A. Geiger, arXiv:1701.04722.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.adversarial_autoencoder import AdversarialAutoencoder
    >>> network = AdversarialAutoencoder((6,), n_latent=4, n_noise=8)
    >>> network.latent(torch.ones(3, 6), torch.zeros(3, 8)).shape
    torch.Size([3, 4])
    """

    def __init__(
        self,
        shape: Sequence[int],
        n_latent: int = 4,
        n_noise: int = 8,
        *,
        hidden: Sequence[int] = (256, 256),
        n_components: int = 1,
    ) -> None:
        super().__init__(shape, n_latent, n_noise, n_components)
        self.encoder = dense_layers(self.n_values + self.n_noise, hidden, self.n_latent)
        self.decoder = dense_layers(self.n_latent, tuple(hidden)[::-1], self.n_values)

    def latent(self, spins: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        values = self.of_lattice(spins).flatten(1)
        return self.encoder(torch.cat([values, self.as_numbers("noise", noise, self.n_noise)], dim=1))

    def fields(self, latent: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.as_numbers("latent", latent, self.n_latent)).unflatten(1, self.spin_shape)
