"""A variational autoencoder with convolutions in the encoder and deconvolutions in the decoder (paper vae, Sec. 2.2).

The paper shows its layers in Fig. 1a alone; filters, strides and the number of latent variables here are ours. Two
convolutions of 3 or 3 x 3 sites, the second with a stride, lead to the latent variables, and two transposed ones lead
back. At the edges stands the lattice's own continuation: zeros for free ends, the opposite side for periodic ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from spinlib.networks.autoencoder import VariationalAutoencoder
from spinlib.networks.periodic_deconvolution import periodic_deconvolution
from spinlib.networks.periodic_padding import periodic_pad

BOUNDARIES = ("free", "periodic")
_KERNEL = 3


class ConvolutionalVAE(VariationalAutoencoder):
    """Spins (B, *shape) and noise (B, n_latent) to reconstructed spins (B, *shape).

    Parameters
    ----------
    shape : sequence of int
        One side or two.
    n_latent : int
        Latent variables.
    filters : (int, int)
        Of the first and of the second convolution; the decoder has them backwards.
    stride : {1, 2}
        Of the second convolution; 2 is for even sides.
    boundary : {"free", "periodic"}
        Of the lattice.
    n_components : {1, 2}
        1: Ising spins. 2: XY spins as unit vectors, (B, *shape, 2) throughout.

    Raises
    ------
    ValueError
        For other shapes, boundaries and strides, counts below 1, and spins of another shape.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.convolutional_vae import ConvolutionalVAE
    >>> chain, lattice = ConvolutionalVAE((6,)), ConvolutionalVAE((10, 10), 32, boundary="periodic")
    >>> chain(torch.ones(3, 6), torch.zeros(3, 8)).shape, lattice(torch.ones(3, 10, 10), torch.zeros(3, 32)).shape
    (torch.Size([3, 6]), torch.Size([3, 10, 10]))
    """

    def __init__(
        self,
        shape: Sequence[int],
        n_latent: int = 8,
        *,
        filters: tuple[int, int] = (16, 32),
        stride: int = 2,
        boundary: str = "free",
        n_components: int = 1,
    ) -> None:
        super().__init__(shape, n_latent, n_components)
        if len(self.shape) not in (1, 2):
            raise ValueError(f"shape {self.shape}: one side or two are needed")
        if boundary not in BOUNDARIES:
            raise ValueError(f"boundary {boundary!r}: allowed are {' and '.join(map(repr, BOUNDARIES))}")
        if stride not in (1, 2) or any(side % stride for side in self.shape):
            raise ValueError(f"stride {stride} and shape {self.shape}: allowed are 1, and 2 for even sides")
        if len(filters) != 2 or min(filters) < 1:
            raise ValueError(f"filters {filters}: two positive numbers are needed")
        self.boundary = boundary
        first, second = filters
        self.reduced = (second, *(side // stride for side in self.shape))
        layer = _Convolution
        self.convolutions = nn.Sequential(
            layer(n_components, first, 1, self), nn.ReLU(), layer(first, second, stride, self), nn.ReLU(), nn.Flatten()
        )
        self.code = nn.Linear(math.prod(self.reduced), 2 * self.n_latent)
        self.uncode = nn.Linear(self.n_latent, math.prod(self.reduced))
        self.deconvolutions = nn.Sequential(
            nn.ReLU(),
            _Deconvolution(second, first, stride, self),
            nn.ReLU(),
            _Deconvolution(first, n_components, 1, self),
        )

    def encode(self, spins: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        values = self.of_lattice(spins)
        images = values[:, None] if self.n_components == 1 else values.movedim(-1, 1)
        mean, log_variance = self.code(self.convolutions(images)).chunk(2, dim=1)
        return mean, log_variance

    def fields(self, latent: torch.Tensor) -> torch.Tensor:
        codes = self.uncode(self.as_numbers("latent", latent, self.n_latent)).unflatten(1, self.reduced)
        images = self.deconvolutions(codes)
        return images[:, 0] if self.n_components == 1 else images.movedim(1, -1)


def _periodic(images: torch.Tensor) -> torch.Tensor:
    """One more site of the periodic continuation on every side."""
    return periodic_pad(images, 1, 1) if images.ndim == 4 else functional.pad(images, (1, 1), mode="circular")


class _Convolution(nn.Module):
    """(B, channels, *sides) to (B, filters, *sides / stride)."""

    def __init__(self, channels: int, filters: int, stride: int, network: ConvolutionalVAE) -> None:
        super().__init__()
        kind = nn.Conv1d if len(network.shape) == 1 else nn.Conv2d
        self.periodic = network.boundary == "periodic"
        self.layer = kind(channels, filters, _KERNEL, stride=stride, padding=0 if self.periodic else 1)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.layer(_periodic(images) if self.periodic else images)


class _Deconvolution(nn.Module):
    """(B, channels, *sides) to (B, filters, *sides * stride): the transpose of the convolution of the same stride."""

    def __init__(self, channels: int, filters: int, stride: int, network: ConvolutionalVAE) -> None:
        super().__init__()
        kind = nn.ConvTranspose1d if len(network.shape) == 1 else nn.ConvTranspose2d
        self.periodic, self.stride = network.boundary == "periodic", stride
        self.layer = kind(channels, filters, _KERNEL, stride=stride)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        if self.periodic and images.ndim == 4:
            return periodic_deconvolution(images, self.layer.weight, self.layer.bias, self.stride)
        sides = [side * self.stride for side in images.shape[2:]]
        # Input i reaches the outputs i * stride - 1 to i * stride + 1; the layer counts them from 0.
        before = 1 + (self.stride if self.periodic else 0)
        found = self.layer(_periodic(images) if self.periodic else images)
        for axis, side in enumerate(sides, 2):
            found = found.narrow(axis, before, side)
        return found
