"""Correlations within configurations: along an axis, and in wave vectors, with the length that follows from them.

Labelled (xarray) spins, as `spinlib.sample` returns them, give labelled results.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinlib import labelled
from spinlib.models import XY, Ising, Potts, configuration

Array = NDArray[np.float64]
Model = Ising | Potts | XY


def correlation_function(model: Model, spins: Any, axis: int = 0) -> Any:
    """Correlation g(r) of sites r steps apart along one axis of the lattice, of each configuration, by FFT.

    Ising: g(r) = mean over x of s(x) s(x + r e_axis). XY: of cos(a(x) - a(x + r e_axis)). Potts: of
    (q delta - 1) / (q - 1), 1 for like and 0 on average for independent states. Not connected: nothing is subtracted.
    Pairs that cross an antiperiodic seam count with the sign of the crossing.

    spins: (..., *shape). Result: (..., n), where r = 0 .. L // 2 on an axis that wraps around (farther pairs are
    the same, up to the seam's sign) and r = 0 .. L - 1 on a free one; labelled: with the dimension r. Raises as
    `model.check`, and ValueError for an axis that the lattice does not have.
    """
    require_axis(model, axis)
    length, boundary = model.shape[axis], model.lattice.boundary[axis]
    n = length if boundary == "free" else length // 2 + 1
    # Doubled with zeros, pairs across the end count for nothing; with -s, they change sign.
    padding = {"periodic": None, "antiperiodic": -1.0, "free": 0.0}[boundary]

    def correlations(block: np.ndarray) -> Array:
        columns = np.moveaxis(block.reshape(-1, *model.shape), 1 + axis, -1)
        power: Any = 0
        for component in model.components(columns.reshape(len(block), -1, length)):
            if padding is not None:
                component = np.concatenate([component, padding * component], axis=-1)
            power = power + (np.abs(np.fft.rfft(component)) ** 2).sum(axis=1)
        sums = np.fft.irfft(power, length if padding is None else 2 * length)[:, :n]
        # Doubling by -s counts every pair twice; a free row of L sites has L - r pairs.
        pairs_per_row = length - np.arange(n) if boundary == "free" else length * (1 if padding is None else 2)
        return sums / (pairs_per_row * (model.n_sites // length))

    def all_correlations(array: Any) -> Array:
        rows, leading = checked_rows(model, array)
        return configuration.stack((correlations(block) for block in configuration.blocks(rows)), (*leading, n), rows)

    ndim, distances = len(model.shape), {"r": np.arange(n)}
    return labelled.of_configurations(
        all_correlations, ndim, spins, new=("r",), coordinates=distances, name="correlation_function"
    )


def structure_factor(model: Model, spins: Any) -> Any:
    """Structure factor S(k) of each configuration, at all wave vectors of a periodic lattice, by FFT.

    S(k) = (1/N) sum over x, y of g(x, y) exp(i k (x - y)), where g is the pair's summand in `correlation_function`:
    for Ising |sum_x s(x) exp(-i k x)|^2 / N, for XY the same with the unit vectors, for Potts with the q - 1
    independent components of its states. So S(0) = N m^2 for Ising and XY, the mean over all k is 1, and independent
    spins have <S(k)> = 1 everywhere.

    spins: (..., *shape). Result: float64 (..., *shape), k = 2 pi n / L with n in the order of `numpy.fft.fftfreq` on
    each axis; labelled: with the dimensions k0, k1, .... Raises as `model.check`, and ValueError for boundaries other
    than periodic (plane waves do not fit) and for triangular and honeycomb lattices (their axes are no translations).
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
    """S(0) of each configuration (..., *shape), float64 (...): N m^2 for Ising and XY; see `structure_factor`."""
    _require_translations(model)

    def at_zero(block: np.ndarray) -> Array:
        return sum(component.sum(axis=1) ** 2 for component in model.components(block)) / model.n_sites

    return _one_number_each(at_zero, model, spins, "structure_factor_zero")


def structure_factor_min(model: Model, spins: Any, axis: int | None = None) -> Any:
    """S at the smallest wave vector, k = 2 pi / L, of each configuration (..., *shape), float64 (...).

    axis: along which k points; by default the mean over all axes, which then have to be of one length. Raises as
    `structure_factor`, and ValueError for an axis that the lattice does not have or axes of several lengths.
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
    """Second-moment correlation length, xi = sqrt(S(0) / S(k) - 1) / (2 sin(k / 2)) with k = 2 pi / length, in sites.

    F. Cooper, B. Freedman and D. Preston, Nucl. Phys. B 210, 210 (1982). zero, smallest: averages over draws of S(0)
    and S(k), as `structure_factor_zero` and `structure_factor_min` give them per draw; numbers, or arrays of one shape,
    labelled or not. For its error:
    `jackknife(lambda s0, s1: second_moment_correlation_length(s0, s1, L), s0_draws, s1_draws)`.

    It is the correlation length in the symmetric phase. Below the critical temperature S(0) holds the order, and xi
    only grows with the size; xi / L is then useful where curves of several sizes cross. NaN where S(0) < S(k), which
    noise alone can do. ValueError: length below 2, S negative or not finite, S(k) = 0, or shapes that do not fit.
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


def require_axis(model: Model, axis: int) -> None:
    """ValueError for an axis that the lattice does not have."""
    if not 0 <= axis < len(model.shape):
        raise ValueError(f"axis {axis}: the lattice has the axes 0 to {len(model.shape) - 1}")


def checked_rows(model: Model, spins: Any) -> tuple[np.ndarray, tuple[int, ...]]:
    """Configurations of the model as rows (n, N), with the leading axes."""
    array = np.asarray(spins)
    model.check(array)
    return configuration.as_rows(array, model.shape)


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
