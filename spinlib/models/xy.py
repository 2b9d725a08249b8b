"""The XY model: planar spins, each a unit vector given by its angle.

    H = -J sum_<ij> cos(a_i - a_j),    each bond once

J = 1 is the ferromagnet. k_B = 1; energies in units of J; angles in radians.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from spinlib.lattice import Lattice
from spinlib.models import configuration
from spinlib.models.couplings import checked_coupling, described
from spinlib.models.lattice_model import BondModel

__all__ = ["XY", "length_of_mean_vector"]


class XY(BondModel):
    """XY model H = -J sum_<ij> cos(a_i - a_j) on a lattice.

    Configurations are numpy arrays or torch tensors (..., *shape) of angles, any finite numbers of an integer or
    floating dtype. Results are of the same kind, in float64 (torch: on the same device). Samplers return angles in
    [-pi, pi).

    Parameters
    ----------
    shape : sequence of int
        Sites per axis.
    coupling : float, sequence of float or array_like
        J as a number; one number per axis, coupling[a] for the bonds along axis a, from site x to x + e_a ("nearest"
        only); or an array (ndim, *shape) whose entry [a, x] is the coupling of the bond from site x to x + e_a
        ("nearest" only; bonds that a free boundary cuts are ignored).
    boundary : str or sequence of str
        "periodic", "antiperiodic" (bonds across the seam change sign) or "free": one name or one per axis.
    neighborhood : str
        See `spinlib.lattice.Lattice`.

    Raises
    ------
    ValueError
        A lattice that does not exist; a coupling of another shape; couplings that are not finite numbers.
    AttributeError
        An attribute that is set later: make a new model instead.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import XY
    >>> model = XY((4, 4))
    >>> float(model.energy(model.cold()))  # 32 bonds
    -32.0
    >>> float(model.energy_change(model.cold(), np.full((4, 4), np.pi))[0, 0])
    8.0
    """

    spin_dtype = np.dtype(np.float64)
    example = "XY((32, 32), coupling=0.5)"
    kind = "XY"

    def __init__(
        self,
        shape: Sequence[int] = (64, 64),
        coupling: Any = 1.0,
        boundary: str | Sequence[str] = "periodic",
        neighborhood: str = "nearest",
    ) -> None:
        lattice = Lattice(shape, boundary, neighborhood)
        self._set(lattice=lattice, coupling=checked_coupling(coupling, lattice))

    def __reduce__(self) -> tuple[Any, ...]:
        # Tables are cheaper to compute again than to send to a worker process.
        return XY, (self.shape, self.coupling, self.lattice.boundary, self.lattice.neighborhood)

    def __repr__(self) -> str:
        return (
            f"XY(shape={self.shape}, coupling={described(self.coupling)}, boundary={self.lattice.boundary}, "
            f"neighborhood={self.lattice.neighborhood!r})"
        )

    def check(self, spins: Any) -> None:
        """Refuse what is no configuration of this model.

        Parameters
        ----------
        spins : array_like or torch.Tensor
            Allowed are (..., *shape) of finite angles, in radians.

        Raises
        ------
        ValueError
            Another shape, or an angle that is not finite.
        TypeError
            A dtype other than integer or floating.
        """
        rows, _ = configuration.as_rows(configuration.as_array(spins), self.shape)
        for block in configuration.blocks(rows):
            _angles(block)

    def cold(self) -> np.ndarray:
        """All angles 0: float64 `shape`.

        It is a ground state for J >= 0 without an antiperiodic axis: along such an axis the spins of a ground state
        turn by pi / L from row to row. With negative bonds it is not a ground state.
        """
        return np.zeros(self.shape, dtype=self.spin_dtype)

    def _draw(self, rng: np.random.Generator, n: int) -> np.ndarray:
        return rng.uniform(-np.pi, np.pi, size=n)

    def _order_parameter(self, rows: Any) -> Any:
        return length_of_mean_vector(rows)

    def components(self, spins: np.ndarray) -> list[np.ndarray]:
        """Cosine and sine of the angles."""
        return list(configuration.cosine_and_sine(spins.astype(np.float64)))

    def energy(self, spins: Any) -> Any:
        """Total energy of each configuration.

        Parameters
        ----------
        spins : array_like or torch.Tensor, shape (..., *shape)
            Angles in radians.

        Returns
        -------
        ndarray or torch.Tensor, float64 of the leading axes' shape
            Energies in units of J.

        Raises
        ------
        ValueError
            Angles that are not finite.
        """
        rows, leading = configuration.as_rows(configuration.as_array(spins), self.shape)
        index, couplings = (
            configuration.like(table, rows) for table in (self.lattice.forward_neighbors[0], self.forward_couplings)
        )

        def total(angles: Any) -> Any:
            x, y = configuration.cosine_and_sine(angles)
            field_x, field_y = _neighbor_sum(x, index, couplings), _neighbor_sum(y, index, couplings)
            return -(x * field_x + y * field_y).sum(1)

        return configuration.stack((total(_angles(block)) for block in configuration.blocks(rows)), leading, rows)

    def energy_change(self, spins: Any, proposed: Any) -> Any:
        """H(after) - H(before) if that one site alone took its proposed angle.

        Parameters
        ----------
        spins : array_like or torch.Tensor, shape (..., *shape)
            Angles in radians.
        proposed : array_like or torch.Tensor, of the spins' shape
            The angle that each site would take.

        Returns
        -------
        ndarray or torch.Tensor, float64 of the spins' shape
            In units of J.

        Raises
        ------
        ValueError
            Another shape, or angles that are not finite.
        """
        spins, proposed = configuration.as_array(spins), configuration.as_array(proposed)
        if spins.shape != proposed.shape:
            raise ValueError(
                f"proposed angles of shape {tuple(proposed.shape)}: have to be of the spins' shape {tuple(spins.shape)}"
            )
        rows, _ = configuration.as_rows(spins, self.shape)
        proposed_rows, _ = configuration.as_rows(proposed, self.shape)
        index, couplings = (
            configuration.like(np.ascontiguousarray(table.T), rows)
            for table in (self.lattice.neighbors[0], self.neighbor_couplings)
        )

        def change(angles: Any, proposals: Any) -> Any:
            x, y = configuration.cosine_and_sine(angles)
            new_x, new_y = configuration.cosine_and_sine(proposals)
            field_x, field_y = _neighbor_sum(x, index, couplings), _neighbor_sum(y, index, couplings)
            return (x - new_x) * field_x + (y - new_y) * field_y

        pairs = zip(configuration.blocks(rows), configuration.blocks(proposed_rows), strict=True)
        blocks = (change(_angles(block), _angles(proposals)) for block, proposals in pairs)
        return configuration.stack(blocks, tuple(spins.shape), rows)


def length_of_mean_vector(rows: Any) -> Any:
    """The length of the mean unit vector of each row of angles, from 0 to 1.

    Parameters
    ----------
    rows : ndarray or torch.Tensor, shape (n, N)
        Angles in radians.

    Returns
    -------
    ndarray or torch.Tensor, float64 (n,)

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models.xy import length_of_mean_vector
    >>> length_of_mean_vector(np.zeros((1, 4))).tolist()
    [1.0]
    """
    x, y = configuration.cosine_and_sine(configuration.as_float64(rows))
    return (x.mean(1) ** 2 + y.mean(1) ** 2) ** 0.5


def _angles(rows: Any) -> Any:
    """Rows of any real dtype as float64; ValueError names an angle that is not finite."""
    configuration.check_real(rows)
    angles = configuration.as_float64(rows)
    # The negated comparison also finds NaN.
    wrong = ~(abs(angles) < np.inf)
    if wrong.any():
        raise ValueError(f"angle {angles[wrong][0].item()}: every angle has to be finite")
    return angles


def _neighbor_sum(component: Any, index: Any, couplings: Any) -> Any:
    """sum over neighbours of J_ij times their component, float64 (n, N)."""
    total: Any = 0
    for neighbor, coupling in zip(index, couplings, strict=True):
        total = total + configuration.take(component, neighbor) * coupling
    return total
