"""The correlation function of configurations along an axis of the lattice.

Labelled (xarray) spins, as `spinlib.sample` returns them, give labelled results.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinlib.models import XY, Ising, Potts, configuration
from spinlib.statistics import labelled

Array = NDArray[np.float64]
Model = Ising | Potts | XY


def correlation_function(model: Model, spins: Any, axis: int = 0) -> Any:
    """Correlation g(r) of sites r steps apart along one axis of the lattice, of each configuration, by FFT.

    Ising: g(r) = mean over x of s(x) s(x + r e_axis). XY: of cos(a(x) - a(x + r e_axis)). Potts: of (q delta - 1) / (q
    - 1), which is 1 for like and 0 on average for independent states. The function is not connected: nothing is
    subtracted. Pairs that cross an antiperiodic seam count with the sign of the crossing.

    Parameters
    ----------
    model : Ising, Potts or XY
        The model.
    spins : array_like or xarray.DataArray, shape (..., *shape)
        Configurations in the model's values.
    axis : int
        Axis of the lattice.

    Returns
    -------
    ndarray or xarray.DataArray, float64 (..., n)
        g at r = 0 .. L // 2 on an axis that wraps around, where farther pairs are the same up to the seam's sign, and
        at r = 0 .. L - 1 on a free one. Labelled results have the dimension r.

    Raises
    ------
    TypeError, ValueError
        As `model.check`, or an axis that the lattice does not have.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Ising
    >>> from spinlib.observables import correlation_function
    >>> stripes = np.tile([1, 1, -1, -1], (4, 1))
    >>> correlation_function(Ising((4, 4)), stripes, axis=1).round(12).tolist()
    [1.0, 0.0, -1.0]
    """
    require_axis(model, axis)
    length, boundary = model.shape[axis], model.lattice.boundary[axis]
    n = length if boundary == "free" else length // 2 + 1
    # Padding with zeros removes pairs across the end; padding with -s changes their sign.
    padding = {"periodic": None, "antiperiodic": -1.0, "free": 0.0}[boundary]

    def correlations(block: np.ndarray) -> Array:
        columns = np.moveaxis(block.reshape(-1, *model.shape), 1 + axis, -1)
        power: Any = 0
        for component in model.components(columns.reshape(len(block), -1, length)):
            if padding is not None:
                component = np.concatenate([component, padding * component], axis=-1)
            power = power + (np.abs(np.fft.rfft(component)) ** 2).sum(axis=1)
        sums = np.fft.irfft(power, length if padding is None else 2 * length)[:, :n]
        # Padding with -s counts every pair twice; a free row of L sites has L - r pairs.
        pairs_per_row = length - np.arange(n) if boundary == "free" else length * (1 if padding is None else 2)
        return sums / (pairs_per_row * (model.n_sites // length))

    def all_correlations(array: Any) -> Array:
        rows, leading = checked_rows(model, array)
        return configuration.stack((correlations(block) for block in configuration.blocks(rows)), (*leading, n), rows)

    ndim, distances = len(model.shape), {"r": np.arange(n)}
    return labelled.of_configurations(
        all_correlations, ndim, spins, new=("r",), coordinates=distances, name="correlation_function"
    )


def require_axis(model: Model, axis: int) -> None:
    """ValueError for an axis that the lattice does not have."""
    if not 0 <= axis < len(model.shape):
        raise ValueError(f"axis {axis}: the lattice has the axes 0 to {len(model.shape) - 1}")


def checked_rows(model: Model, spins: Any) -> tuple[np.ndarray, tuple[int, ...]]:
    """Configurations of the model as rows (n, N), with the leading axes."""
    array = np.asarray(spins)
    model.check(array)
    return configuration.as_rows(array, model.shape)
