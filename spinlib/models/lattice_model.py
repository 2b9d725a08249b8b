"""Base classes of models on a lattice: the lattice, the spins, and the couplings of bonds."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from spinlib.immutable import Immutable, read_only
from spinlib.lattice import Lattice
from spinlib.models import configuration
from spinlib.models.couplings import by_direction

__all__ = ["BondModel", "LatticeModel"]

# numpy draws integers of eight bytes each.
_DRAWN_AT_ONCE = 2**16


class LatticeModel(Immutable):
    """A model whose configurations hold one value per site of `lattice`. It knows its own spins.

    Attributes
    ----------
    lattice : Lattice
        The sites and their neighbours.
    kind : str
        The name of the Hamiltonian, by which samplers are found; a subclass has the name of its base class.
    spin_dtype : numpy.dtype
        Of the arrays in which samplers keep and return configurations.
    n_labels : int
        How many labels a spin can have, as in Potts; 0 for spins that are signs or angles.
    fixed : ndarray or None
        The spins that the boundary fixes (`spinlib.models.fixed_spins`), 0 elsewhere; None where there are none.

    Examples
    --------
    >>> from spinlib.models import Potts
    >>> from spinlib.models.lattice_model import LatticeModel
    >>> model = Potts((4, 4), q=3)
    >>> isinstance(model, LatticeModel), model.kind, model.n_labels, model.n_sites
    (True, 'Potts', 3, 16)
    """

    lattice: Lattice
    kind: ClassVar[str]
    spin_dtype: ClassVar[Any] = np.dtype(np.int8)
    n_labels: int = 0
    fixed: np.ndarray | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Sites per axis."""
        return self.lattice.shape

    @property
    def n_sites(self) -> int:
        """N, the number of sites."""
        return self.lattice.n_sites

    @property
    def values(self) -> np.ndarray:
        """The values that one spin can have, in rising order; ValueError where there is a continuum of them."""
        raise ValueError(f"{self!r}: its spins have a continuum of values")

    def check(self, spins: Any) -> None:
        """Raise ValueError or TypeError unless `spins` (..., *shape) are configurations of this model."""
        raise NotImplementedError

    def energy(self, spins: Any) -> Any:
        """Total energy of each configuration (..., *shape), float64 of the leading axes' shape."""
        raise NotImplementedError

    def cold(self) -> np.ndarray:
        """All spins alike: an array `shape` of `spin_dtype`."""
        raise TypeError(f"{self!r}: has no cold state")

    def random(self, rng: Any, shape: tuple[int, ...] = ()) -> np.ndarray:
        """Configurations at T = infinity: at every site all values are equally likely.

        Parameters
        ----------
        rng : numpy.random.Generator, int or array_like
            A Generator, which is advanced, or an argument of `numpy.random.default_rng`, such as a key, uint64 (4,)
            (`spinlib.samplers.random`).
        shape : tuple of int
            Leading axes; by default one configuration.

        Returns
        -------
        ndarray of `spin_dtype`, (*shape, *model.shape)
            Drawn one configuration after the other.

        Examples
        --------
        >>> from spinlib.models import Ising
        >>> Ising((4, 4)).random(1, (10,)).shape
        (10, 4, 4)
        """
        generator = np.random.default_rng(rng)
        spins = np.empty(math.prod(shape) * self.n_sites, dtype=self.spin_dtype)
        for first in range(0, spins.size, _DRAWN_AT_ONCE):
            part = spins[first : first + _DRAWN_AT_ONCE]
            part[:] = self._draw(generator, part.size)
        return spins.reshape(*shape, *self.shape)

    def _draw(self, rng: np.random.Generator, n: int) -> np.ndarray:
        """The next n spins of a random configuration, (n,)."""
        raise TypeError(f"{self!r}: has no random state")

    def order_parameter(self, spins: Any) -> Any:
        """Magnetisation per site of each configuration, as the model defines it.

        `spinlib.observables.magnetization` is the same for labelled spins.

        Parameters
        ----------
        spins : array_like or torch.Tensor, shape (..., *shape)
            Configurations.

        Returns
        -------
        ndarray or torch.Tensor, float64 of the leading axes' shape

        Raises
        ------
        TypeError, ValueError
            As `check`.

        Examples
        --------
        >>> from spinlib.models import Ising
        >>> Ising((2, 2)).order_parameter([[[1, 1], [1, -1]]]).tolist()
        [0.5]
        """
        self.check(spins)
        rows, leading = configuration.as_rows(configuration.as_array(spins), self.shape)
        return configuration.stack(map(self._order_parameter, configuration.blocks(rows)), leading, rows)

    def _order_parameter(self, rows: Any) -> Any:
        """Of checked rows (n, N), numpy or torch: float64 (n,)."""
        raise TypeError(f"{type(self).__name__}: has no order parameter")

    def components(self, spins: np.ndarray) -> list[np.ndarray]:
        """Fields, float64 of the spins' shape.

        The correlation of two sites is the sum of the products of their fields.
        """
        raise TypeError(f"{type(self).__name__}: has no pair correlations")


class BondModel(LatticeModel):
    """A model whose bonds have a coupling, J_ij; an antiperiodic seam changes its sign.

    Attributes
    ----------
    coupling : float, tuple, mapping or ndarray
        J as `spinlib.models.couplings.checked_coupling` returns it: one number, one per axis, shell or bond.
    bond_gap : float
        The energy of an unsatisfied bond less that of a satisfied one, in |J|.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> model = Ising((2, 2), coupling=(1.0, 0.5), boundary="free")
    >>> model.is_uniform, model.bond_strengths.tolist()
    (False, [1.0, 1.0, 0.5, 0.5])
    """

    coupling: Any
    bond_gap: ClassVar[float]

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
