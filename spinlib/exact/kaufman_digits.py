"""Kaufman's sums with as many digits as their cancellation takes; `kaufman` explains the formula and its names."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple

import mpmath

# Signs of C_half, S_half, C_whole, S_whole for the boundary of (the row, the stack of rows).
SIGNS = {
    ("periodic", "periodic"): (1, 1, 1, 1),
    ("periodic", "antiperiodic"): (1, 1, -1, -1),
    ("antiperiodic", "periodic"): (1, -1, 1, -1),
    ("antiperiodic", "antiperiodic"): (-1, 1, 1, -1),
}
AGREEMENT = 1e-14  # relative, between one precision and the next
NEGLIGIBLE = 1e-100  # absolute: on the antiperiodic 2 x 2 torus the double bonds cancel, and the energy is 0
MOST_DIGITS = 100_000


class _Term(NamedTuple):
    """A product over momenta, and the first two derivatives of its logarithm by K."""

    value: Any
    slope: Any
    curvature: Any


@lru_cache(maxsize=4096)  # energy and specific heat at one temperature share the work
def derivatives(T: float, m: int, n: int, row: str, stack: str) -> tuple[float, float, float]:
    """ln Z and its first two derivatives by beta, for m rows of n spins, each right to 1e-14 of its value.

    row, stack: boundary along a row, and of the stack of rows. Digits are added, half as many again, until two results
    agree. The last results are remembered.
    """
    # An antiperiodic seam forces a wall across the torus, so that below T_c Z is exp(-2 length / T) of its terms; the
    # specific heat goes as exp(-8 / T).
    wall = m * (row == "antiperiodic") + n * (stack == "antiperiodic")
    digits = 40 + int((2 * wall + 8) / T / math.log(10))
    previous = _at_precision(digits, T, m, n, SIGNS[row, stack])
    while digits < MOST_DIGITS:
        digits += digits // 2
        current = _at_precision(digits, T, m, n, SIGNS[row, stack])
        if previous and current and all(map(_agree, previous, current)):
            log_z, first, second = (float(value) for value in current)
            return log_z, first, second
        previous = current
    raise ArithmeticError(f"ln Z of {m} x {n} at T = {T} is not stable with {digits} digits")


def _agree(a: Any, b: Any) -> bool:
    return bool(abs(a - b) <= AGREEMENT * abs(b) + NEGLIGIBLE)


def _at_precision(digits: int, T: float, m: int, n: int, signs: tuple[int, ...]) -> tuple[Any, ...] | None:
    """ln Z and two derivatives in `digits` digits; None where cancellation leaves no positive Z."""
    context = mpmath.mp.clone()  # a context of our own: the global precision stays, also under threads
    context.dps = digits
    K = 1 / context.mpf(T)
    sinh, cosh = context.sinh(2 * K), context.cosh(2 * K)
    cosines = _cosines(context, n)
    half, whole = (_sector(context, sinh, cosh, m, cosines, shift) for shift in (1, 0))
    terms = (*half, *whole)
    z = sum(sign * term.value for sign, term in zip(signs, terms, strict=True))
    if z <= 0:
        return None
    weights = [sign * term.value / z for sign, term in zip(signs, terms, strict=True)]
    slope = sum(w * term.slope for w, term in zip(weights, terms, strict=True))
    curvature = sum(w * (term.curvature + term.slope**2) for w, term in zip(weights, terms, strict=True)) - slope**2
    coth = cosh / sinh
    return (
        context.log(z / 2) + m * n * context.log(2 * sinh) / 2,
        slope + m * n * coth,
        curvature - 2 * m * n / sinh**2,
    )


def _cosines(context: Any, n: int) -> list[Any]:
    """cos(pi k / n) for k = 0..n, by their recurrence: it loses a few digits and is far quicker than n cosines."""
    cosines = [context.one, context.cospi(context.one / n)]
    for _ in range(n - 1):
        cosines.append(2 * cosines[1] * cosines[-1] - cosines[-2])
    return cosines


def _sector(context: Any, sinh: Any, cosh: Any, m: int, cosines: list[Any], shift: int) -> tuple[_Term, _Term]:
    """C and S over the momenta pi (2r + shift) / n; q and 2 pi - q are equal and taken together."""
    n = len(cosines) - 1
    d_cosh = 2 * cosh * (1 - 1 / sinh**2)
    dd_cosh = 4 * sinh * (1 - 1 / sinh**2) + 8 * cosh**2 / sinh**3
    c = s = powers = context.one
    c_slope = c_curvature = s_slope = s_curvature = context.zero
    for step in range(shift, n + 1, 2):
        times = 1 if step in (0, n) else 2
        if step == 0:
            # exp(2K + ln tanh K), whose logarithm changes sign at T_c
            growth = (sinh + cosh) * sinh / (cosh + 1)
            d_gamma, dd_gamma = 2 + 2 / sinh, -4 * cosh / sinh**2
        else:
            cosh_gamma = cosh**2 / sinh - cosines[step]
            sinh_gamma = context.sqrt(cosh_gamma**2 - 1)
            growth = cosh_gamma + sinh_gamma
            d_gamma = d_cosh / sinh_gamma
            dd_gamma = (dd_cosh - cosh_gamma * d_gamma**2) / sinh_gamma
        power = growth**m  # exp(m gamma)
        tanh = (power - 1) / (power + 1)
        d_half, dd_half = m * d_gamma / 2, m * dd_gamma / 2
        sech_squared = 4 * power / (power + 1) ** 2
        c *= (power + 1) ** times
        s *= (power - 1) ** times
        powers *= power**times
        c_slope += times * d_half * tanh
        c_curvature += times * (dd_half * tanh + d_half**2 * sech_squared)
        s_slope += times * d_half / tanh
        s_curvature += times * (dd_half / tanh - d_half**2 * sech_squared / tanh**2)
    root = context.sqrt(powers)
    return _Term(c / root, c_slope, c_curvature), _Term(s / root, s_slope, s_curvature)
