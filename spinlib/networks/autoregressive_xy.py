"""An autoregressive network of XY spins, with an exact likelihood.

It does for planar spins what `spinlib.networks.autoregressive` does for Ising spins (D. Wu, L. Wang and P. Zhang, Phys.
Rev. Lett. 122, 080602 (2019)): q(a) = prod_i q(a_i | a_j, j < i) over the sites in C order, and each conditional is the
law of a spin in a field, here the von Mises law

    q(a_i) = exp(h_i . s_i) / (2 pi I_0(|h_i|)),    s_i = (cos a_i, sin a_i),

with two components of the field, a linear function of the spins before plus a hidden layer of ReLUs of the site's own.
The architecture is ours. A conditional with two maxima is beyond it; an open chain is represented exactly.

The first angle is uniform, and turning all spins by one angle turns all fields: q does not change, exactly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import nn

from spinlib.arguments import at_least
from spinlib.networks.lattice_network import LatticeNetwork

__all__ = ["AutoregressiveXY", "von_mises"]

# A smaller concentration is taken for this one: the densities differ by less than it.
_LEAST = 1e-8


class AutoregressiveXY(LatticeNetwork):
    """Spins as angles (B, *shape) in radians, of any real dtype, to ln q of each, (B,).

    q is a density over the angles, with its norm: the integral over all of them is 1.

    Parameters
    ----------
    shape : sequence of int
        Of the lattice, with at least two sites.
    hidden : int
        ReLUs of each site.

    Raises
    ------
    ValueError
        For counts below 1, fewer than two sites, and spins of another shape.

    References
    ----------
    D. Wu, L. Wang and P. Zhang, Phys. Rev. Lett. 122, 080602 (2019), for Ising spins.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.autoregressive_xy import AutoregressiveXY
    >>> network = AutoregressiveXY((6,)).double()
    >>> angles = network.draw(5, torch.Generator().manual_seed(1))
    >>> angles.shape, torch.allclose(network(angles), network(angles + 1.0))
    (torch.Size([5, 6]), True)
    """

    def __init__(self, shape: Sequence[int], *, hidden: int = 16) -> None:
        super().__init__(shape)
        self.hidden = at_least(1, "hidden", hidden)
        if self.n_sites < 2:
            raise ValueError(f"shape {self.shape}: at least two sites are needed")
        n = self.n_sites
        self.linear = nn.Parameter(torch.empty(n, 2, n, 2))
        self.bias = nn.Parameter(torch.empty(n, 2))
        self.first = nn.Parameter(torch.empty(n, hidden, n, 2))
        self.first_bias = nn.Parameter(torch.empty(n, hidden))
        self.second = nn.Parameter(torch.empty(n, 2, hidden))
        self.initialize_parameters(torch.Generator().manual_seed(0))

    def initialize_parameters(self, rng: torch.Generator) -> None:
        """Fields are zero up to hidden layers of a tenth of the usual size: at first all angles are about as likely."""
        with torch.no_grad():
            bound = 1.0 / math.sqrt(2 * self.n_sites)
            for parameter in (self.linear, self.bias):
                parameter.uniform_(-0.1 * bound, 0.1 * bound, generator=rng)
            for parameter in (self.first, self.first_bias):
                parameter.uniform_(-bound, bound, generator=rng)
            self.second.uniform_(-0.1 / math.sqrt(self.hidden), 0.1 / math.sqrt(self.hidden), generator=rng)

    def fields(self, angles: torch.Tensor) -> torch.Tensor:
        """The field (B, *shape, 2) that each site feels from those before it; that of the first is zero.

        Its axes are those of the lattice, along angles 0 and pi/2.
        """
        flat = self.of_lattice(angles).flatten(1)
        fields = self._turned_fields(flat - flat[:, :1])
        cos, sin = flat[:, :1].cos(), flat[:, :1].sin()
        x, y = fields.unbind(dim=-1)
        return torch.stack([cos * x - sin * y, sin * x + cos * y], dim=-1).unflatten(1, self.shape)

    def _turned_fields(self, turned: torch.Tensor) -> torch.Tensor:
        """(B, N, 2), where the first spin of `turned` (B, N) points along angle 0."""
        seen = torch.stack([turned.cos(), turned.sin()], dim=-1)
        mask = torch.ones((self.n_sites, self.n_sites), dtype=turned.dtype, device=turned.device).tril(-1)
        before = mask[:, None, :, None]
        inner = torch.einsum("bjc,ihjc->bih", seen, self.first * before) + self.first_bias
        fields = torch.einsum("bih,idh->bid", inner.relu(), self.second) + self.bias
        fields = fields + torch.einsum("bjc,idjc->bid", seen, self.linear * before)
        return torch.cat([torch.zeros_like(fields[:, :1]), fields[:, 1:]], dim=1)

    def forward(self, angles: torch.Tensor) -> torch.Tensor:
        flat = self.of_lattice(angles).flatten(1)
        turned = flat - flat[:, :1]
        fields = self._turned_fields(turned)[:, 1:]
        aligned = fields[..., 0] * turned[:, 1:].cos() + fields[..., 1] * turned[:, 1:].sin()
        length = torch.linalg.vector_norm(fields, dim=-1)
        log_norm = length + torch.special.i0e(length).log()
        return (aligned - log_norm).sum(dim=1) - self.n_sites * math.log(2.0 * math.pi)

    def draw(self, n: int, rng: torch.Generator) -> torch.Tensor:
        """`n` independent configurations of q, angles (n, *shape) in [-pi, pi), in the dtype of the weights."""
        with torch.no_grad():
            weights = self.linear
            uniform = torch.rand(n, generator=rng, device=rng.device, dtype=torch.float64)
            first = ((2.0 * uniform - 1.0) * math.pi).to(weights.device)
            turned = torch.zeros((n, self.n_sites), dtype=torch.float64, device=weights.device)
            seen = torch.zeros((n, self.n_sites, 2), dtype=weights.dtype, device=weights.device)
            seen[:, 0, 0] = 1.0
            for site in range(1, self.n_sites):
                before = seen[:, :site].flatten(1)
                inner = before @ self.first[site, :, :site].flatten(1).T + self.first_bias[site]
                field = inner.relu() @ self.second[site].T + self.bias[site]
                field = (field + before @ weights[site, :, :site].flatten(1).T).double()
                around = von_mises(torch.linalg.vector_norm(field, dim=1).to(rng.device), rng).to(field)
                turned[:, site] = torch.atan2(field[:, 1], field[:, 0]) + around
                seen[:, site, 0], seen[:, site, 1] = turned[:, site].cos(), turned[:, site].sin()
            angles = torch.remainder(turned + first[:, None] + math.pi, 2.0 * math.pi) - math.pi
            return angles.to(weights.dtype).unflatten(1, self.shape)


def von_mises(concentration: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    """Independent angles with the densities exp(k cos a) / (2 pi I_0(k)), by rejection from a wrapped Cauchy law.

    The sampler of torch takes no generator, so that its draws could not be repeated from a seed of their own.

    Parameters
    ----------
    concentration : torch.Tensor
        k, float64 (n,), not negative; on the device of the generator.
    rng : torch.Generator
        Where the random numbers come from.

    Returns
    -------
    torch.Tensor
        float64 (n,), in [-pi, pi].

    Raises
    ------
    ValueError
        For concentrations that are negative or not finite.

    References
    ----------
    D. Best and N. Fisher, Appl. Stat. 28, 152 (1979).

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.autoregressive_xy import von_mises
    >>> angles = von_mises(torch.full((1000,), 100.0, dtype=torch.float64), torch.Generator().manual_seed(1))
    >>> bool(0.09 < angles.std() < 0.11)
    True
    """
    if not bool(((concentration >= 0.0) & (concentration < float("inf"))).all()):
        raise ValueError("concentration: numbers from 0 that are finite are needed")
    k = concentration.double().clamp_min(_LEAST)
    tau = 1.0 + (1.0 + 4.0 * k**2).sqrt()
    rho = (tau - (2.0 * tau).sqrt()) / (2.0 * k)
    # Any r above 1 is right; this one rejects least. For small k it cancels, and its series takes its place.
    r = torch.where(k < 1e-4, 1.0 / k + k, (1.0 + rho**2) / (2.0 * rho))
    found, waiting = torch.empty_like(k), torch.arange(len(k), device=k.device)
    while len(waiting):
        u = torch.rand((3, len(waiting)), generator=rng, device=k.device, dtype=torch.float64)
        z, its_r = (math.pi * u[0]).cos(), r[waiting]
        cosine = ((1.0 + its_r * z) / (its_r + z)).clamp(-1.0, 1.0)
        c = k[waiting] * (its_r - cosine)
        accepted = (c / u[1]).log() + 1.0 - c >= 0.0
        angle = torch.where(u[2] < 0.5, -1.0, 1.0) * cosine.acos()
        found[waiting[accepted]] = angle[accepted]
        waiting = waiting[~accepted]
    return found
