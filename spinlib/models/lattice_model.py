"""What models on a lattice have in common: the lattice, and one coupling or one per bond."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from spinlib.immutable import Immutable, read_only
from spinlib.lattice import Lattice
from spinlib.models import configuration

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

    coupling: J as a number, or one per bond as `checked_coupling` returns it.
    """

    coupling: Any

    @property
    def is_uniform(self) -> bool:
        """Whether the coupling is one number."""
        return isinstance(self.coupling, float)

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
        if isinstance(self.coupling, float):
            couplings = self.coupling * weight
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
        if isinstance(self.coupling, float):
            couplings = self.coupling * weight
        else:
            couplings = self.coupling.reshape(weight.shape) * weight
        return read_only(couplings)


def checked_coupling(coupling: Any, lattice: Lattice) -> Any:
    """`coupling` as a float, or as a read-only float64 array (ndim, *shape) with 0 for bonds that are cut.

    Entry [a, x] is the coupling of the bond from site x to x + e_a. Raises ValueError for another shape, for numbers
    that are not finite and, if there is one per bond, for a neighbourhood other than "nearest".
    """
    if configuration.is_tensor(coupling):
        coupling = coupling.detach().cpu().numpy()
    if np.ndim(coupling) == 0:
        return configuration.finite_number("coupling", coupling)
    bonds = np.array(coupling, dtype=np.float64)
    if lattice.neighborhood != "nearest":
        raise ValueError(
            f"one coupling per bond is defined for neighborhood 'nearest' only, not {lattice.neighborhood!r}"
        )
    if bonds.shape != (lattice.ndim, *lattice.shape):
        raise ValueError(f"coupling of shape {bonds.shape}: allowed are a number and {(lattice.ndim, *lattice.shape)}")
    _, weight = lattice.forward_neighbors
    bonds[weight.reshape(bonds.shape) == 0] = 0.0
    if not np.all(np.isfinite(bonds)):
        raise ValueError(f"coupling {bonds[~np.isfinite(bonds)][0]}: every coupling has to be finite")
    return read_only(bonds)
