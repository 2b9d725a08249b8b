"""The Potts model.

    H = -J sum_<ij> delta(s_i, s_j) - B sum_i delta(s_i, 0),    s_i = 0 .. q - 1, each bond once

q = 2 is the Ising model with J / 2 and B / 2, plus a constant. Paper dp, Eq. 5, writes the opposite sign, as for
the Ising model, and its text then counts unlike pairs: J sum (1 - delta) is this H plus a constant. k_B = 1;
energies in units of J.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from spinlib.arguments import integer
from spinlib.lattice import Lattice
from spinlib.models import configuration
from spinlib.models.lattice_model import BondModel

__all__ = ["Potts"]


class Potts(BondModel):
    """Potts model H = -J sum_<ij> delta(s_i, s_j) - B sum_i delta(s_i, 0) with q states on a lattice.

    It is Eq. 5 of paper dp, with our sign and a field on state 0. Configurations are numpy arrays or torch tensors
    (..., *shape) of 0 .. q - 1, of an integer or floating dtype. Results are of the same kind, in float64 (torch: on
    the same device).

    Parameters
    ----------
    shape : sequence of int
        Sites per axis.
    q : int
        Number of states, 2 to 127.
    coupling : float
        J.
    boundary : str or sequence of str
        "periodic" or "free": one name or one per axis.
    neighborhood : str
        See `spinlib.lattice.Lattice`.
    field : float
        B, in units of J; a positive one favours state 0, a negative one all others alike.

    Raises
    ------
    ValueError
        q outside this range; a coupling or field that is no finite number; an antiperiodic boundary (Potts states have
        no sign); a lattice that does not exist.
    TypeError
        q that is no integer.
    AttributeError
        An attribute that is set later: make a new model instead.

    Examples
    --------
    >>> from spinlib.models import Potts
    >>> model = Potts((4, 4), q=3)
    >>> spins = model.cold()
    >>> float(model.energy(spins)), float(model.order_parameter(spins))
    (-32.0, 1.0)
    >>> float(model.energy_change(spins, spins + 1)[0, 0])  # four like pairs are lost
    4.0
    """

    example = "Potts((32, 32), q=3, coupling=0.5)"
    kind = "Potts"
    bond_gap = 1.0
    q: int
    coupling: float
    field: float

    def __init__(
        self,
        shape: Sequence[int] = (64, 64),
        q: int = 3,
        coupling: float = 1.0,
        boundary: str | Sequence[str] = "periodic",
        neighborhood: str = "nearest",
        field: float = 0.0,
    ) -> None:
        lattice = Lattice(shape, boundary, neighborhood)
        if "antiperiodic" in lattice.boundary:
            raise ValueError(
                "boundary 'antiperiodic' has no meaning for Potts spins: allowed are 'periodic' and 'free'"
            )
        n_states = integer("q", q)
        if not 2 <= n_states <= 127:
            raise ValueError(f"q {n_states}: allowed are 2 to 127 states")
        self._set(
            lattice=lattice,
            q=n_states,
            coupling=configuration.finite_number("coupling", coupling),
            field=configuration.finite_number("field", field),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # Tables are cheaper to compute again than to send to a worker process.
        lattice = (self.lattice.boundary, self.lattice.neighborhood)
        return Potts, (self.shape, self.q, self.coupling, *lattice, self.field)

    def __repr__(self) -> str:
        return (
            f"Potts(shape={self.shape}, q={self.q}, coupling={self.coupling}, "
            f"boundary={self.lattice.boundary}, neighborhood={self.lattice.neighborhood!r}, field={self.field})"
        )

    @property
    def n_labels(self) -> int:  # type: ignore[override]
        """q: states are labels."""
        return self.q

    @property
    def values(self) -> np.ndarray:
        """0 .. q - 1, int8 (q,)."""
        return np.arange(self.q, dtype=self.spin_dtype)

    def check(self, spins: Any) -> None:
        """Refuse what is no configuration of this model.

        Parameters
        ----------
        spins : array_like or torch.Tensor
            Allowed are (..., *shape) of 0 .. q - 1.

        Raises
        ------
        ValueError
            Another shape or another value.
        TypeError
            A dtype other than integer or floating.
        """
        rows, _ = configuration.as_rows(configuration.as_array(spins), self.shape)
        for block in configuration.blocks(rows):
            self._states(block)

    def cold(self) -> np.ndarray:
        """All spins in state 0, or all in state 1 in a negative field: int8 `shape`.

        It is a ground state for J >= 0 (one of q without a field, one of q - 1 in a negative field). For J < 0 it has
        the highest bond energy.
        """
        return np.full(self.shape, 1 if self.field < 0.0 else 0, dtype=self.spin_dtype)

    def _draw(self, rng: np.random.Generator, n: int) -> np.ndarray:
        return rng.integers(self.q, size=n)

    def _order_parameter(self, rows: Any) -> Any:
        """(q x - 1) / (q - 1), x the share of the most frequent state (Wu, Rev. Mod. Phys. 54, 235 (1982))."""
        most = (rows == 0).sum(1)
        for state in range(1, self.q):
            count = (rows == state).sum(1)
            # The larger of the two, in numpy and in torch.
            most = most + (count - most) * (count > most)
        return (self.q * configuration.as_float64(most) / self.n_sites - 1) / (self.q - 1)

    def components(self, spins: np.ndarray) -> list[np.ndarray]:
        """q fields, since sum_k (delta_ik - 1/q) (delta_jk - 1/q) = delta_ij - 1/q; scaled to 1 for equal states."""
        scale = np.sqrt(self.q / (self.q - 1))
        return [scale * ((spins == state) - 1 / self.q) for state in range(self.q)]

    def energy(self, spins: Any) -> Any:
        """Total energy of each configuration.

        Like pairs are counted in int64.

        Parameters
        ----------
        spins : array_like or torch.Tensor, shape (..., *shape)
            States 0 .. q - 1.

        Returns
        -------
        ndarray or torch.Tensor, float64 of the leading axes' shape
            Energies in units of J.

        Raises
        ------
        ValueError
            Values other than 0 .. q - 1.
        """
        rows, leading = configuration.as_rows(configuration.as_array(spins), self.shape)
        index, weight = (configuration.like(table, rows) for table in self.lattice.forward_neighbors)

        def total(states: Any) -> Any:
            like_pairs = _count_neighbors(states, index, weight, lambda neighbor: neighbor == states)
            bonds = -self.coupling * configuration.as_float64(like_pairs.sum(1))
            return bonds - self.field * configuration.as_float64((states == 0).sum(1)) if self.field else bonds

        blocks = (total(self._states(block)) for block in configuration.blocks(rows))
        return configuration.stack(blocks, leading, rows)

    def energy_change(self, spins: Any, proposed: Any) -> Any:
        """H(after) - H(before) if that one site alone took its proposed state.

        Parameters
        ----------
        spins : array_like or torch.Tensor, shape (..., *shape)
            States 0 .. q - 1.
        proposed : array_like or torch.Tensor, of the spins' shape
            The state that each site would take.

        Returns
        -------
        ndarray or torch.Tensor, float64 of the spins' shape
            In units of J.

        Raises
        ------
        ValueError
            Another shape or other values.
        """
        spins, proposed = configuration.as_array(spins), configuration.as_array(proposed)
        if spins.shape != proposed.shape:
            raise ValueError(
                f"proposed states of shape {tuple(proposed.shape)}: have to be of the spins' shape {tuple(spins.shape)}"
            )
        rows, _ = configuration.as_rows(spins, self.shape)
        proposed_rows, _ = configuration.as_rows(proposed, self.shape)
        index, weight = self.lattice.neighbors
        indices = configuration.like(np.ascontiguousarray(index.T), rows)
        weights = configuration.like(np.ascontiguousarray(weight.T), rows)

        def change(states: Any, proposals: Any) -> Any:
            before = _count_neighbors(states, indices, weights, lambda neighbor: neighbor == states)
            after = _count_neighbors(states, indices, weights, lambda neighbor: neighbor == proposals)
            bonds = self.coupling * configuration.as_float64(before - after)
            if not self.field:
                return bonds
            return bonds + self.field * (
                configuration.as_float64(states == 0) - configuration.as_float64(proposals == 0)
            )

        pairs = zip(configuration.blocks(rows), configuration.blocks(proposed_rows), strict=True)
        blocks = (change(self._states(block), self._states(proposals)) for block, proposals in pairs)
        return configuration.stack(blocks, tuple(spins.shape), rows)

    def relaxed_energy(self, weights: Any) -> Any:
        """Energy -J sum_<ij> sum_k w_k(i) w_k(j) - B sum_i w_0(i) of soft states; exact for one-hot weights.

        It is differentiable in torch.

        Parameters
        ----------
        weights : array_like or torch.Tensor, shape (..., q, *shape)
            weights[..., k, x] is the weight of state k at site x, of a floating dtype. Values are not checked.

        Returns
        -------
        ndarray or torch.Tensor, of the leading axes' shape and of the weights' dtype
            Energies in units of J.

        Raises
        ------
        TypeError
            Another dtype.
        """
        weights = configuration.as_floats(weights)
        rows, leading = configuration.as_rows(weights, (self.q, *self.shape), "weights")
        states = rows.reshape(-1, self.n_sites)
        like_pairs: Any = 0
        for neighbor, counted in zip(
            *(configuration.like(table, states) for table in self.lattice.forward_neighbors), strict=True
        ):
            like_pairs = like_pairs + (states * configuration.take(states, neighbor) * counted).sum(1)
        energy = -self.coupling * like_pairs.reshape(-1, self.q).sum(1)
        if self.field:
            energy = energy - self.field * rows.reshape(-1, self.q, self.n_sites)[:, 0].sum(1)
        return energy.reshape(leading) if leading else energy[0]

    def _states(self, rows: Any) -> Any:
        """Rows of 0 .. q - 1 of any real dtype as int8; ValueError names a value outside."""
        configuration.check_real(rows)
        # In two steps, because a NaN or a large float has no int8.
        self._refuse(rows, ~((rows >= 0) & (rows < self.q)))
        states = configuration.as_int8(rows)
        if states.dtype != rows.dtype:
            self._refuse(rows, states != rows)
        return states

    def _refuse(self, rows: Any, wrong: Any) -> None:
        if wrong.any():
            raise ValueError(f"spin value {rows[wrong][0].item()}: allowed are 0 to {self.q - 1}")


def _count_neighbors(states: Any, index: Any, weight: Any, condition: Callable[[Any], Any]) -> Any:
    """Number of neighbours of every site that meet the condition, int8 (n, N); at most 124."""
    total: Any = 0
    for neighbor, present in zip(index, weight, strict=True):
        total = total + condition(configuration.take(states, neighbor)) * present
    return total
