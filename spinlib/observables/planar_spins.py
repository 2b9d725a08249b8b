"""Observables of planar spins (XY): the response to a twist, and vortices."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinlib.models import XY, configuration
from spinlib.observables.correlations import checked_rows, require_axis
from spinlib.statistics import labelled

Array = NDArray[np.float64]


def twist_response(model: XY, spins: Any, axis: int = 0) -> tuple[Any, Any]:
    """First and second derivative of the energy by a twist along one axis, per site.

    With a_i - a_j replaced by a_i - a_j + p on all bonds along the axis, H / N has the second derivative `stiffness` =
    sum of J_ij cos(a_i - a_j) / N and the first derivative `current` = sum of J_ij sin(a_i - a_j) / N at p = 0, where j
    = i + e_axis.

    Parameters
    ----------
    model : XY
        The model, with the neighbourhood "nearest".
    spins : array_like or xarray.DataArray, shape (..., *shape)
        Angles.
    axis : int
        Axis of the lattice.

    Returns
    -------
    stiffness, current : ndarray or xarray.DataArray, float64 (...)
        In J per site, one number of each per configuration.

    Raises
    ------
    TypeError, ValueError
        As `model.check`, another neighbourhood, or an axis that the lattice does not have.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import XY
    >>> from spinlib.observables import twist_response
    >>> stiffness, current = twist_response(XY((4, 4)), np.zeros((4, 4)))
    >>> float(stiffness), float(current)
    (1.0, 0.0)
    """
    require_axis(model, axis)
    if model.lattice.neighborhood != "nearest":
        raise ValueError(f"neighborhood {model.lattice.neighborhood!r}: a twist is defined for 'nearest' only")
    neighbor, couplings = model.lattice.forward_neighbors[0][axis], model.forward_couplings[axis]

    def response(block: np.ndarray) -> Array:
        difference = block - block.take(neighbor, axis=1)
        return np.stack([np.cos(difference) @ couplings, np.sin(difference) @ couplings], axis=1) / model.n_sites

    def all_responses(array: Any) -> Array:
        rows, leading = checked_rows(model, array)
        blocks = (response(block.astype(np.float64)) for block in configuration.blocks(rows))
        return configuration.stack(blocks, (*leading, 2), rows)

    both = labelled.of_configurations(all_responses, len(model.shape), spins, new=("response",))
    if labelled.is_labelled(both):
        return both[..., 0].rename("stiffness"), both[..., 1].rename("current")
    return both[..., 0], both[..., 1]


def vorticity(model: XY, spins: Any) -> Any:
    """Vortices (1) and antivortices (-1) of the elementary squares of each configuration.

    Element (i, j) belongs to the square with the corners (i, j), (i, j + 1), (i + 1, j + 1), (i + 1, j). It is the sum
    of the four turns from corner to corner in this order over 2 pi. Each turn is taken as the smallest from what the
    bond prefers: equal angles, or opposite ones where J < 0 or across an antiperiodic seam. Squares that a free
    boundary cuts have 0. On a periodic lattice the sum over all squares is 0.

    Parameters
    ----------
    model : XY
        A model of two axes with the neighbourhood "nearest" and one coupling for all bonds.
    spins : array_like or xarray.DataArray, shape (..., *shape)
        Angles.

    Returns
    -------
    ndarray or xarray.DataArray, int8 (..., *shape)
        -1, 0 or 1 for each square.

    Raises
    ------
    TypeError, ValueError
        As `model.check`; another number of axes, another neighbourhood, or one coupling per bond (a frustrated square
        has half a vortex).

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import XY
    >>> from spinlib.observables import vorticity
    >>> around_a_square = [[0.0, 0.5 * np.pi], [1.5 * np.pi, np.pi]]
    >>> vorticity(XY((2, 2), boundary="free"), around_a_square).tolist()
    [[1, 0], [0, 0]]
    """
    if len(model.shape) != 2 or model.lattice.neighborhood != "nearest" or not model.is_uniform:
        raise ValueError(f"{model!r}: vortices are defined here for two axes, 'nearest' and one coupling")
    (below, right), (vertical, horizontal) = model.lattice.forward_neighbors
    whole = (vertical != 0) & (vertical[right] != 0) & (horizontal != 0) & (horizontal[below] != 0)

    def circulation(block: np.ndarray) -> Array:
        down, along = (
            _smallest_turn(block.take(neighbor, axis=1) - block + np.pi * (model.coupling * weight < 0))
            for neighbor, weight in ((below, vertical), (right, horizontal))
        )
        total = along + down.take(right, axis=1) - along.take(below, axis=1) - down
        return np.where(whole, np.rint(total / (2 * np.pi)), 0.0)

    def all_circulations(array: Any) -> NDArray[np.int8]:
        rows, leading = checked_rows(model, array)
        blocks = (circulation(block.astype(np.float64)) for block in configuration.blocks(rows))
        return configuration.stack(blocks, (*leading, *model.shape), rows).astype(np.int8)

    return labelled.of_configurations(all_circulations, len(model.shape), spins, name="vorticity")


def _smallest_turn(angles: Array) -> Array:
    """Angles modulo 2 pi, in [-pi, pi]."""
    return angles - 2 * np.pi * np.rint(angles / (2 * np.pi))
