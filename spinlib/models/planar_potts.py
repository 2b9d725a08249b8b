"""The planar Potts model of paper dnn, Eq. 2: angles on a half circle, an antiferromagnet.

    H = +J sum_<ij> cos(a_i - a_j),    0 <= a_i < pi,    each bond once

k_B = 1; energies in units of J; angles in radians. Sign and interval are the paper's: the model differs from that of
Potts (Proc. Camb. Phil. Soc. 48, 106 (1952)), whose angles cover the full circle, and a common rotation is not a
symmetry.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from spinlib.models import configuration
from spinlib.models.lattice_model import LatticeModel
from spinlib.models.xy import XY, length_of_mean_vector

__all__ = ["PlanarPotts"]


class PlanarPotts(LatticeModel):
    """Planar Potts model H = +J sum_<ij> cos(a_i - a_j), angles in [0, pi), on a lattice.

    It is Eq. 2 of paper dnn, which leaves lattice and boundary open. Our choices are 8 x 8 and periodic, as in its
    other models, and each bond once. Configurations are numpy arrays or torch tensors (..., *shape) of angles in [0,
    pi), of an integer or floating dtype. Results are of the same kind, in float64 (torch: on the same device).

    Parameters
    ----------
    shape : sequence of int
        Sites per axis.
    coupling : float
        J.
    boundary : str or sequence of str
        "periodic" or "free": one name or one per axis.
    neighborhood : str
        See `spinlib.lattice.Lattice`.

    Raises
    ------
    ValueError
        A coupling that is no finite number; an antiperiodic boundary (turning an angle by pi leaves the interval); a
        lattice that does not exist.
    AttributeError
        An attribute that is set later: make a new model instead.

    Examples
    --------
    >>> from spinlib.models import PlanarPotts
    >>> model = PlanarPotts((4, 4))
    >>> float(model.energy(model.cold()))  # the highest of all
    32.0
    """

    spin_dtype = np.dtype(np.float64)
    example = "PlanarPotts((8, 8), coupling=0.5)"
    kind = "PlanarPotts"
    coupling: float
    _xy: XY

    def __init__(
        self,
        shape: Sequence[int] = (8, 8),
        coupling: float = 1.0,
        boundary: str | Sequence[str] = "periodic",
        neighborhood: str = "nearest",
    ) -> None:
        strength = configuration.finite_number("coupling", coupling)
        xy = XY(shape, -strength, boundary, neighborhood)
        self._set(lattice=xy.lattice, coupling=strength, _xy=xy)
        if "antiperiodic" in self.lattice.boundary:
            raise ValueError(
                "boundary 'antiperiodic' has no meaning for planar Potts spins: allowed are 'periodic' and 'free'"
            )

    def __reduce__(self) -> tuple[Any, ...]:
        # Tables are cheaper to compute again than to send to a worker process.
        return PlanarPotts, (self.shape, self.coupling, self.lattice.boundary, self.lattice.neighborhood)

    def __repr__(self) -> str:
        return (
            f"PlanarPotts(shape={self.shape}, coupling={self.coupling}, boundary={self.lattice.boundary}, "
            f"neighborhood={self.lattice.neighborhood!r})"
        )

    def check(self, spins: Any) -> None:
        """Refuse what is no configuration of this model.

        Parameters
        ----------
        spins : array_like or torch.Tensor
            Allowed are (..., *shape) of angles in [0, pi), in radians.

        Raises
        ------
        ValueError
            Another shape or another angle.
        TypeError
            A dtype other than integer or floating.
        """
        rows, _ = configuration.as_rows(configuration.as_array(spins), self.shape)
        configuration.check_real(rows)
        for block in configuration.blocks(rows):
            angles = configuration.as_float64(block)
            wrong = ~((angles >= 0) & (angles < np.pi))
            if wrong.any():
                raise ValueError(f"angle {angles[wrong][0].item()}: allowed is [0, pi)")

    def cold(self) -> np.ndarray:
        """All angles 0: float64 `shape`. For J > 0, the paper's sign, it is the state of highest energy."""
        return np.zeros(self.shape, dtype=self.spin_dtype)

    def _draw(self, rng: np.random.Generator, n: int) -> np.ndarray:
        return rng.uniform(0.0, np.pi, size=n)

    def _order_parameter(self, rows: Any) -> Any:
        return length_of_mean_vector(rows)

    def components(self, spins: np.ndarray) -> list[np.ndarray]:
        """Cosine and sine of the angles."""
        return self._xy.components(spins)

    def energy(self, spins: Any) -> Any:
        """Total energy of each configuration.

        Parameters
        ----------
        spins : array_like or torch.Tensor, shape (..., *shape)
            Angles in radians, in [0, pi).

        Returns
        -------
        ndarray or torch.Tensor, float64 of the leading axes' shape
            Energies in units of J.

        Raises
        ------
        ValueError
            Angles outside [0, pi).
        """
        self.check(spins)
        return self._xy.energy(spins)

    def energy_change(self, spins: Any, proposed: Any) -> Any:
        """H(after) - H(before) if that one site alone took its proposed angle.

        Parameters
        ----------
        spins : array_like or torch.Tensor, shape (..., *shape)
            Angles in radians, in [0, pi).
        proposed : array_like or torch.Tensor, of the spins' shape
            The angle that each site would take.

        Returns
        -------
        ndarray or torch.Tensor, float64 of the spins' shape
            In units of J.

        Raises
        ------
        ValueError
            Another shape, or angles outside [0, pi).
        """
        self.check(spins)
        self.check(proposed)
        return self._xy.energy_change(spins, proposed)
