"""The one-layer demonstration network of paper dnn (Sec. IV, 'A closer look at the convolutional kernels').

512 filters of 3 x 3 with stride 3 on 9 x 9 spins, so that every filter sees each of the nine blocks once; then a fully
connected layer of 1024 and one output. ReLU stands after each but the last, as in the paper's main network.
"""

from __future__ import annotations

import torch
from torch import nn

SIDE, BLOCK = 9, 3


class BlockFilters(nn.Module):
    """Spins (B, 9, 9), of any real dtype, to energies (B, 1). `filters.weight` is (512, 1, 3, 3).

    Parameters
    ----------
    n_filters, hidden : int
        512 and 1024 in the paper.

    Raises
    ------
    ValueError
        For inputs of another shape.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.block_filters import BlockFilters
    >>> network = BlockFilters(n_filters=6, hidden=10)
    >>> network(torch.ones(2, 9, 9)).shape, network.activations(torch.ones(2, 9, 9)).shape
    (torch.Size([2, 1]), torch.Size([2, 6, 3, 3]))
    """

    def __init__(self, n_filters: int = 512, hidden: int = 1024) -> None:
        super().__init__()
        self.filters = nn.Conv2d(1, n_filters, BLOCK, stride=BLOCK)
        self.decision = nn.Sequential(
            nn.Flatten(), nn.Linear(n_filters * (SIDE // BLOCK) ** 2, hidden), nn.ReLU(), nn.Linear(hidden, 1)
        )

    def activations(self, spins: torch.Tensor) -> torch.Tensor:
        """What each filter says of each block, after ReLU: (B, n_filters, 3, 3)."""
        if tuple(spins.shape[1:]) != (SIDE, SIDE):
            raise ValueError(f"spins of shape {tuple(spins.shape)}: (batch, {SIDE}, {SIDE}) is needed")
        return self.filters(spins[:, None].to(self.filters.weight.dtype)).relu()

    def forward(self, spins: torch.Tensor) -> torch.Tensor:
        return self.decision(self.activations(spins))
