"""A network for energies that are sums of local terms: it sees a few sites at a time and adds up what it sees.

Not of paper dnn, but beside it: E = sum_x f(s in a k x k window at x), with one hidden layer f and periodic windows.
Since s s' = |s + s'| - 1 for +-1 spins, four ReLUs of a 2 x 2 window hold the nearest-neighbour energy exactly. As the
sum has as many terms as there are sites, one set of weights serves every lattice size.
"""

from __future__ import annotations

import torch
from torch import nn

from spinlib.networks.periodic_padding import periodic_pad


class LocalEnergy(nn.Module):
    """Spins (B, *any two sides), periodic, of any real dtype, to energies (B,) of the weights' dtype.

    Parameters
    ----------
    window : int
        k, the side of the window.
    hidden : int
        ReLUs per window.

    Raises
    ------
    ValueError
        For counts that are not positive, and for spins that are no batch of lattices with sides of at least k.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.local_energy import LocalEnergy
    >>> network = LocalEnergy()
    >>> network(torch.ones(3, 4, 4)).shape, network(torch.ones(3, 16, 12)).shape
    (torch.Size([3]), torch.Size([3]))
    """

    def __init__(self, window: int = 2, hidden: int = 16) -> None:
        super().__init__()
        if window < 1 or hidden < 1:
            raise ValueError(f"window {window} and hidden {hidden}: both have to be positive")
        self.window = window
        self.features = nn.Conv2d(1, hidden, window)
        self.terms = nn.Conv2d(hidden, 1, 1)

    def forward(self, spins: torch.Tensor) -> torch.Tensor:
        if spins.ndim != 3 or min(spins.shape[1:]) < self.window:
            raise ValueError(
                f"spins of shape {tuple(spins.shape)}: (batch, rows, columns) is needed, sides >= {self.window}"
            )
        images = periodic_pad(spins[:, None].to(self.terms.weight.dtype), 0, self.window - 1)
        return self.terms(self.features(images).relu()).sum(dim=(1, 2, 3))
