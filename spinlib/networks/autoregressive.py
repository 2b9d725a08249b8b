"""An autoregressive network of Ising spins, with an exact likelihood.

It is that of D. Wu, L. Wang and P. Zhang, Phys. Rev. Lett. 122, 080602 (2019):
q(s) = prod_i q(s_i | s_j, j < i) over the sites in C order. Each conditional is that of a spin in a field,
q(s_i) = exp(h_i s_i) / (2 cosh h_i), and the field is a linear function of the spins before, plus a hidden layer of
ReLUs of the site's own: masked weights let no site see itself or those behind it. The architecture is ours: with a
network for every site, drawing a configuration costs as much as its likelihood does.

With `z2` the first spin is +1 or -1 with probability 1/2, and turning all spins turns all fields: q(-s) = q(s) exactly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from spinlib.arguments import at_least
from spinlib.networks.lattice_network import LatticeNetwork


class AutoregressiveNetwork(LatticeNetwork):
    """Spins (B, *shape) of -1 and +1, of any real dtype, to ln q of each, (B,).

    Parameters
    ----------
    shape : sequence of int
        Of the lattice, with at least two sites.
    hidden : int
        ReLUs of each site.
    z2 : bool
        Whether q(-s) = q(s) by construction.

    Raises
    ------
    ValueError
        For counts below 1, fewer than two sites, and spins of another shape.

    References
    ----------
    D. Wu, L. Wang and P. Zhang, Phys. Rev. Lett. 122, 080602 (2019).

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.autoregressive import AutoregressiveNetwork
    >>> network = AutoregressiveNetwork((4, 4), z2=True)
    >>> spins = network.draw(5, torch.Generator().manual_seed(1))
    >>> spins.shape, torch.allclose(network(spins), network(-spins))
    (torch.Size([5, 4, 4]), True)
    """

    def __init__(self, shape: Sequence[int], *, hidden: int = 16, z2: bool = False) -> None:
        super().__init__(shape)
        self.hidden, self.z2 = at_least(1, "hidden", hidden), bool(z2)
        if self.n_sites < 2:
            raise ValueError(f"shape {self.shape}: at least two sites are needed")
        n = self.n_sites
        self.linear = nn.Parameter(torch.empty(n, n))
        self.bias = nn.Parameter(torch.empty(n))
        self.first = nn.Parameter(torch.empty(n, hidden, n))
        self.first_bias = nn.Parameter(torch.empty(n, hidden))
        self.second = nn.Parameter(torch.empty(n, hidden))
        self.initialize_parameters(torch.Generator().manual_seed(0))

    def initialize_parameters(self, rng: torch.Generator) -> None:
        """Fields are zero up to hidden layers of a tenth of the usual size: at first all states are about as likely."""
        with torch.no_grad():
            bound = 1.0 / math.sqrt(self.n_sites)
            for parameter in (self.linear, self.bias):
                parameter.uniform_(-0.1 * bound, 0.1 * bound, generator=rng)
            for parameter in (self.first, self.first_bias):
                parameter.uniform_(-bound, bound, generator=rng)
            self.second.uniform_(-0.1 / math.sqrt(self.hidden), 0.1 / math.sqrt(self.hidden), generator=rng)

    def fields(self, spins: torch.Tensor) -> torch.Tensor:
        """The field h (B, *shape) that each site feels from those before it."""
        flat = self.of_lattice(spins).flatten(1)
        seen = flat * flat[:, :1] if self.z2 else flat
        mask = torch.ones_like(self.linear).tril(-1)
        inner = torch.einsum("bj,ihj->bih", seen, self.first * mask[:, None]) + self.first_bias
        fields = (inner.relu() * self.second).sum(dim=-1) + seen @ (self.linear * mask).T + self.bias
        if self.z2:
            fields = fields * flat[:, :1]
            fields = torch.cat([torch.zeros_like(fields[:, :1]), fields[:, 1:]], dim=1)
        return fields.unflatten(1, self.shape)

    def forward(self, spins: torch.Tensor) -> torch.Tensor:
        fields = self.fields(spins)
        return functional.logsigmoid(2.0 * fields * spins.to(fields.dtype)).flatten(1).sum(dim=1)

    def draw(self, n: int, rng: torch.Generator) -> torch.Tensor:
        """`n` independent configurations of q, (n, *shape), of -1 and +1 in the dtype of the weights."""
        with torch.no_grad():
            # Uniform numbers on the generator's device, so that a seed means the same wherever the network is.
            uniform = torch.rand((self.n_sites, n), generator=rng, device=rng.device, dtype=torch.float64)
            uniform = uniform.to(self.linear.device)
            flat = torch.ones((n, self.n_sites), dtype=self.linear.dtype, device=self.linear.device)
            for site in range(self.n_sites):
                before = flat[:, :site]
                if self.z2 and site == 0:
                    field = torch.zeros_like(flat[:, 0])
                else:
                    inner = before @ self.first[site, :, :site].T + self.first_bias[site]
                    field = inner.relu() @ self.second[site] + before @ self.linear[site, :site] + self.bias[site]
                flat[:, site] = torch.where(uniform[site] < torch.sigmoid(2.0 * field.double()), 1.0, -1.0)
                if self.z2 and site == 0:
                    turned = flat[:, :1].clone()
                    flat[:, 0] = 1.0
            return (flat * turned if self.z2 else flat).unflatten(1, self.shape)
