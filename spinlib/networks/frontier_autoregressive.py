"""An autoregressive network of Ising spins on a torus that sees the frontier of what is revealed, given a temperature.

Sites are revealed row by row. With nearest neighbours, the law of the next spin given those before it follows from two
rows of them alone: the last W spins, behind which nothing older touches a spin that is still to come, and the first
row, which the last one touches across the boundary. The network sees these 2W spins, the first row as seen from the
column of the site, and nothing else: no more is needed on a torus, and all sites have the same inputs.

q(s) = prod_i q(s_i | spins before), q(s_i | ...) = exp(h_i s_i) / (2 cosh h_i). The field h_i has a part that is linear
in the spins seen, with coefficients that are linear in functions of the temperature: one set for each row plus one for
each column, which many examples determine, where a set for each site would be noisy. Another part comes from hidden
layers that all sites share. Their inputs are the spins seen, gated by row and column, the same spins times
each function of the temperature, an embedding of it, and a bias of the site's own. Spins are seen relative to the one
before, and so is the field: q(-s) = q(s) exactly. The architecture is ours; the likelihood is that of D. Wu, L. Wang
and P. Zhang, Phys. Rev. Lett. 122, 080602 (2019). A raster order belongs to its lattice: the weights of one size are of
no use on another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from spinlib.arguments import at_least
from spinlib.networks.embeddings import N_FUNCTIONS, temperature_functions
from spinlib.networks.lattice_network import LatticeNetwork

_EMBEDDING = 32


class FrontierAutoregressive(LatticeNetwork):
    """Configurations (B, H, W) of -1 and +1 and their temperatures (B,) to ln q of each, (B,).

    Parameters
    ----------
    shape : (int, int)
        Of the torus, with two sides of at least 2.
    width : int
        Of the hidden layers.
    layers : int
        Residual layers behind the first.

    Raises
    ------
    ValueError
        For other shapes, counts below 1, and spins of another shape.

    References
    ----------
    D. Wu, L. Wang and P. Zhang, Phys. Rev. Lett. 122, 080602 (2019), for the likelihood.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.frontier_autoregressive import FrontierAutoregressive
    >>> network = FrontierAutoregressive((4, 4), width=8)
    >>> spins, log_q = network.draw(5, 2.3, torch.Generator().manual_seed(1))
    >>> T = torch.full((5,), 2.3)
    >>> spins.shape, torch.allclose(network(spins, T), log_q.float())
    (torch.Size([5, 4, 4]), True)
    >>> torch.equal(network(-spins, T), network(spins, T))
    True
    """

    temperature_range: torch.Tensor
    seen: torch.Tensor

    def __init__(self, shape: Sequence[int], *, width: int = 256, layers: int = 2) -> None:
        super().__init__(shape)
        if len(self.shape) != 2 or min(self.shape) < 2:
            raise ValueError(f"shape {self.shape}: two sides of at least 2 are needed")
        self.width, self.n_layers = at_least(1, "width", width), at_least(1, "layers", layers)
        (n_rows, n_columns), n = self.shape, self.n_sites
        self.register_buffer("temperature_range", torch.zeros(2))
        self.register_buffer("seen", _seen(n_rows, n_columns), persistent=False)
        n_seen = 2 * n_columns
        self.linear_of_row = nn.Parameter(torch.empty(n_rows, 1 + N_FUNCTIONS, n_seen))
        self.linear_of_column = nn.Parameter(torch.empty(n_columns, 1 + N_FUNCTIONS, n_seen))
        self.first = nn.Parameter(torch.empty(3, n_seen, width))
        self.gate_of_row = nn.Parameter(torch.empty(n_rows, n_seen))
        self.gate_of_column = nn.Parameter(torch.empty(n_columns, n_seen))
        self.of_site = nn.Parameter(torch.empty(n, width))
        self.embedding = nn.Sequential(nn.Linear(N_FUNCTIONS, _EMBEDDING), nn.SiLU())
        self.of_temperature = nn.Linear(N_FUNCTIONS * n_seen + _EMBEDDING, width, bias=False)
        self.hidden = nn.ModuleList([nn.Linear(width, width, bias=False) for _ in range(layers)])
        self.last = nn.Parameter(torch.empty(width))
        self.initialize_parameters(torch.Generator().manual_seed(0))

    def initialize_parameters(self, rng: torch.Generator) -> None:
        """Fields are near zero at first: all states are about as likely."""
        bound = 1.0 / math.sqrt(self.seen.shape[1])
        with torch.no_grad():
            self.linear_of_row.zero_()
            self.linear_of_column.zero_()
            self.first.uniform_(-bound, bound, generator=rng)
            for gate in (self.gate_of_row, self.gate_of_column):
                gate.normal_(generator=rng)
            self.of_site.normal_(0.0, 0.1, generator=rng)
            self.last.uniform_(-0.1 / math.sqrt(self.width), 0.1 / math.sqrt(self.width), generator=rng)

    def fields(self, spins: torch.Tensor, temperatures: torch.Tensor) -> torch.Tensor:
        """The field h (B, H, W) that each site feels from those before it."""
        flat = self.of_lattice(spins).flatten(1).T
        none = torch.zeros_like(flat[:1])
        before = torch.cat([none, flat[:-1]])  # (site, B)
        shown = torch.cat([flat, none])[self.seen] * before[:, None]  # (site, seen, B)
        functions = temperature_functions(temperatures.to(flat))
        with torch.autocast(flat.device.type, enabled=False):
            # In the precision of the weights: a likely spin has a large field.
            linear = torch.bmm(self._linear(), shown)
            linear = linear[:, 0] + (linear[:, 1:] * functions.T).sum(dim=1)
        times = (shown[:, None] * functions.T[:, None]).flatten(1, 2).transpose(1, 2)
        embedded = self.embedding(functions).to(times).expand(len(flat), -1, -1)
        inner = self.of_temperature(torch.cat([times, embedded], dim=2))
        constant = torch.ones_like(shown[:, :1])
        inner = torch.baddbmm(inner, torch.cat([shown, constant], dim=1).transpose(1, 2), self._first_matrices())
        inner = inner.relu_()
        for layer in self.hidden:
            inner = inner + layer(inner).relu_()
        field = linear + (inner @ self.last).to(linear.dtype)
        return (field * before).T.unflatten(1, self.shape)

    def forward(self, spins: torch.Tensor, temperatures: torch.Tensor) -> torch.Tensor:
        fields = self.fields(spins, temperatures)
        return functional.logsigmoid(2.0 * fields * spins.to(fields.dtype)).flatten(1).sum(dim=1)

    def surprise(self, spins: torch.Tensor, temperatures: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        """-ln q (B,), the loss of a training; `rng` is not needed."""
        return -self(spins, temperatures)

    def draw(self, n: int, temperature: float, rng: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """`n` independent configurations (n, H, W) of one temperature, in the dtype of the weights, and their ln q."""
        with torch.no_grad():
            like, n_seen = self._linear(), self.seen.shape[1]
            uniform = torch.rand((self.n_sites, n), generator=rng, device=rng.device, dtype=torch.float64).to(like)
            at = torch.tensor([temperature], device=like.device, dtype=like.dtype)
            functions = temperature_functions(at)[0]
            # At one temperature, all that depends on it becomes part of the matrices.
            linear = like[:, 0] + (like[:, 1:] * functions[:, None]).sum(dim=1)
            times, of_embedding = self.of_temperature.weight.T.split([N_FUNCTIONS * n_seen, _EMBEDDING])
            first = self._first_matrices()
            first[:, :-1] += (times.unflatten(0, (N_FUNCTIONS, n_seen)) * functions[:, None, None]).sum(dim=0)
            first[:, -1] += self.embedding(functions) @ of_embedding
            flat = torch.zeros((self.n_sites + 1, n), device=like.device, dtype=like.dtype)
            log_q = torch.zeros(n, device=like.device, dtype=torch.float64)
            for site in range(self.n_sites):
                before = flat[site - 1]  # of the first site: that beyond the last, which is 0
                shown = (flat[self.seen[site]] * before).T
                inner = torch.addmm(first[site, -1], shown, first[site, :-1]).relu_()
                for layer in self.hidden:
                    inner = inner + layer(inner).relu_()
                field = (shown @ linear[site] + inner @ self.last) * before
                flat[site] = torch.where(uniform[site] < torch.sigmoid(2.0 * field), 1.0, -1.0)
                log_q += functional.logsigmoid(2.0 * field * flat[site]).double()
            return flat[:-1].T.reshape(n, *self.shape), log_q

    def _linear(self) -> torch.Tensor:
        """(site, 1 + function, seen): the coefficients of each site."""
        return (self.linear_of_row[:, None] + self.linear_of_column[None]).flatten(0, 1)

    def _first_matrices(self) -> torch.Tensor:
        """(site, seen + 1, width): of the spins seen, and the bias of the site."""
        rows = self.gate_of_row[:, None, :, None] * self.first[1]
        columns = self.gate_of_column[None, :, :, None] * self.first[2]
        return torch.cat([(self.first[0] + rows + columns).flatten(0, 1), self.of_site[:, None]], dim=1)


def _seen(n_rows: int, n_columns: int) -> torch.Tensor:
    """Which sites each site sees, (site, 2W), in C order; what is not revealed yet is the site N, whose spin is 0."""
    n = n_rows * n_columns
    site = torch.arange(n)[:, None]
    along = torch.arange(n_columns)[None]
    last = site - 1 - along
    last = torch.where(last < 0, n, last)
    first = (site + along) % n_columns
    return torch.cat([last, torch.where(first < site, first, n)], dim=1)
