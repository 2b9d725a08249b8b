"""The Ising model with couplings of any kind and a field.

    H = -J sum_<ij> s_i s_j - B sum_i s_i,    s_i = +-1, each bond once

J = 1 is the ferromagnet (paper dp, Eq. 1, writes the opposite sign, with J = -1). k_B = 1; energies in units
of J.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from spinlib.lattice import Lattice
from spinlib.models import configuration
from spinlib.models.couplings import as_argument, checked_coupling, described, implied_neighborhood
from spinlib.models.fixed_spins import fixed_spins, of_lattice
from spinlib.models.lattice_model import BondModel

__all__ = ["Ising", "mean_spin", "random_signs"]


class Ising(BondModel):
    """Ising model H = -J sum_<ij> s_i s_j - B sum_i s_i on a lattice.

    It is Eq. 1 of paper dp with our sign. Configurations are numpy arrays or torch tensors (..., *shape) of -1 and +1,
    of an integer or floating dtype. Results are of the same kind, in float64 (torch: on the same device).

    The coupling is one of

    - a number, of all bonds
    - one number per axis, (J_0, J_1, ...): coupling[a] is that of the bonds along axis a, from site x to x + e_a
      ("nearest" only). On two axes J_0 joins rows and J_1 the sites within a row
    - one number per shell of neighbours, {"nearest": J_1, "next_nearest": J_2}: names of
      `spinlib.neighborhoods.SHELLS` up to the third on three axes, the second on one. A shell of the neighbourhood
      that is not named has no coupling
    - an array (ndim, *shape) whose entry [a, x] is the coupling of the bond from site x to x + e_a ("nearest" only;
      bonds that a free boundary cuts are ignored)

    Parameters
    ----------
    shape : sequence of int
        Sites per axis.
    coupling : float, sequence of float, mapping or array_like
        J, in one of the forms above.
    field : float
        B, in units of J.
    boundary : str or sequence of str
        "periodic", "antiperiodic" (bonds across the seam change sign), "free" or "plus_minus" (the first spins along
        the axis are fixed to +1, the last ones to -1, see `spinlib.models.fixed_spins`): one name or one per axis.
    neighborhood : str, optional
        See `spinlib.lattice.Lattice`. By default "nearest"; for couplings by shell the smallest one that has these
        shells.

    Raises
    ------
    ValueError
        A lattice that does not exist; a coupling of another shape or shell; couplings or fields that are not finite
        numbers; boundaries that fix every spin.
    AttributeError
        An attribute that is set later: make a new model instead.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> model = Ising((4, 4), field=0.5)
    >>> float(model.energy(model.cold()))  # 32 bonds and 16 spins
    -40.0
    >>> float(model.energy_change(model.cold())[0, 0])
    9.0
    >>> Ising((4, 4), coupling={"nearest": 1.0, "next_nearest": -0.5}).lattice.neighborhood
    'next_nearest'
    >>> Ising((3, 3), boundary=("plus_minus", "periodic")).cold().tolist()  # no spin of the outer rows can be flipped
    [[1, 1, 1], [1, 1, 1], [-1, -1, -1]]
    """

    example = "Ising((32, 32), coupling=0.5)"
    kind = "Ising"
    bond_gap = 2.0
    field: float
    boundary: tuple[str, ...]

    def __init__(
        self,
        shape: Sequence[int] = (64, 64),
        coupling: Any = 1.0,
        field: float = 0.0,
        boundary: str | Sequence[str] = "periodic",
        neighborhood: str | None = None,
    ) -> None:
        shape = tuple(shape)
        lattice = Lattice(shape, of_lattice(boundary), neighborhood or implied_neighborhood(coupling, len(shape)))
        names = (boundary,) * lattice.ndim if isinstance(boundary, str) else tuple(boundary)
        self._set(
            lattice=lattice,
            boundary=names,
            fixed=fixed_spins(lattice.shape, names),
            coupling=checked_coupling(coupling, lattice, by_shell=True),
            field=configuration.finite_number("field", field),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # Tables are cheaper to compute again than to send to a worker process.
        return Ising, (
            *(self.shape, as_argument(self.coupling), self.field),
            *(self.boundary, self.lattice.neighborhood),
        )

    def __repr__(self) -> str:
        return (
            f"Ising(shape={self.shape}, coupling={described(self.coupling)}, field={self.field}, "
            f"boundary={self.boundary}, neighborhood={self.lattice.neighborhood!r})"
        )

    def check(self, spins: Any) -> None:
        """Refuse what is no configuration of this model.

        Parameters
        ----------
        spins : array_like or torch.Tensor
            Allowed are (..., *shape) of -1 and +1.

        Raises
        ------
        ValueError
            Another shape or another value; a fixed spin that is another one.
        TypeError
            A dtype other than integer or floating.
        """
        rows, _ = configuration.as_rows(configuration.as_array(spins), self.shape)
        for block in configuration.blocks(rows):
            self._signs(block)

    def cold(self) -> np.ndarray:
        """All spins +1, or all -1 in a negative field: int8 `shape`.

        It is a ground state for J >= 0, also with an antiperiodic axis. With negative bonds it is not a ground state.
        Without a field it is the state of highest energy of an unfrustrated antiferromagnet. Fixed spins are as they
        are.
        """
        return self._with_fixed(np.full(self.shape, -1 if self.field < 0.0 else 1, dtype=self.spin_dtype))

    def random(self, rng: Any, shape: tuple[int, ...] = ()) -> np.ndarray:
        """Configurations at T = infinity, of all spins that are not fixed: as `LatticeModel.random`."""
        return self._with_fixed(super().random(rng, shape))

    def _with_fixed(self, spins: np.ndarray) -> np.ndarray:
        """`spins` (..., *shape), in which the fixed ones were set."""
        if self.fixed is not None:
            np.copyto(spins, self.fixed, where=self.fixed != 0)
        return spins

    @property
    def values(self) -> np.ndarray:
        """-1 and +1, int8 (2,)."""
        return np.array([-1, 1], dtype=self.spin_dtype)

    def _draw(self, rng: np.random.Generator, n: int) -> np.ndarray:
        return random_signs(rng, n)

    def _order_parameter(self, rows: Any) -> Any:
        return mean_spin(rows)

    def components(self, spins: np.ndarray) -> list[np.ndarray]:
        """The spins themselves."""
        return [spins.astype(np.float64)]

    def energy(self, spins: Any) -> Any:
        """Total energy of each configuration.

        Bonds of one coupling are summed in int64.

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
            Values other than -1 and +1; a fixed spin that is another one.
        """
        rows, leading = configuration.as_rows(configuration.as_array(spins), self.shape)
        index, weight = self.lattice.forward_neighbors
        index = configuration.like(index, rows)
        groups = self._groups_of_bonds()
        table = configuration.like(weight if groups else self.forward_couplings, rows)

        def total(signs: Any) -> Any:
            if groups:
                sums = (_bond_sum(signs, index[members], table[members]) for _, members in groups)
                bonds = sum(J * configuration.as_float64(s) for (J, _), s in zip(groups, sums, strict=True))
            else:
                bonds = _weighted_bond_sum(configuration.as_float64(signs), index, table)
            return -bonds - self.field * configuration.as_float64(signs.sum(1))

        return configuration.stack((total(self._signs(block)) for block in configuration.blocks(rows)), leading, rows)

    def _signs(self, rows: Any) -> Any:
        """Rows of +-1 of any dtype as int8; ValueError with one value that is neither, or that is fixed to another."""
        signs = _signs(rows)
        if self.fixed is not None:
            wrong = signs * configuration.like(self.fixed.ravel(), signs) == -1
            if wrong.any():
                value = signs[wrong][0].item()
                raise ValueError(f"spin value {value}: boundary {self.boundary} fixes this spin to {-value}")
        return signs

    def _groups_of_bonds(self) -> list[tuple[float, list[int]]]:
        """Couplings with their rows of `lattice.forward_neighbors`; empty where there is one coupling per bond."""
        if self.direction_couplings is None:
            return []
        forward = self.direction_couplings[self.lattice.directions[1]]
        return [(float(J), np.flatnonzero(forward == J).tolist()) for J in self.coupling_values]

    def local_field(self, spins: Any) -> Any:
        """sum_j J_ij s_j + B at every site, float64 of the spins' shape; checks like `energy`."""
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
            Values other than -1 and +1; a fixed spin that is another one. To flip a fixed spin would cost what is said.
        """
        return self._at_every_site(spins, lambda signs, field: 2.0 * signs * field)

    def _at_every_site(self, spins: Any, function: Callable[[Any, Any], Any]) -> Any:
        """function(spins, local fields), block by block, in the spins' shape."""
        spins = configuration.as_array(spins)
        rows, _ = configuration.as_rows(spins, self.shape)
        index, weight = self.lattice.neighbors
        indices = configuration.like(np.ascontiguousarray(index.T), rows)
        strengths = weight if self.is_uniform else self.neighbor_couplings
        table = configuration.like(np.ascontiguousarray(strengths.T), rows)
        scale = self.coupling if isinstance(self.coupling, float) else 1.0

        def at_every_site(signs: Any) -> Any:
            total: Any = 0
            # At most 124 neighbours (moore2 on three axes): int8 holds their sum.
            for neighbor, strength in zip(indices, table, strict=True):
                total = total + configuration.take(signs, neighbor) * strength
            return function(signs, scale * configuration.as_float64(total) + self.field)

        blocks = (at_every_site(self._signs(block)) for block in configuration.blocks(rows))
        return configuration.stack(blocks, tuple(spins.shape), rows)

    def relaxed_energy(self, spins: Any) -> Any:
        """Energy by the same formula for real spins in [-1, 1], as in paper dp, Algorithm 2; differentiable in torch.

        Parameters
        ----------
        spins : array_like or torch.Tensor, shape (..., *shape)
            Numbers of a floating dtype. Values are not checked.

        Returns
        -------
        ndarray or torch.Tensor, of the leading axes' shape and of the spins' dtype
            Energies in units of J.

        Raises
        ------
        TypeError
            Another dtype.
        """
        rows, leading = configuration.as_rows(configuration.as_floats(spins), self.shape)
        index, _ = self.lattice.forward_neighbors
        couplings = configuration.like(self.forward_couplings, rows, rows.dtype)
        energy = -_weighted_bond_sum(rows, configuration.like(index, rows), couplings)
        if self.field:
            energy = energy - self.field * rows.sum(1)
        return energy.reshape(leading) if leading else energy[0]


def random_signs(rng: np.random.Generator, n: int) -> np.ndarray:
    """Random signs, -1 and +1 with equal probability.

    Parameters
    ----------
    rng : numpy.random.Generator
        It is advanced.
    n : int
        How many.

    Returns
    -------
    ndarray, int8 (n,)

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models.ising import random_signs
    >>> sorted(set(random_signs(np.random.default_rng(1), 100).tolist()))
    [-1, 1]
    """
    return np.array([1, -1], np.int8).take(rng.integers(2, size=n))


def mean_spin(rows: Any) -> Any:
    """The mean spin of each row, from -1 to 1.

    Parameters
    ----------
    rows : ndarray or torch.Tensor, shape (n, N)
        -1 and +1.

    Returns
    -------
    ndarray or torch.Tensor, float64 (n,)

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models.ising import mean_spin
    >>> mean_spin(np.array([[1, 1, 1, -1]])).tolist()
    [0.5]
    """
    return configuration.as_float64(configuration.as_int8(rows).sum(1)) / rows.shape[1]


def _signs(rows: Any) -> Any:
    """Rows of +-1 of any dtype as int8; ValueError with one value that is neither."""
    configuration.check_real(rows)
    # abs leaves int8's -128 negative, and NaN unequal to everything: both are found here.
    wrong = abs(rows) != 1
    if wrong.any():
        raise ValueError(f"spin value {rows[wrong][0].item()}: allowed are -1 and +1")
    return configuration.as_int8(rows)


def _bond_sum(signs: Any, index: Any, weight: Any) -> Any:
    """sum over bonds of weight s_i s_j, exactly, as int64 (n,), for int8 signs (n, N)."""
    # At most 62 neighbours (moore2 on three axes) are added up: that fits int8.
    total: Any = 0
    for neighbor, sign in zip(index, weight, strict=True):
        total = total + configuration.take(signs, neighbor) * sign
    return (signs * total).sum(1)


def _weighted_bond_sum(rows: Any, index: Any, couplings: Any) -> Any:
    """sum over bonds of J_ij s_i s_j for rows (n, N) and couplings (f, N) of one floating dtype: (n,)."""
    total: Any = 0
    for neighbor, coupling in zip(index, couplings, strict=True):
        total = total + (rows * configuration.take(rows, neighbor)) @ coupling
    return total
