"""The conditional UNet of paper fid (Sec. 2.3, Fig. 1c): the noise in a configuration, given time and temperature.

Three halvings lead from L x L to L/8 x L/8 and three doublings back; at each of the four resolutions stands a double
convolution (convolution, group norm, GELU, convolution, group norm), and what went down is joined to what comes up.
The sum of the embeddings of time and temperature goes through SiLU and a linear layer of its own at every level and is
added to the picture there. The paper gives no widths, number of groups and padding: those here are ours, with a single
group.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from spinlib.arguments import at_least
from spinlib.networks.embeddings import TemperatureEmbedding, sinusoidal
from spinlib.networks.lattice_network import LatticeNetwork
from spinlib.networks.periodic_padding import periodic_pad

PADDINGS = ("zeros", "periodic")
LEVELS = 4


class ConditionalUNet(LatticeNetwork):
    """Spins with noise (B, *shape), times (B,) and temperatures (B,) to the noise (B, *shape).

    Parameters
    ----------
    shape : (int, int)
        Of the lattice, both sides divisible by 8.
    widths : sequence of four int
        Channels at the four resolutions, the finest first.
    embedding : int
        Dimension d of both embeddings, even.
    padding : {"zeros", "periodic"}
        What stands beyond the edges. The paper does not say; "periodic" is the lattice's own continuation.

    Raises
    ------
    ValueError
        For other shapes, widths and paddings, and configurations of another lattice.

    References
    ----------
    Paper fid, Sec. 2.3; J. Ho, A. Jain and P. Abbeel, arXiv:2006.11239.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.unet import ConditionalUNet
    >>> network = ConditionalUNet((16, 16), widths=(8, 8, 16, 16), embedding=16)
    >>> network(torch.zeros(2, 16, 16), torch.tensor([1, 999]), torch.tensor([1.6, 3.4])).shape
    torch.Size([2, 16, 16])
    """

    temperature_range: torch.Tensor

    def __init__(
        self,
        shape: Sequence[int],
        *,
        widths: Sequence[int] = (32, 64, 128, 256),
        embedding: int = 128,
        padding: str = "zeros",
    ) -> None:
        super().__init__(shape)
        if len(self.shape) != 2 or any(side % 2 ** (LEVELS - 1) for side in self.shape):
            raise ValueError(f"shape {self.shape}: two sides divisible by {2 ** (LEVELS - 1)} are needed")
        if len(widths) != LEVELS:
            raise ValueError(f"widths {tuple(widths)}: {LEVELS} numbers are needed")
        if padding not in PADDINGS:
            raise ValueError(f"padding {padding!r}: allowed are {' and '.join(map(repr, PADDINGS))}")
        self.widths = tuple(at_least(1, "width", width) for width in widths)
        self.embedding, self.padding = embedding, padding
        sinusoidal(torch.zeros(1), embedding)  # refuses an odd dimension
        # From the lowest to the highest temperature of the training; zeros before it.
        self.register_buffer("temperature_range", torch.zeros(2))
        self.of_temperature = TemperatureEmbedding(embedding)
        down = [(before, after) for before, after in zip((1, *self.widths), self.widths, strict=False)]
        up = [(coarse + fine, fine) for fine, coarse in zip(self.widths, self.widths[1:], strict=False)]
        self.down = nn.ModuleList(_Level(before, after, embedding, padding) for before, after in down)
        self.up = nn.ModuleList(_Level(before, after, embedding, padding) for before, after in up)
        self.last = nn.Conv2d(self.widths[0], 1, 1)

    def forward(self, noisy: torch.Tensor, times: torch.Tensor, temperatures: torch.Tensor) -> torch.Tensor:
        given = self.of_lattice(noisy)
        if times.shape != (len(given),):
            raise ValueError(
                f"times of shape {tuple(times.shape)}: one for each of {len(given)} configurations is needed"
            )
        condition = self.of_temperature(temperatures)
        condition = functional.silu(condition + sinusoidal(times, self.embedding).to(condition))
        image, passed = given[:, None], []
        for depth, level in enumerate(self.down):
            image = level(functional.max_pool2d(image, 2) if depth else image, condition)
            passed.append(image)
        for level, fine in zip(reversed(self.up), reversed(passed[:-1]), strict=True):
            image = torch.cat([functional.interpolate(image, scale_factor=2.0, mode="nearest"), fine], dim=1)
            image = level(image, condition)
        return self.last(image)[:, 0]


class _Level(nn.Module):
    """A double convolution, with the condition added to what it gives out."""

    def __init__(self, before: int, after: int, embedding: int, padding: str) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            _Convolution(before, after, padding),
            nn.GroupNorm(1, after),
            nn.GELU(),
            _Convolution(after, after, padding),
            nn.GroupNorm(1, after),
        )
        self.of_condition = nn.Linear(embedding, after)

    def forward(self, image: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        return self.layers(image) + self.of_condition(condition)[:, :, None, None]


class _Convolution(nn.Conv2d):
    """3 x 3, to pictures of the same size."""

    def __init__(self, before: int, after: int, padding: str) -> None:
        super().__init__(before, after, 3, padding=0 if padding == "periodic" else 1)
        self.periodic = padding == "periodic"

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return super().forward(periodic_pad(image, 1, 1) if self.periodic else image)
