"""Generator and critic of paper fid, Sec. 2.4: five transposed convolutions and five convolutions, given a temperature.

The first layer of the generator makes a picture of L/16 x L/16 of its numbers, four more double its sides; the critic
goes the other way. The paper gives no widths, no kernels, and not how the critic sees the temperature: those here are
ours, as in the usual networks of this kind (A. Radford, L. Metz and S. Chintala, arXiv:1511.06434).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from spinlib.arguments import at_least
from spinlib.networks.embeddings import TemperatureEmbedding
from spinlib.networks.lattice_network import LatticeNetwork

_HALVINGS = 4


class Generator(LatticeNetwork):
    """Noise (B, n_noise) and temperatures (B,) to numbers (B, *shape) between -1 and 1, whose signs are spins.

    The noise and an embedding of the temperature of the same length stand one behind the other, as in the paper.

    Parameters
    ----------
    shape : (int, int)
        Of the lattice, both sides divisible by 16.
    n_noise : int
        Normal numbers; 100 in the paper.
    width : int
        Channels before the last layer; twice as many at each coarser resolution.

    Raises
    ------
    ValueError
        For other shapes, counts below 1, and noise of another shape.

    References
    ----------
    Paper fid, Sec. 2.4.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.wgan import Generator
    >>> Generator((16, 16), width=4)(torch.zeros(3, 100), torch.tensor([1.6, 2.3, 3.4])).shape
    torch.Size([3, 16, 16])
    """

    temperature_range: torch.Tensor

    def __init__(self, shape: Sequence[int], *, n_noise: int = 100, width: int = 32) -> None:
        super().__init__(shape)
        _check(self.shape)
        self.n_noise, self.width = at_least(1, "n_noise", n_noise), at_least(1, "width", width)
        self.of_temperature = TemperatureEmbedding(self.n_noise)
        # From the lowest to the highest temperature of the training; zeros before it.
        self.register_buffer("temperature_range", torch.zeros(2))
        coarse = tuple(side // 2**_HALVINGS for side in self.shape)
        channels = [self.width * 2**k for k in reversed(range(_HALVINGS))]
        layers: list[nn.Module] = [nn.ConvTranspose2d(2 * self.n_noise, channels[0], coarse)]
        for before, after in zip(channels, (*channels[1:], 1), strict=True):
            layers += [nn.BatchNorm2d(before), nn.ReLU(), nn.ConvTranspose2d(before, after, 4, stride=2, padding=1)]
        self.layers = nn.Sequential(*layers, nn.Tanh())

    def forward(self, noise: torch.Tensor, temperatures: torch.Tensor) -> torch.Tensor:
        if tuple(noise.shape[1:]) != (self.n_noise,):
            raise ValueError(f"noise of shape {tuple(noise.shape)}: (batch, {self.n_noise}) is needed")
        condition = self.of_temperature(temperatures)
        return self.layers(torch.cat([noise.to(condition), condition], dim=1)[:, :, None, None])[:, 0]


class Critic(LatticeNetwork):
    """Spins (B, *shape) and temperatures (B,) to scores (B,), higher for configurations that seem real.

    The temperature stands beside the spins as a second picture, made of its embedding. There is no sigmoid behind the
    last layer: the paper names one, but the difference of scores in its Equation 8 is a distance only without.

    Parameters
    ----------
    shape : (int, int)
        Of the lattice, both sides divisible by 16.
    embedding : int
        Of the temperature.
    width : int
        Channels behind the first layer; twice as many at each coarser resolution.
    normalised : bool
        Whether batch norm stands behind the inner convolutions, as in the paper. A gradient penalty is for critics
        without: it is on the gradient of each configuration's own score.

    Raises
    ------
    ValueError
        For other shapes, counts below 1, and spins of another lattice.

    References
    ----------
    Paper fid, Sec. 2.4 and Eq. 8; M. Arjovsky, S. Chintala and L. Bottou, arXiv:1701.07875.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.wgan import Critic
    >>> Critic((16, 16), width=4)(torch.ones(3, 16, 16), torch.tensor([1.6, 2.3, 3.4])).shape
    torch.Size([3])
    """

    def __init__(self, shape: Sequence[int], *, embedding: int = 100, width: int = 32, normalised: bool = True) -> None:
        super().__init__(shape)
        _check(self.shape)
        self.width, self.normalised = at_least(1, "width", width), normalised
        self.of_temperature = TemperatureEmbedding(embedding)
        self.picture = nn.Linear(embedding, self.n_sites)
        channels = [self.width * 2**k for k in range(_HALVINGS)]
        layers: list[nn.Module] = []
        for before, after in zip((2, *channels), channels, strict=False):
            layers.append(nn.Conv2d(before, after, 4, stride=2, padding=1))
            if layers[:-1] and normalised:
                layers.append(nn.BatchNorm2d(after))
            layers.append(nn.LeakyReLU(0.2))
        coarse = tuple(side // 2**_HALVINGS for side in self.shape)
        self.layers = nn.Sequential(*layers, nn.Conv2d(channels[-1], 1, coarse))

    def forward(self, spins: torch.Tensor, temperatures: torch.Tensor) -> torch.Tensor:
        given = self.of_lattice(spins)
        beside = self.picture(self.of_temperature(temperatures)).unflatten(1, self.shape)
        return self.layers(torch.stack([given, beside], dim=1)).flatten(1)[:, 0]


def _check(shape: tuple[int, ...]) -> None:
    if len(shape) != 2 or any(side % 2**_HALVINGS for side in shape):
        raise ValueError(f"shape {shape}: two sides divisible by {2**_HALVINGS} are needed")
