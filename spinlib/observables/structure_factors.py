"""Structure factors of configurations, and the correlation length that follows from them.

Labelled (xarray) spins, as `spinlib.sample` returns them, give labelled results.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinlib.models import configuration
from spinlib.observables.correlations import Model, checked_rows, require_axis
from spinlib.statistics import labelled

Array = NDArray[np.float64]


def structure_factor(model: Model, spins: Any) -> Any:
    """Structure factor S(k) of each configuration, at all wave vectors of a periodic lattice, by FFT.

    S(k) = (1/N) sum over x, y of g(x, y) exp(i k (x - y)), where g is the pair's summand in `correlation_function`. For
    Ising this is |sum_x s(x) exp(-i k x)|^2 / N, for XY the same with the unit vectors, for Potts with the q - 1
    independent components of its states. So S(0) = N m^2 for Ising and XY, the mean over all k is 1, and independent
    spins have <S(k)> = 1 everywhere.

    Parameters
    ----------
    model : Ising, Potts or XY
        The model, with periodic boundaries.
    spins : array_like or xarray.DataArray, shape (..., *shape)
        Configurations in the model's values.

    Returns
    -------
    ndarray or xarray.DataArray, float64 (..., *shape)
        S at k = 2 pi n / L, with n in the order of `numpy.fft.fftfreq` on each axis. Labelled results have the
        dimensions k0, k1, ....

    Raises
    ------
    TypeError, ValueError
        As `model.check`; boundaries other than periodic, which plane waves do not fit; triangular and honeycomb
        lattices, whose axes are no translations.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Ising
    >>> from spinlib.observables import structure_factor
    >>> stripes = np.tile([1, -1, 1, -1], (4, 1))
    >>> structure_factor(Ising((4, 4)), stripes).round(12)[0].tolist()  # all of it at k = pi
    [0.0, 0.0, 16.0, 0.0]
    """
    _require_translations(model)
    axes = tuple(range(1, 1 + len(model.shape)))

    def factors(block: np.ndarray) -> Array:
        grid = block.reshape(-1, *model.shape)
        power: Any = sum(np.abs(np.fft.fftn(component, axes=axes)) ** 2 for component in model.components(grid))
        return power / model.n_sites

    def all_factors(array: Any) -> Array:
        rows, leading = checked_rows(model, array)
        return configuration.stack(
            (factors(block) for block in configuration.blocks(rows)), (*leading, *model.shape), rows
        )

    vectors = {f"k{axis}": 2 * np.pi * np.fft.fftfreq(length) for axis, length in enumerate(model.shape)}
    return labelled.of_configurations(
        all_factors, len(model.shape), spins, new=tuple(vectors), coordinates=vectors, name="structure_factor"
    )


def structure_factor_zero(model: Model, spins: Any) -> Any:
    """S(0) of each configuration: N m^2 for Ising and XY.

    Parameters
    ----------
    model, spins
        As in `structure_factor`.

    Returns
    -------
    ndarray or xarray.DataArray, float64 (...)
        One number per configuration.

    Raises
    ------
    TypeError, ValueError
        As `structure_factor`.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Ising
    >>> from spinlib.observables import structure_factor_zero
    >>> float(structure_factor_zero(Ising((4, 4)), np.ones((4, 4), np.int8)))
    16.0
    """
    _require_translations(model)

    def at_zero(block: np.ndarray) -> Array:
        return sum(component.sum(axis=1) ** 2 for component in model.components(block)) / model.n_sites

    return _one_number_each(at_zero, model, spins, "structure_factor_zero")


def structure_factor_min(model: Model, spins: Any, axis: int | None = None) -> Any:
    """S at the smallest wave vector, k = 2 pi / L, of each configuration.

    Parameters
    ----------
    model, spins
        As in `structure_factor`.
    axis : int, optional
        Axis along which k points. By default the result is the mean over all axes, which then have to be of one length.

    Returns
    -------
    ndarray or xarray.DataArray, float64 (...)
        One number per configuration.

    Raises
    ------
    TypeError, ValueError
        As `structure_factor`, an axis that the lattice does not have, or axes of several lengths.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Ising
    >>> from spinlib.observables import structure_factor_min
    >>> halves = np.repeat([[1], [1], [-1], [-1]], 4, axis=1)
    >>> round(float(structure_factor_min(Ising((4, 4)), halves, axis=0)), 6)
    8.0
    """
    _require_translations(model)
    if axis is not None:
        require_axis(model, axis)
    elif len(set(model.shape)) > 1:
        raise ValueError(f"shape {model.shape}: the axes have several smallest wave vectors, give one axis")
    directions = range(len(model.shape)) if axis is None else (axis,)

    def at_smallest(block: np.ndarray) -> Array:
        total: Any = 0
        for component in model.components(block.reshape(-1, *model.shape)):
            for direction in directions:
                others = tuple(1 + other for other in range(len(model.shape)) if other != direction)
                phase = 2 * np.pi * np.arange(model.shape[direction]) / model.shape[direction]
                profile = component.sum(axis=others)
                total = total + (profile @ np.cos(phase)) ** 2 + (profile @ np.sin(phase)) ** 2
        return total / (model.n_sites * len(directions))

    return _one_number_each(at_smallest, model, spins, "structure_factor_min")


def second_moment_correlation_length(zero: Any, smallest: Any, length: int) -> Any:
    """Second-moment correlation length, xi = sqrt(S(0) / S(k) - 1) / (2 sin(k / 2)) with k = 2 pi / length.

    In the symmetric phase xi is the correlation length. Below the critical temperature S(0) holds the order, and xi
    only grows with the size; xi / L is then useful where curves of several sizes cross.

    Parameters
    ----------
    zero, smallest : float, array_like or xarray.DataArray
        Averages over draws of S(0) and S(k), of one shape, as `structure_factor_zero` and `structure_factor_min` give
        them per draw.
    length : int
        Number of sites along the axis, at least 2.

    Returns
    -------
    float, ndarray or xarray.DataArray
        xi in sites. NaN where S(0) < S(k), which noise alone can do.

    Raises
    ------
    ValueError
        length below 2, S negative or not finite, S(k) = 0, or shapes that do not fit.

    References
    ----------
    F. Cooper, B. Freedman and D. Preston, Nucl. Phys. B 210, 210 (1982).

    Examples
    --------
    >>> from spinlib.observables import second_moment_correlation_length
    >>> round(second_moment_correlation_length(zero=50.0, smallest=10.0, length=16), 3)
    5.126

    With the error, from draws of both: `jackknife(lambda s0, s1: second_moment_correlation_length(s0, s1, L),
    zero_draws, smallest_draws)`.
    """
    if length < 2:
        raise ValueError(f"length {length}: needed is the number of sites along the axis, at least 2")
    template = None
    if labelled.all_labelled(zero, smallest):
        template, smallest = labelled.aligned(zero, smallest)
        zero, smallest = template.values, smallest.values
    s0, s1 = np.asarray(zero, np.float64), np.asarray(smallest, np.float64)
    if s0.shape != s1.shape:
        raise ValueError(f"S(0) of shape {s0.shape} and S(k) of shape {s1.shape}: they have to be equal")
    if not np.isfinite([s0, s1]).all() or (s0 < 0).any() or (s1 <= 0).any():
        raise ValueError(f"S(0) {s0} and S(k) {s1}: have to be finite, S(0) not negative and S(k) positive")
    with np.errstate(invalid="ignore"):
        xi = np.sqrt(s0 / s1 - 1) / (2 * np.sin(np.pi / length))
    if template is not None:
        return labelled.like(template, xi, "correlation_length", {"long_name": "second-moment correlation length"})
    return xi if xi.ndim else float(xi)


def _one_number_each(function: Any, model: Model, spins: Any, name: str) -> Any:
    def numbers(array: Any) -> Any:
        rows, leading = checked_rows(model, array)
        return configuration.stack((function(block) for block in configuration.blocks(rows)), leading, rows)

    return labelled.of_configurations(numbers, len(model.shape), spins, name=name)


def _require_translations(model: Model) -> None:
    if any(boundary != "periodic" for boundary in model.lattice.boundary):
        raise ValueError(f"boundary {model.lattice.boundary}: wave vectors are defined here for 'periodic' axes only")
    if model.lattice.neighborhood in ("triangular", "honeycomb"):
        raise ValueError(f"neighborhood {model.lattice.neighborhood!r}: wave vectors are defined for square axes only")
