"""What models on a lattice have in common: the lattice, and the couplings of its bonds."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from spinlib.immutable import Immutable, read_only
from spinlib.lattice import Lattice
from spinlib.models.couplings import by_direction

# numpy draws integers in eight bytes each.
_DRAWN_AT_ONCE = 2**16


class LatticeModel(Immutable):
    """A model whose configurations hold one value per site of `lattice`.

    spin_dtype: of the arrays in which samplers keep and return configurations.
    """

    lattice: Lattice
    spin_dtype: ClassVar[Any] = np.dtype(np.int8)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.lattice.shape

    @property
    def n_sites(self) -> int:
        return self.lattice.n_sites

    def _drawn(self, draw: Callable[[int], np.ndarray]) -> np.ndarray:
        """A configuration of what draw(n) returns for the next n sites."""
        spins = np.empty(self.n_sites, dtype=self.spin_dtype)
        for first in range(0, self.n_sites, _DRAWN_AT_ONCE):
            part = spins[first : first + _DRAWN_AT_ONCE]
            part[:] = draw(part.size)
        return spins.reshape(self.shape)


class BondModel(LatticeModel):
    """A model whose bonds have a coupling, J_ij; an antiperiodic seam changes its sign.

    coupling: J as `spinlib.models.couplings.checked_coupling` returns it: one number, one per axis, shell or bond.
    """

    coupling: Any

    @property
    def is_uniform(self) -> bool:
        """Whether the coupling is one number."""
        return isinstance(self.coupling, float)

    @cached_property
    def direction_couplings(self) -> np.ndarray | None:
        """J_ij without the sign of the boundary for each column of `lattice.neighbors`, float64 (z,).

        None where there is one coupling per bond.
        """
        return by_direction(self.coupling, self.lattice)

    @cached_property
    def coupling_values(self) -> np.ndarray:
        """The different values of J_ij without the sign of the boundary, rising, float64 (n,)."""
        given = self.coupling if self.direction_couplings is None else self.direction_couplings
        return read_only(np.unique(given))

    @cached_property
    def bond_strengths(self) -> np.ndarray:
        """J_ij with the sign of the boundary, float64 (n_bonds,) in the order of `lattice.bonds`."""
        _, weight = self.lattice.forward_neighbors
        strengths = self.forward_couplings[weight != 0]
        return read_only(strengths)

    @cached_property
    def neighbor_couplings(self) -> np.ndarray:
        """J_ij with the sign of the boundary, float64 (N, z) as `lattice.neighbors` has them; 0 if cut."""
        index, weight = self.lattice.neighbors
        if self.direction_couplings is not None:
            couplings = self.direction_couplings * weight
        else:
            couplings = np.empty(weight.shape)
            for axis, bonds in enumerate(self.coupling.reshape(self.lattice.ndim, -1)):
                couplings[:, 2 * axis] = bonds
                # The bond to x - e_axis is stored at that site.
                couplings[:, 2 * axis + 1] = bonds[index[:, 2 * axis + 1]]
            couplings *= weight
        return read_only(couplings)

    @cached_property
    def forward_couplings(self) -> np.ndarray:
        """J_ij with the sign of the boundary, float64 (f, N) as `lattice.forward_neighbors` has them; 0 if cut."""
        _, weight = self.lattice.forward_neighbors
        if self.direction_couplings is not None:
            _, forward = self.lattice.directions
            couplings = self.direction_couplings[forward, None] * weight
        else:
            couplings = self.coupling.reshape(weight.shape) * weight
        return read_only(couplings)
