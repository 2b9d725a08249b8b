"""The cellular Potts model: cells are domains of equal spins, with adhesion and a target area.

Paper dp, Eq. 7 (the equation itself is lost in the text that we have; its symbols are explained there):

    H = sum_<ij> J(t(c_i), t(c_j)) (1 - delta(c_i, c_j)) + lambda sum_k (a_k - A)^2

`c_i` is the cell that holds site i (0 is the medium), `t` the type of a cell, `a_k` its area in sites. Each
pair of neighbours is counted once. The medium has no target area. A cell that has vanished has area 0 and still
contributes lambda A^2. Units: energies in the units of J, areas in sites, k_B = 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from spinlib.immutable import read_only
from spinlib.lattice import Lattice
from spinlib.models import configuration
from spinlib.models.lattice_model import LatticeModel

__all__ = ["MEDIUM", "CellularPotts"]

MEDIUM = 0  # as a cell number and as a type


class CellularPotts(LatticeModel):
    """Cellular Potts model of paper dp, Eq. 7: adhesion between cells and a target area.

    Configurations are numpy arrays or torch tensors (..., *shape) of cell numbers 0 .. n_cells, of an integer dtype.
    Results are of the same kind (torch: on the same device), boundary lengths and clusters always numpy.

    Parameters
    ----------
    shape : sequence of int
        Sites per axis.
    types : array_like of int, shape (n_cells + 1,)
        The type of each cell. Entry 0 is the medium, of type 0, and no cell has type 0.
    coupling : array_like of float, shape (n_types, n_types)
        Energy of one pair of neighbouring sites of two different cells, by their types; symmetric.
    target_area : float
        A in sites.
    stiffness : float
        lambda, energy per squared site.
    boundary : str or sequence of str
        "periodic" or "free": one name or one per axis.
    neighborhood : str
        The pairs that count in the adhesion energy: "moore2" (24 neighbours on a square lattice, the paper's 5 x 5
        patch), "moore" (8) or any other of `spinlib.lattice`.
    type_names : sequence of str, optional
        Names for `pair_names`, by default "medium", "type 1", ...

    Raises
    ------
    ValueError
        Types, couplings or numbers that are none of these.
    TypeError
        Types that are not integers.
    AttributeError
        An attribute that is set later: make a new model instead.

    References
    ----------
    F. Graner and J. A. Glazier, Phys. Rev. Lett. 69, 2013 (1992).

    Examples
    --------
    >>> from spinlib.models import CellularPotts
    >>> model = CellularPotts((4, 4), types=[0, 1], coupling=[[0, 2], [2, 1]], target_area=4.0, neighborhood="nearest")
    >>> cells = [[0, 0, 0, 0], [0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]]
    >>> float(model.energy(cells))  # eight pairs of a cell of the target area with the medium
    16.0
    >>> model.areas(cells).tolist(), model.pair_names
    ([12, 4], ('medium-type 1', 'type 1-type 1'))
    """

    spin_dtype = np.dtype(np.int16)
    kind = "CellularPotts"
    example = "CellularPotts((60, 60), types, 0.5 * coupling)"
    coupling: np.ndarray
    types: np.ndarray
    target_area: float
    stiffness: float
    type_names: tuple[str, ...]

    def __init__(
        self,
        shape: Sequence[int],
        types: Any,
        coupling: Any,
        target_area: float = 25.0,
        stiffness: float = 1.0,
        boundary: str | Sequence[str] = "periodic",
        neighborhood: str = "moore2",
        type_names: Sequence[str] | None = None,
    ) -> None:
        lattice = Lattice(shape, boundary, neighborhood)
        if "antiperiodic" in lattice.boundary:
            raise ValueError("boundary 'antiperiodic' has no meaning for cells: allowed are 'periodic' and 'free'")
        matrix = _coupling_matrix(coupling)
        self._set(
            lattice=lattice,
            coupling=matrix,
            types=_cell_types(types, len(matrix)),
            target_area=_number("target_area", target_area),
            stiffness=_number("stiffness", stiffness),
            type_names=_names(type_names, len(matrix)),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # Tables are cheaper to compute again than to send to a worker process.
        lattice = self.lattice
        return CellularPotts, (
            *(self.shape, self.types, self.coupling, self.target_area, self.stiffness),
            *(lattice.boundary, lattice.neighborhood, self.type_names),
        )

    def __repr__(self) -> str:
        return (
            f"CellularPotts(shape={self.shape}, n_cells={self.n_cells}, n_types={self.n_types}, "
            f"target_area={self.target_area}, stiffness={self.stiffness}, "
            f"boundary={self.lattice.boundary}, neighborhood={self.lattice.neighborhood!r})"
        )

    @property
    def n_cells(self) -> int:
        """Number of cells, including vanished ones, without the medium."""
        return len(self.types) - 1

    @property
    def n_types(self) -> int:
        """Number of types, including the medium."""
        return len(self.coupling)

    @cached_property
    def type_pairs(self) -> tuple[tuple[int, int], ...]:
        """Unordered pairs of types that can share a boundary: all but medium with medium."""
        return tuple((a, b) for a in range(self.n_types) for b in range(a, self.n_types) if b > 0)

    @property
    def pair_names(self) -> tuple[str, ...]:
        """`type_pairs` in words, such as "medium-dark"."""
        return tuple(f"{self.type_names[a]}-{self.type_names[b]}" for a, b in self.type_pairs)

    @cached_property
    def contact_energy(self) -> np.ndarray:
        """Energy of one pair of neighbouring sites, float64 (n_cells + 1, n_cells + 1); 0 within one."""
        energy = self.coupling[np.ix_(self.types, self.types)]
        np.fill_diagonal(energy, 0.0)
        return read_only(energy)

    @property
    def values(self) -> np.ndarray:
        """0, the medium, to n_cells, in rising order, int16 (n_cells + 1,)."""
        return np.arange(self.n_cells + 1, dtype=self.spin_dtype)

    def check(self, cells: Any) -> None:
        """Refuse what is no configuration of this model.

        Parameters
        ----------
        cells : array_like or torch.Tensor
            Allowed are (..., *shape) of cell numbers 0 .. n_cells.

        Raises
        ------
        ValueError
            Another shape or another number.
        TypeError
            A dtype that is not of integers.
        """
        self._rows(cells)

    def energy(self, cells: Any) -> Any:
        """Total energy of each configuration (paper dp, Eq. 7).

        Parameters
        ----------
        cells : array_like or torch.Tensor, shape (..., *shape)
            Cell numbers.

        Returns
        -------
        ndarray or torch.Tensor, float64 of the leading axes' shape
            Energies in units of J.

        Raises
        ------
        TypeError, ValueError
            As `check`.
        """
        rows, leading = self._rows(cells)
        index, weight = self.lattice.forward_neighbors
        contact = configuration.like(self.contact_energy, rows)

        def total(block: Any) -> Any:
            block = _as_int64(block)
            adhesion: Any = 0
            for neighbor, exists in zip(configuration.like(index, rows), configuration.like(weight, rows), strict=True):
                adhesion = adhesion + (contact[block, configuration.take(block, neighbor)] * exists).sum(1)
            missing = configuration.as_float64(_count(block, self.n_cells + 1)[:, 1:]) - self.target_area
            return adhesion + self.stiffness * (missing**2).sum(1)

        return configuration.stack((total(block) for block in configuration.blocks(rows)), leading, rows)

    def energy_change(self, cells: Any, proposed: Any) -> Any:
        """H(after) - H(before) for each site if that one alone became its proposed cell.

        Parameters
        ----------
        cells : array_like or torch.Tensor, shape (..., *shape)
            Cell numbers.
        proposed : array_like or torch.Tensor, of the shape of `cells`
            The cell that each site would belong to.

        Returns
        -------
        ndarray or torch.Tensor, float64 (..., *shape)
            In units of J.

        Raises
        ------
        TypeError, ValueError
            As `check`, and for two different shapes.
        """
        old_rows, leading = self._rows(cells)
        new_rows, new_leading = self._rows(proposed)
        if new_leading != leading:
            raise ValueError(f"proposed of shape {tuple(proposed.shape)}: cells have {tuple(cells.shape)}")
        index, weight = self.lattice.neighbors
        columns = configuration.like(np.ascontiguousarray(index.T), old_rows)
        existing = configuration.like(np.ascontiguousarray(weight.T), old_rows)
        contact = configuration.like(self.contact_energy, old_rows)

        def change(old: Any, new: Any) -> Any:
            old, new = _as_int64(old), _as_int64(new)
            adhesion: Any = 0
            for column, exists in zip(columns, existing, strict=True):
                around = configuration.take(old, column)
                adhesion = adhesion + (contact[new, around] - contact[old, around]) * exists
            excess = configuration.as_float64(_count(old, self.n_cells + 1)) - self.target_area
            gain = (1.0 + 2.0 * _at(excess, new)) * (new != MEDIUM)
            loss = (1.0 - 2.0 * _at(excess, old)) * (old != MEDIUM)
            return adhesion + self.stiffness * (gain + loss) * (new != old)

        blocks = zip(configuration.blocks(old_rows), configuration.blocks(new_rows), strict=True)
        changes = (change(old, new) for old, new in blocks)
        return configuration.stack(changes, (*leading, *self.shape), old_rows)

    def areas(self, cells: Any) -> Any:
        """Sites of the medium and of each cell, int64 (..., n_cells + 1); a vanished cell has 0."""
        rows, leading = self._rows(cells)
        return _count(_as_int64(rows), self.n_cells + 1).reshape(*leading, self.n_cells + 1)

    def boundary_lengths(self, cells: Any, neighborhood: str = "nearest") -> np.ndarray:
        """Length of the boundaries between types: pairs of neighbouring sites of two cells, each once.

        The boundary between two cells of one type is counted too.

        Parameters
        ----------
        cells : array_like or torch.Tensor, shape (..., *shape)
            Cell numbers.
        neighborhood : str
            The pairs that are counted. With "nearest" the result is the length of the contour in lattice units,
            whatever neighbourhood the energy uses.

        Returns
        -------
        ndarray, int64 (..., n_pairs)
            In the order of `type_pairs` and `pair_names`.

        Raises
        ------
        TypeError, ValueError
            As `check`, and for a neighbourhood that does not exist.
        """

        rows, leading = self._rows(np.asarray(cells))
        first, second, _, _ = Lattice(self.shape, self.lattice.boundary, neighborhood).bonds
        code = self.n_types * np.minimum.outer(self.types, self.types) + np.maximum.outer(self.types, self.types)
        # Pairs within a cell are counted as medium with medium, a column that is then dropped.
        np.fill_diagonal(code, 0)
        pairs = [low * self.n_types + high for low, high in self.type_pairs]
        counts = [
            _count(code[_as_int64(block)[:, first], _as_int64(block)[:, second]], self.n_types**2)[:, pairs]
            for block in configuration.blocks(rows)
        ]
        return np.concatenate([np.empty((0, len(pairs)), np.int64), *counts]).reshape(*leading, len(pairs))

    def clusters(self, cells: Any) -> np.ndarray:
        """Number of clusters of each type, int64 (..., n_types): sites of one type joined by nearest neighbours."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        rows, leading = self._rows(np.asarray(cells))
        first, second, _, _ = Lattice(self.shape, self.lattice.boundary).bonds
        counts = np.zeros((len(rows), self.n_types), dtype=np.int64)
        for row, kinds in enumerate(self.types[rows]):
            same = kinds[first] == kinds[second]
            bonds = (np.ones(same.sum()), (first[same], second[same]))
            _, label = connected_components(coo_array(bonds, shape=(self.n_sites, self.n_sites)), directed=False)
            _, member = np.unique(label, return_index=True)
            counts[row] = np.bincount(kinds[member], minlength=self.n_types)
        return counts.reshape(*leading, self.n_types)

    def _rows(self, cells: Any) -> tuple[Any, tuple[int, ...]]:
        """Checked configurations as rows (n, n_sites), with the leading axes."""
        rows, leading = configuration.as_rows(configuration.as_array(cells), self.shape, "cells")
        if not str(rows.dtype).rpartition(".")[2].startswith(("int", "uint")):
            raise TypeError(f"cells of dtype {rows.dtype}: cell numbers are integers")
        for value in (rows.min().item(), rows.max().item()) if len(rows) else ():
            if not 0 <= value <= self.n_cells:
                raise ValueError(f"cell number {value}: allowed are 0 (medium) to {self.n_cells}")
        return rows, leading


def _coupling_matrix(coupling: Any) -> np.ndarray:
    matrix = np.array(coupling, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or len(matrix) < 2:
        raise ValueError(f"coupling of shape {matrix.shape}: needed is (n_types, n_types), at least (2, 2)")
    if not np.isfinite(matrix).all():
        raise ValueError(f"coupling holds {matrix[~np.isfinite(matrix)][0]}: every entry has to be finite")
    if not np.array_equal(matrix, matrix.T):
        a, b = np.argwhere(matrix != matrix.T)[0]
        raise ValueError(f"coupling[{a}, {b}] = {matrix[a, b]} but coupling[{b}, {a}] = {matrix[b, a]}")
    return read_only(matrix)


def _cell_types(types: Any, n_types: int) -> np.ndarray:
    array = np.array(types)
    if array.ndim != 1 or len(array) < 2:
        raise ValueError(f"types of shape {array.shape}: needed is (n_cells + 1,), the medium and a cell or more")
    if not np.issubdtype(array.dtype, np.integer):
        raise TypeError(f"types of dtype {array.dtype}: types are integers")
    if array[0] != MEDIUM:
        raise ValueError(f"types[0] = {array[0]}: the first entry is the medium's, 0")
    wrong = array[1:][(array[1:] < 1) | (array[1:] >= n_types)]
    if wrong.size:
        raise ValueError(f"a cell of type {wrong[0]}: allowed are 1 to {n_types - 1}")
    return read_only(array.astype(np.int64))


def _number(name: str, value: float) -> float:
    if not np.isfinite(value) or value < 0:
        raise ValueError(f"{name} = {value}: it has to be finite and not negative")
    return float(value)


def _names(names: Sequence[str] | None, n_types: int) -> tuple[str, ...]:
    if names is None:
        return ("medium", *(f"type {kind}" for kind in range(1, n_types)))
    if len(set(names)) != n_types:
        raise ValueError(f"type_names = {tuple(names)}: needed are {n_types} different names")
    return tuple(names)


def _as_int64(rows: Any) -> Any:
    """torch needs int64 indices."""
    return rows.long() if configuration.is_tensor(rows) else rows.astype(np.int64)


def _at(table: Any, rows: Any) -> Any:
    """table (n, n_cells + 1) at the cells of rows (n, n_sites)."""
    return table.gather(1, rows) if configuration.is_tensor(rows) else np.take_along_axis(table, rows, axis=1)


def _count(rows: Any, length: int) -> Any:
    """How often each of 0 .. length - 1 occurs in each of rows (n, N), int64: (n, length)."""
    if configuration.is_tensor(rows):
        return rows.new_zeros((len(rows), length)).scatter_add(1, rows, rows.new_ones(rows.shape))
    numbered = rows + length * np.arange(len(rows))[:, None]
    return np.bincount(numbered.ravel(), minlength=len(rows) * length).reshape(len(rows), length)
