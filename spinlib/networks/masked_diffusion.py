"""Masked diffusion of Ising spins on a torus in a hierarchical order, given a temperature.

A masked diffusion model learns the law of every hidden spin given any set of revealed ones, and reveals them a group at
a time. Here the groups follow the lattice from coarse to fine, in five levels: the sublattice of spacing 4, the centres
of its squares, what completes the sublattice of spacing 2, the centres of its squares, and the other half of the sites,
whose neighbours are all revealed by then. With nearest neighbours that half is independent given the rest, so the last
step loses nothing by revealing it at once. Sites that are revealed together in the steps before are 16 or 8 apart.

q(s) = prod_i q(s_i | groups before), q(s_i | ...) = exp(h_i s_i) / (2 cosh h_i). A convolutional network of its own for
each level gives the fields h from the revealed spins of this level and those before, as the torus continues them, and
from functions of the temperature. Spins are seen relative to the first that is revealed, and so is the field:
q(-s) = q(s) exactly. All groups of a level are revealed row by row in `draw` and `forward`, so that q is one normalised
law; in training their order is random. The networks of the levels are ours. Nothing in them is tied to the size of the
torus: `on` takes the weights to another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional

from spinlib.arguments import at_least
from spinlib.networks.embeddings import N_FUNCTIONS, temperature_functions
from spinlib.networks.lattice_network import LatticeNetwork
from spinlib.networks.periodic_padding import periodic_pad

__all__ = ["MaskedDiffusion"]


class _Level(NamedTuple):
    """Sites (row, column) of a square cell that a level reveals; those a period apart at once, None: one by one."""

    cell: int
    sites: tuple[tuple[int, int], ...]
    period: int | None


_LEVELS = (
    _Level(4, ((0, 0),), None),
    _Level(4, ((2, 2),), 16),
    _Level(4, ((0, 2), (2, 0)), 8),
    _Level(2, ((1, 1),), 8),
    _Level(2, ((0, 1), (1, 0)), 2),
)
_EMBEDDING = 32


class MaskedDiffusion(LatticeNetwork):
    """Configurations (B, H, W) of -1 and +1 and their temperatures (B,) to ln q of each, (B,).

    Parameters
    ----------
    shape : (int, int)
        Of the torus, both sides divisible by 4.
    width : int
        Channels of the hidden layers.
    blocks : sequence of five int
        Residual blocks of two convolutions of 3 x 3 in the network of each level, the coarsest first.

    Raises
    ------
    ValueError
        For other shapes, counts below 1, and spins of another shape.

    References
    ----------
    J. Austin et al., arXiv:2107.03006, for diffusion by masks; the trainings in it are maximum likelihood over orders.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.masked_diffusion import MaskedDiffusion
    >>> network = MaskedDiffusion((8, 8), width=8)
    >>> spins, log_q = network.draw(5, 2.3, torch.Generator().manual_seed(1))
    >>> T = torch.full((5,), 2.3)
    >>> spins.shape, torch.allclose(network(spins, T), log_q.float())
    (torch.Size([5, 8, 8]), True)
    >>> torch.equal(network(-spins, T), network(spins, T))
    True
    """

    temperature_range: torch.Tensor

    def __init__(self, shape: Sequence[int], *, width: int = 48, blocks: Sequence[int] = (2, 2, 2, 3, 1)) -> None:
        super().__init__(shape)
        if len(self.shape) != 2 or any(side % 4 for side in self.shape):
            raise ValueError(f"shape {self.shape}: two sides divisible by 4 are needed")
        if len(blocks) != len(_LEVELS):
            raise ValueError(f"blocks {tuple(blocks)}: {len(_LEVELS)} numbers are needed")
        self.width, self.blocks = at_least(1, "width", width), tuple(at_least(1, "blocks", n) for n in blocks)
        self.register_buffer("temperature_range", torch.zeros(2))
        self.embedding = nn.Sequential(nn.Linear(N_FUNCTIONS, _EMBEDDING), nn.SiLU())
        self.levels = nn.ModuleList(
            _Fields(len(_before(depth)), len(level.sites), self.width, n)
            for depth, (level, n) in enumerate(zip(_LEVELS, self.blocks, strict=True))
        )
        for depth, level in enumerate(_LEVELS):
            self.register_buffer(f"groups{depth}", _groups(level, self.shape), persistent=False)
        # Convolutions of few channels are faster so. torch knows this argument, its types do not.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def on(self, shape: Sequence[int]) -> MaskedDiffusion:
        """The network of another torus, with a copy of these weights."""
        other = MaskedDiffusion(shape, width=self.width, blocks=self.blocks).to(self.sides.device, self.weights_dtype)
        own = {name: value for name, value in self.state_dict().items() if name != "sides"}
        other.load_state_dict(own | {"sides": other.sides})
        return other.train(self.training)

    def surprise(self, spins: torch.Tensor, temperatures: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        """An unbiased estimate of -ln q (B,), averaged over the orders of the groups of each level.

        Of each level, a random number of its groups is revealed, which ones is random, too, and all others are asked.
        """
        given, condition = self.of_lattice(spins), self._condition(temperatures)
        total = torch.zeros_like(given[:, 0, 0])
        first = None
        for depth in range(len(_LEVELS)):
            groups = self._groups_of(depth)
            n, n_groups = len(given), int(groups.max()) + 1
            chance = torch.rand((n, n_groups), generator=rng, device=rng.device).to(given.device)
            rank = chance.argsort(dim=1).argsort(dim=1)
            count = (torch.rand((n, 1), generator=rng, device=rng.device) * n_groups).long().to(given.device)
            if first is None:
                # Nothing is revealed in some: their reference is 0, and so are their fields.
                values = _unshuffled(given, _LEVELS[0])[:, 0].flatten(1)
                first = values.gather(1, rank.argmin(dim=1, keepdim=True))[:, 0]
                reference = torch.where(count[:, 0] > 0, first, 0.0)
            else:
                reference = first
            hidden = (rank >= count)[:, groups]
            values = _unshuffled(given, _LEVELS[depth])
            fields = self._fields(depth, given, hidden, condition, reference)
            lost = (functional.softplus(-2.0 * fields * values) * hidden).flatten(1).sum(dim=1)
            total = total + lost * (n_groups / (n_groups - count[:, 0]))
        return total

    def forward(self, spins: torch.Tensor, temperatures: torch.Tensor) -> torch.Tensor:
        given, condition = self.of_lattice(spins), self._condition(temperatures)
        log_q = torch.zeros_like(given[:, 0, 0])
        for depth, level in enumerate(_LEVELS):
            groups, values = self._groups_of(depth), _unshuffled(given, level)
            for group in range(int(groups.max()) + 1):
                reference = given[:, 0, 0] if depth or group else torch.zeros_like(given[:, 0, 0])
                hidden = (groups >= group).expand_as(values)
                fields = self._fields(depth, given, hidden, condition, reference)
                asked = functional.logsigmoid(2.0 * fields * values) * (groups == group)
                log_q = log_q + asked.flatten(1).sum(dim=1)
        return log_q

    def draw(self, n: int, temperature: float, rng: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """`n` independent configurations (n, H, W) of one temperature, in the dtype of the weights, and their ln q."""
        with torch.no_grad():
            like = next(self.parameters())
            uniform = torch.rand((n, *self.shape), generator=rng, device=rng.device, dtype=torch.float64).to(like)
            condition = self._condition(torch.full((n,), temperature, device=like.device, dtype=like.dtype))
            drawn = torch.zeros_like(uniform)
            log_q = torch.zeros(n, device=like.device, dtype=torch.float64)
            for depth, level in enumerate(_LEVELS):
                groups, chance = self._groups_of(depth), _unshuffled(uniform, level)
                for group in range(int(groups.max()) + 1):
                    here = groups == group
                    hidden = (groups >= group).expand_as(chance)
                    fields = self._fields(depth, drawn, hidden, condition, drawn[:, 0, 0])
                    new = torch.where(chance < torch.sigmoid(2.0 * fields), 1.0, -1.0)
                    log_q += (functional.logsigmoid(2.0 * fields * new).double() * here).flatten(1).sum(dim=1)
                    _shuffle(drawn, level, torch.where(here, new, _unshuffled(drawn, level)))
            return drawn, log_q

    def _groups_of(self, depth: int) -> torch.Tensor:
        return getattr(self, f"groups{depth}")

    def _condition(self, temperatures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        functions = temperature_functions(temperatures.to(next(self.parameters())))
        return functions, self.embedding(functions)

    def _fields(
        self,
        depth: int,
        spins: torch.Tensor,
        hidden: torch.Tensor,
        condition: tuple[torch.Tensor, torch.Tensor],
        reference: torch.Tensor,
    ) -> torch.Tensor:
        """Fields (B, sites, h, w) of the sites of one level in every cell, where those hidden are not seen."""
        level = _LEVELS[depth]
        relative = spins * reference[:, None, None]
        own = _unshuffled(relative, level) * ~hidden
        seen = [_unshuffled(relative, _Level(level.cell, _before(depth), None))] if depth else []
        fields = self.levels[depth](torch.cat([*seen, own, hidden.to(own)], dim=1), condition)
        return fields * reference[:, None, None, None]


class _Fields(nn.Module):
    """The network of one level: cells with revealed spins to the fields of the level's own sites."""

    def __init__(self, n_before: int, n_sites: int, width: int, n_blocks: int) -> None:
        super().__init__()
        n_seen = n_before + 2 * n_sites
        self.linear = nn.Conv2d(n_seen, (1 + N_FUNCTIONS) * n_sites, 3, bias=False)
        self.first = nn.Conv2d(n_seen, width, 3)
        self.blocks = nn.ModuleList(_Block(width) for _ in range(n_blocks))
        self.last = nn.Conv2d(width, n_sites, 1)

    def forward(self, seen: torch.Tensor, condition: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        functions, embedded = condition
        padded = periodic_pad(seen, 1, 1)
        constant, *times = self.linear(padded).chunk(1 + N_FUNCTIONS, dim=1)
        inner = self.first(padded)
        for block in self.blocks:
            inner = block(inner, embedded)
        fields = self.last(functional.silu(inner)) + constant
        for function, part in zip(functions.T, times, strict=True):
            fields = fields + function[:, None, None, None] * part
        return fields


class _Block(nn.Module):
    """Two convolutions whose inner picture is scaled and shifted by the temperature, added to what goes in."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.of_temperature = nn.Linear(_EMBEDDING, 2 * width)
        self.inner, self.outer = nn.Conv2d(width, width, 3), nn.Conv2d(width, width, 3)

    def forward(self, picture: torch.Tensor, embedded: torch.Tensor) -> torch.Tensor:
        scale, shift = self.of_temperature(embedded)[:, :, None, None].chunk(2, dim=1)
        inner = self.inner(periodic_pad(functional.silu(picture), 1, 1)) * (1.0 + scale) + shift
        return picture + self.outer(periodic_pad(functional.silu(inner), 1, 1))


def _before(depth: int) -> tuple[tuple[int, int], ...]:
    """Sites of a cell of the level that the levels before it have revealed."""
    cell = _LEVELS[depth].cell
    found = {
        ((row + up) % cell, (column + right) % cell)
        for level in _LEVELS[:depth]
        for row, column in level.sites
        for up in range(0, 4, level.cell)
        for right in range(0, 4, level.cell)
    }
    return tuple(sorted(found))


def _unshuffled(spins: torch.Tensor, level: _Level) -> torch.Tensor:
    """Spins (B, H, W) of the sites of a level, (B, sites, H / cell, W / cell)."""
    return torch.stack([spins[:, row :: level.cell, column :: level.cell] for row, column in level.sites], dim=1)


def _shuffle(spins: torch.Tensor, level: _Level, values: torch.Tensor) -> None:
    """Set the sites of a level in place, the inverse of `_unshuffled`."""
    for at, (row, column) in enumerate(level.sites):
        spins[:, row :: level.cell, column :: level.cell] = values[:, at]


def _groups(level: _Level, shape: tuple[int, ...]) -> torch.Tensor:
    """The number of the group of each site of a level, (sites, H / cell, W / cell), row by row.

    A side that the period does not divide has a single one.
    """
    periods = [side if level.period is None or side % level.period else level.period for side in shape]
    rows, columns = (torch.arange(side) % period for side, period in zip(shape, periods, strict=True))
    place = _unshuffled((rows[:, None] * periods[1] + columns)[None], level)[0]
    if level.period == 2:
        return torch.zeros_like(place)
    return place.unique(return_inverse=True)[1]
