"""Ising model between a row of +1 and a row of -1, periodic sideways, without field (paper vit, "skewed").

H = -sum s s' over nearest neighbours, k_B = 1 and J = 1. Of the m rows of n spins the first is fixed to +1 and the last
to -1; the bonds of these rows count. An interface runs between them.

With K = 1/T and tanh K* = exp(-2K), the product of m - 1 transfer matrices from row to row, V1 = (2 sinh 2K)^(n/2)
exp(K* sum sigma^x), and of those along the m - 2 free rows, V2 = exp(K sum sigma^z sigma^z), keeps the parity of
sigma^x. The fixed rows are (|even> + |odd>) / sqrt 2 and (|even> - |odd>) / sqrt 2, so that

    Z = exp(2 n K) (2 sinh 2K)^(n (m - 1) / 2) (Z_even - Z_odd) / 2.

Free fermions (T. D. Schultz, D. C. Mattis and E. H. Lieb, Rev. Mod. Phys. 36, 856 (1964)) make each of the two a
product over pairs of momenta (q, -q): q = pi (2r + 1) / n in the even sector and 2 pi r / n in the odd one. A pair has
two states, empty and full, in which

    A = exp(2K* tau_z),      B = exp(2K (-cos q tau_z + sin q tau_x)),      b = (sin(q/2), cos(q/2)),

and contributes b A (B A)^(m - 2) b, where b, of eigenvalue exp(2K) of B, is a fixed row. The momenta 0 (full) and pi
(empty) stand alone: together or one at a time they contribute exp(+-K* (m - 1)) and exp(K (m - 2)), see `_alone`.

Below T_c the two terms cancel, to exp(-n times the tension of the interface over T): they are summed with as many
digits as that needs, and differentiated by differences in these digits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import mpmath
import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinlib.exact.arguments import two_sides
from spinlib.exact.temperature import Numbers, like_input, positive

__all__ = ["energy", "log_partition", "specific_heat"]

LOWEST_TEMPERATURE = 0.05  # below, a hundred columns need thousands of digits
AGREEMENT = 1e-13  # relative, between one precision and the next
STEP = mpmath.mpf(10) ** -20  # of beta, relative: differences are then off by 1e-40 of the next derivatives


def log_partition(T: ArrayLike, shape: Sequence[int]) -> Numbers:
    """ln Z of the whole lattice: all states of the free rows.

    Parameters
    ----------
    T : float or array_like
        Temperature in J / k_B, at least 0.05.
    shape : (int, int)
        Rows, the two fixed ones included, and columns, each at least 2.

    Returns
    -------
    float or ndarray, shape of T
        ln Z.

    Raises
    ------
    TypeError
        T or a side of the wrong type.
    ValueError
        T not finite or below 0.05, or a side below 2.

    References
    ----------
    T. D. Schultz, D. C. Mattis and E. H. Lieb, Rev. Mod. Phys. 36, 856 (1964).
    D. B. Abraham, in Phase Transitions and Critical Phenomena 10, 1 (1986).

    Examples
    --------
    >>> from spinlib.exact import plus_minus
    >>> round(plus_minus.log_partition(2.0, (2, 3)), 6)  # the fixed rows alone: six bonds within, three between them
    1.5
    """
    return like_input(_derivatives(T, shape)[0])


def energy(T: ArrayLike, shape: Sequence[int]) -> Numbers:
    """Energy per site, u = -(1/N) d ln Z / d beta, where N counts the sites of the fixed rows too.

    Parameters
    ----------
    T, shape
        As in `log_partition`.

    Returns
    -------
    float or ndarray, shape of T
        u in J per site.

    Raises
    ------
    TypeError, ValueError
        As `log_partition`.

    Examples
    --------
    >>> from spinlib.exact import plus_minus
    >>> plus_minus.energy([0.5, 2.0], (8, 8)).round(6).tolist()
    [-1.624001, -1.353423]
    """
    rows, columns = two_sides(shape)
    return like_input(-_derivatives(T, shape)[1] / (rows * columns))


def specific_heat(T: ArrayLike, shape: Sequence[int]) -> Numbers:
    """Specific heat per site, c = (beta^2 / N) d^2 ln Z / d beta^2.

    Parameters
    ----------
    T, shape
        As in `log_partition`.

    Returns
    -------
    float or ndarray, shape of T
        c in k_B per site.

    Raises
    ------
    TypeError, ValueError
        As `log_partition`.

    Examples
    --------
    >>> from spinlib.exact import plus_minus
    >>> round(plus_minus.specific_heat(2.3, (8, 8)), 6)
    0.386344
    """
    rows, columns = two_sides(shape)
    return like_input(_derivatives(T, shape)[2] / positive(T) ** 2 / (rows * columns))


def _derivatives(T: ArrayLike, shape: Sequence[int]) -> NDArray[np.float64]:
    """ln Z and its first two derivatives by beta, (3, *shape of T)."""
    temperatures, (rows, columns) = positive(T), two_sides(shape)
    if (temperatures < LOWEST_TEMPERATURE).any():
        raise ValueError(f"T {temperatures.min()}: allowed are temperatures from {LOWEST_TEMPERATURE} on")
    found = [_at_temperature(float(one), rows, columns) for one in temperatures.ravel()]
    return np.reshape(np.transpose(found), (3, *temperatures.shape))


@lru_cache(maxsize=4096)  # energy and specific heat at one temperature share the work
def _at_temperature(T: float, rows: int, columns: int) -> tuple[float, float, float]:
    # The two terms agree to about exp(-2 n / T) of their size at low temperature.
    digits = 60 + int(2 * columns / T / math.log(10))
    previous = _at_precision(digits, T, rows, columns)
    while True:
        digits += 30 + digits // 4
        current = _at_precision(digits, T, rows, columns)
        if all(abs(a - b) <= AGREEMENT * max(abs(b), 1.0) for a, b in zip(previous, current, strict=True)):
            log_z, first, second = current
            return log_z, first, second
        previous = current


def _at_precision(digits: int, T: float, rows: int, columns: int) -> tuple[float, ...]:
    with mpmath.workdps(digits):
        beta = 1 / mpmath.mpf(T)
        step = beta * STEP
        below, at, above = (_log_partition(beta + k * step, rows, columns) for k in (-1, 0, 1))
        return float(at), float((above - below) / (2 * step)), float((above - 2 * at + below) / step**2)


def _log_partition(K: Any, rows: int, columns: int) -> Any:
    """ln Z in the digits that are set; where they are too few, none of it is right."""
    dual = mpmath.atanh(mpmath.exp(-2 * K))
    even, odd = (_sector(K, dual, rows, columns, whole) for whole in (False, True))
    prefactor = 2 * columns * K + columns * (rows - 1) * mpmath.log(2 * mpmath.sinh(2 * K)) / 2
    return prefactor + mpmath.log(abs(even - odd) / 2)


def _sector(K: Any, dual: Any, rows: int, columns: int, whole: bool) -> Any:
    """Z_odd with whole momenta 2 pi r / n, Z_even with half ones."""
    product = mpmath.exp(_alone(K, dual, rows, columns, whole))
    grown, cosh, sinh = mpmath.exp(2 * dual), mpmath.cosh(2 * K), mpmath.sinh(2 * K)
    for r in range(1, columns, 2) if not whole else range(2, columns, 2):
        q = mpmath.pi * r / columns
        cos, sin = mpmath.cos(q) * sinh, mpmath.sin(q) * sinh
        # B A, where A = diag(grown, 1 / grown).
        step = ((cosh - cos) * grown, sin / grown, sin * grown, (cosh + cos) / grown)
        a, b, c, d = _power(step, rows - 2)
        left, right = mpmath.sin(q / 2), mpmath.cos(q / 2)
        product *= left * grown * (a * left + b * right) + right / grown * (c * left + d * right)
    return product


def _alone(K: Any, dual: Any, rows: int, columns: int, whole: bool) -> Any:
    """The logarithm of what the momenta 0 (full, whole ones only) and pi (empty) contribute."""
    zero = whole
    pi = (columns % 2 == 0) == whole
    # sum sigma^x is -1 of the full momentum 0 and +1 of the empty pi; sum sigma^z sigma^z is +1 of each.
    return dual * (rows - 1) * (int(pi) - int(zero)) + K * (rows - 2) * (int(pi) + int(zero))


def _power(matrix: tuple[Any, ...], exponent: int) -> tuple[Any, ...]:
    """A power of the 2 x 2 matrix (a, b, c, d), by squaring."""
    found: tuple[Any, ...] = (mpmath.mpf(1), mpmath.mpf(0), mpmath.mpf(0), mpmath.mpf(1))
    while exponent:
        if exponent % 2:
            found = _times(found, matrix)
        matrix, exponent = _times(matrix, matrix), exponent // 2
    return found


def _times(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
    a, b, c, d = one
    e, f, g, h = other
    return a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h
