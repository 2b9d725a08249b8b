"""The network of paper dnn (Sec. II A, Fig. 1): seven convolutions and two fully connected layers.

    R - NN - R - NN - R - 1024 - outputs

R is a "reducing" convolution, 32 filters of 3 x 3 with stride 2; N a "nonreducing" one, 16 filters of 4 x 4 with stride
1. All are followed by ReLU. The input of 16 x 16 is the configuration with every row and column repeated. The outputs
are the scores of the energy classes (15 for 4 x 4, 63 for 8 x 8), or one number.

The paper does not say what stands beyond the edges. Our choice is the configuration's own periodic continuation, as
many columns on each side as TensorFlow's "same" padding has (the paper used TensorFlow), so that R halves an even side,
takes an odd one n to (n + 1) / 2, and N keeps it; zeros, that padding's usual content, are offered beside it. Its last
section speaks of 16 or 64 filters per layer; the numbers here are those of its Sec. II A.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import pad

from spinlib.networks.periodic_padding import periodic_pad

PADDINGS = ("periodic", "zeros")


class EnergyCNN(nn.Module):
    """Spins (B, L, L) or (B, channels, L, L), of any real dtype, to scores or values (B, n_outputs).

    The outputs have the dtype of the weights.

    The parameters follow torch's default initialisation, unless `spinlib.networks.initialization.initialize` draws them
    from a generator.

    Parameters
    ----------
    side : int
        L.
    n_outputs : int
        Number of classes, or of regressed quantities.
    n_channels : int
        Inputs per site, 1 for spins alone.
    input_side : int
        Of the picture that the first layer sees: at least 8, as three layers halve it, and a multiple of L.
    padding : {"periodic", "zeros"}
        What stands beyond the edges; see the module.

    Raises
    ------
    ValueError
        For other sides and paddings, counts that are not positive, and inputs of another shape.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.energy_cnn import EnergyCNN
    >>> EnergyCNN(4, 15)(torch.ones(7, 4, 4)).shape
    torch.Size([7, 15])
    """

    def __init__(
        self, side: int, n_outputs: int, *, n_channels: int = 1, input_side: int = 16, padding: str = "periodic"
    ) -> None:
        super().__init__()
        if side < 1 or input_side < 8 or input_side % side:
            raise ValueError(f"input_side {input_side}: it has to be at least 8 and a multiple of side {side}")
        if n_outputs < 1 or n_channels < 1:
            raise ValueError(f"n_outputs {n_outputs} and n_channels {n_channels}: both have to be positive")
        if padding not in PADDINGS:
            raise ValueError(f"padding {padding!r}: allowed are {', '.join(map(repr, PADDINGS))}")
        self.side, self.n_channels = side, n_channels
        self.repeats = input_side // side
        layers: list[nn.Module] = []
        channels = n_channels
        for kind in "RNNRNNR":
            filters = 32 if kind == "R" else 16
            layer = Reducing if kind == "R" else Nonreducing
            layers += [layer(channels, filters, padding), nn.ReLU()]
            channels = filters
        self.convolutions = nn.Sequential(*layers)
        last = channels * (-(-input_side // 8)) ** 2  # rounding up three times is rounding up once
        self.decision = nn.Sequential(nn.Flatten(), nn.Linear(last, 1024), nn.ReLU(), nn.Linear(1024, n_outputs))

    def forward(self, spins: torch.Tensor) -> torch.Tensor:
        images = spins if spins.ndim == 4 else spins[:, None]
        if tuple(images.shape[1:]) != (self.n_channels, self.side, self.side):
            raise ValueError(
                f"spins of shape {tuple(spins.shape)}: (batch, {self.side}, {self.side}) is needed, with an axis of "
                f"{self.n_channels} channels before the last two if there is more than one"
            )
        images = images.to(next(self.parameters()).dtype)
        if self.repeats > 1:
            images = images.repeat_interleave(self.repeats, 2).repeat_interleave(self.repeats, 3)
        return self.decision(self.convolutions(images))


class _Same(nn.Conv2d):
    """A convolution whose padding keeps side / stride, rounded up."""

    def __init__(self, channels: int, filters: int, kernel: int, stride: int, padding: str) -> None:
        super().__init__(channels, filters, kernel, stride=stride)
        self.periodic = padding == "periodic"

    def beyond(self, side: int) -> tuple[int, int]:
        """How many rows or columns to add before and after those of `side`."""
        raise NotImplementedError

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        beyond = self.beyond(images.shape[-1])
        return super().forward(periodic_pad(images, *beyond) if self.periodic else pad(images, beyond * 2))


class Reducing(_Same):
    """3 x 3 filters with stride 2: an even side is halved, an odd one n becomes (n + 1) / 2."""

    def __init__(self, channels: int, filters: int, padding: str) -> None:
        super().__init__(channels, filters, 3, 2, padding)

    def beyond(self, side: int) -> tuple[int, int]:
        return side % 2, 1


class Nonreducing(_Same):
    """4 x 4 filters with stride 1: the side stays."""

    def __init__(self, channels: int, filters: int, padding: str) -> None:
        super().__init__(channels, filters, 4, 1, padding)

    def beyond(self, side: int) -> tuple[int, int]:
        return 1, 2
