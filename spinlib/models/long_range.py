"""Ising spins with the long-range interactions of paper dnn, between all pairs of spins and their periodic images.

    H = J sum_pairs phi(r) s_i s_j,    s_i = +-1,
    phi(r) = exp(-k r) / r                  "screened_coulomb"  (paper dnn, Sec. IV 4)
    phi(r) = exp(-k r) sin(r) / r           "sinusoidal"        (paper dnn, Eq. 1)

The sum goes over the pairs of a spin of the lattice with all other spins and with the periodic images of all spins, up
to the distance `cutoff`. J = 1 is the paper's antiferromagnet: the sign is not that of `spinlib.models.Ising`.
k_B = 1; energies in units of J; distances in lattice spacings.

The paper gives neither k nor how pairs are counted. Our choices: k = 1. The energy is that of one lattice among its
images: a pair within the lattice counts once, and a pair of a spin and an image counts half, because two lattices share
it. A spin's pairs with its own images, a constant, also count half. The cutoff is the paper's, 64 spacings, and
includes pairs at exactly this distance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from spinlib.immutable import read_only
from spinlib.models import configuration
from spinlib.models.ising import Ising, mean_spin, random_signs
from spinlib.models.lattice_model import LatticeModel

__all__ = ["INTERACTIONS", "MOST_SITES", "LongRangeIsing"]

INTERACTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "screened_coulomb": np.ones_like,
    "sinusoidal": np.sin,
}
MOST_SITES = 4096  # of a coupling matrix of 128 MiB


class LongRangeIsing(LatticeModel):
    """Ising spins on a periodic lattice with the screened Coulomb or the sinusoidal interaction of paper dnn.

    All axes are periodic. Configurations are numpy arrays or torch tensors (..., *shape) of -1 and +1, of an integer or
    floating dtype. Results are of the same kind, in float64 (torch: on the same device).

    Parameters
    ----------
    shape : sequence of int
        Sites per axis, at most 4096 in all.
    interaction : str
        "screened_coulomb" or "sinusoidal".
    coupling : float
        J; J > 0 is the paper's antiferromagnet.
    screening : float
        k > 0, in inverse lattice spacings.
    cutoff : float
        The largest distance, at least 1, in lattice spacings.

    Raises
    ------
    ValueError
        A lattice that does not exist or has more sites; an interaction of another name; numbers that are not as above.
    AttributeError
        An attribute that is set later: make a new model instead.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import LongRangeIsing
    >>> model = LongRangeIsing((4, 4), cutoff=8.0)
    >>> checkerboard = 1 - 2 * (np.indices((4, 4)).sum(0) % 2)
    >>> bool(model.energy(checkerboard) < 0.0 < model.energy(model.cold()))
    True
    >>> bool(np.isclose(model.energy(checkerboard), model.image_sum_energy(checkerboard)))
    True
    """

    example = "LongRangeIsing((8, 8), coupling=0.5)"
    kind = "LongRangeIsing"
    interaction: str
    coupling: float
    screening: float
    cutoff: float
    _values: Ising

    def __init__(
        self,
        shape: Sequence[int] = (8, 8),
        interaction: str = "screened_coulomb",
        coupling: float = 1.0,
        screening: float = 1.0,
        cutoff: float = 64.0,
    ) -> None:
        values = Ising(shape)  # checks configurations
        self._set(lattice=values.lattice, _values=values)
        if self.n_sites > MOST_SITES:
            raise ValueError(f"shape {self.shape}: at most {MOST_SITES} sites are allowed, not {self.n_sites}")
        if interaction not in INTERACTIONS:
            raise ValueError(f"interaction {interaction!r}: allowed are {', '.join(map(repr, INTERACTIONS))}")
        self._set(
            interaction=interaction,
            coupling=configuration.finite_number("coupling", coupling),
            screening=configuration.finite_number("screening", screening),
            cutoff=configuration.finite_number("cutoff", cutoff),
        )
        if self.screening <= 0:
            raise ValueError(f"screening {screening}: has to be positive")
        if self.cutoff < 1:
            raise ValueError(f"cutoff {cutoff}: has to be at least 1, the distance of neighbours")

    def __reduce__(self) -> tuple[Any, ...]:
        # Tables are cheaper to compute again than to send to a worker process.
        return LongRangeIsing, (self.shape, self.interaction, self.coupling, self.screening, self.cutoff)

    def __repr__(self) -> str:
        return (
            f"LongRangeIsing(shape={self.shape}, interaction={self.interaction!r}, coupling={self.coupling}, "
            f"screening={self.screening}, cutoff={self.cutoff})"
        )

    @cached_property
    def images(self) -> tuple[np.ndarray, np.ndarray]:
        """All displacements up to the cutoff but 0, int64 (n, ndim), and J phi of their lengths, float64 (n,)."""
        reach = np.arange(-int(self.cutoff), int(self.cutoff) + 1)
        displacements = np.stack(np.meshgrid(*[reach] * self.lattice.ndim, indexing="ij"), axis=-1)
        displacements = displacements.reshape(-1, self.lattice.ndim)
        squares = (displacements**2).sum(axis=1)
        displacements = displacements[(squares > 0) & (squares <= self.cutoff**2)]
        distance = np.sqrt((displacements**2).sum(axis=1))
        strengths = self.coupling * np.exp(-self.screening * distance) / distance
        return read_only(displacements), read_only(strengths * INTERACTIONS[self.interaction](distance))

    @cached_property
    def coupling_matrix(self) -> np.ndarray:
        """The image sums A, computed once: symmetric, float64 (N, N), with H = s A s / 2; read-only.

        A_ij is the sum of J phi over all displacements from site i to site j and its images; the diagonal is that of a
        site and its own images.
        """
        displacements, strengths = self.images
        folded = np.zeros(self.shape)
        np.add.at(folded, tuple((displacements % self.shape).T), strengths)
        sites = np.indices(self.shape).reshape(self.lattice.ndim, -1)
        apart = (sites[:, None, :] - sites[:, :, None]) % np.reshape(self.shape, (-1, 1, 1))
        matrix = folded[tuple(apart)]
        return read_only((matrix + matrix.T) / 2)  # the same numbers, summed in another order

    def check(self, spins: Any) -> None:
        """Refuse what is no configuration of this model.

        Parameters
        ----------
        spins : array_like or torch.Tensor
            Allowed are (..., *shape) of -1 and +1.

        Raises
        ------
        ValueError
            Another shape or another value.
        TypeError
            A dtype other than integer or floating.
        """
        self._values.check(spins)

    def cold(self) -> np.ndarray:
        """All spins +1: int8 `shape`. For J > 0, the paper's sign, this is not a ground state."""
        return np.ones(self.shape, dtype=self.spin_dtype)

    @property
    def values(self) -> np.ndarray:
        """-1 and +1, int8 (2,)."""
        return self._values.values

    def _draw(self, rng: np.random.Generator, n: int) -> np.ndarray:
        return random_signs(rng, n)

    def _order_parameter(self, rows: Any) -> Any:
        return mean_spin(rows)

    def components(self, spins: np.ndarray) -> list[np.ndarray]:
        """The spins themselves."""
        return self._values.components(spins)

    def energy(self, spins: Any) -> Any:
        """Total energy of each configuration, by `coupling_matrix`.

        Parameters
        ----------
        spins : array_like or torch.Tensor, shape (..., *shape)
            -1 and +1.

        Returns
        -------
        ndarray or torch.Tensor, float64 of the leading axes' shape
            Energies in units of J.

        Raises
        ------
        ValueError
            Values other than -1 and +1.
        """
        rows, leading = self._rows(spins)
        matrix = configuration.like(self.coupling_matrix, rows)
        blocks = (((block @ matrix) * block).sum(1) / 2 for block in self._blocks(rows))
        return configuration.stack(blocks, leading, rows)

    def image_sum_energy(self, spins: Any) -> Any:
        """Total energy of each configuration, summed image by image as in paper dnn.

        It is `energy` in another order of summation, for comparison. It has some 10^4 terms per spin at the paper's
        cutoff.

        Parameters
        ----------
        spins : array_like or torch.Tensor, shape (..., *shape)
            -1 and +1.

        Returns
        -------
        ndarray or torch.Tensor, float64 of the leading axes' shape
            Energies in units of J.

        Raises
        ------
        ValueError
            Values other than -1 and +1.
        """
        rows, leading = self._rows(spins)

        def total(block: Any) -> Any:
            lattices = block.reshape(len(block), *self.shape)
            axes = tuple(range(1, lattices.ndim))
            roll = lattices.roll if configuration.is_tensor(lattices) else lambda *to: np.roll(lattices, *to)
            result: Any = 0
            for displacement, strength in zip(*self.images, strict=True):
                images = roll(tuple(int(-step) for step in displacement), axes)
                result = result + strength / 2 * (lattices * images).reshape(len(block), -1).sum(1)
            return result

        return configuration.stack(map(total, self._blocks(rows)), leading, rows)

    def local_field(self, spins: Any) -> Any:
        """-sum_j A_ij s_j over the other spins, at every site, float64 of the spins' shape; checks like `energy`."""
        return self._at_every_site(spins, lambda signs, field: field)

    def energy_change(self, spins: Any) -> Any:
        """H(after) - H(before) if that one site alone were flipped.

        Parameters
        ----------
        spins : array_like or torch.Tensor, shape (..., *shape)
            -1 and +1.

        Returns
        -------
        ndarray or torch.Tensor, float64 of the spins' shape
            In units of J.

        Raises
        ------
        ValueError
            Values other than -1 and +1.
        """
        return self._at_every_site(spins, lambda signs, field: 2.0 * signs * field)

    def _at_every_site(self, spins: Any, function: Callable[[Any, Any], Any]) -> Any:
        """function(spins, local fields), block by block, in the spins' shape."""
        rows, leading = self._rows(spins)
        # A spin and its images turn together: the diagonal exerts no field.
        others = self.coupling_matrix - np.diag(self.coupling_matrix.diagonal())
        matrix = configuration.like(others, rows)
        blocks = (function(block, -(block @ matrix)) for block in self._blocks(rows))
        return configuration.stack(blocks, (*leading, *self.shape), rows)

    def _rows(self, spins: Any) -> tuple[Any, tuple[int, ...]]:
        self.check(spins)
        return configuration.as_rows(configuration.as_array(spins), self.shape)

    @staticmethod
    def _blocks(rows: Any) -> Iterator[Any]:
        return map(configuration.as_float64, configuration.blocks(rows))
