"""Kaufman's sums with as many digits as their cancellation needs; `kaufman` explains the formula and its names."""

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
def derivatives(T: float, m: int, n: int, row: str, stack: str, J: float, J_stack: float) -> tuple[float, float, float]:
    """ln Z and its first two derivatives by beta, for m rows of n spins, each with a relative error of 1e-14.

    row, stack: boundary along a row, and of the stack of rows; J, J_stack: couplings likewise. The number of digits
    grows by half until two results agree. The last results are cached.
    """
    # An antiperiodic seam forces a domain wall across the torus, so that below T_c Z is exp(-2 cost / T) of its terms.
    # The specific heat goes as exp(-4 (J + J') / T).
    wall = m * J * (row == "antiperiodic") + n * J_stack * (stack == "antiperiodic")
    digits = 40 + int((2 * wall + 4 * (J + J_stack)) / T / math.log(10))
    previous = _at_precision(digits, T, m, n, SIGNS[row, stack], J, J_stack)
    while digits < MOST_DIGITS:
        digits += digits // 2
        current = _at_precision(digits, T, m, n, SIGNS[row, stack], J, J_stack)
        if previous and current and all(map(_agree, previous, current)):
            log_z, first, second = (float(value) for value in current)
            return log_z, first, second
        previous = current
    raise ArithmeticError(f"ln Z of {m} x {n} at T = {T} is not stable with {digits} digits")


def _agree(a: Any, b: Any) -> bool:
    return bool(abs(a - b) <= AGREEMENT * abs(b) + NEGLIGIBLE)


def slopes_of_cosh(hyperbolic: tuple[Any, ...], J: Any, J_stack: Any) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """First and second derivative by beta of both parts of cosh gamma, K = beta J: each (constant, amplitude).

    cosh gamma = constant - amplitude cos q = cosh 2K coth 2K' - cos q sinh 2K / sinh 2K'. hyperbolic: sinh and cosh of
    2K, then of 2K'; numbers of any kind, or arrays.
    """
    sinh, cosh, sinh_stack, cosh_stack = hyperbolic
    d_constant = 2 * J * sinh * cosh_stack / sinh_stack - 2 * J_stack * cosh / sinh_stack**2
    dd_constant = (
        4 * J**2 * cosh * cosh_stack / sinh_stack
        - 8 * J * J_stack * sinh / sinh_stack**2
        + 8 * J_stack**2 * cosh * cosh_stack / sinh_stack**3
    )
    d_amplitude = 2 * J * cosh / sinh_stack - 2 * J_stack * sinh * cosh_stack / sinh_stack**2
    dd_amplitude = (
        4 * J**2 * sinh / sinh_stack
        - 8 * J * J_stack * cosh * cosh_stack / sinh_stack**2
        + 4 * J_stack**2 * sinh * (cosh_stack**2 + 1) / sinh_stack**3
    )
    return (d_constant, d_amplitude), (dd_constant, dd_amplitude)


def _at_precision(
    digits: int, T: float, m: int, n: int, signs: tuple[int, ...], J: float, J_stack: float
) -> tuple[Any, ...] | None:
    """ln Z and two derivatives in `digits` digits; None where cancellation leaves no positive Z."""
    context = mpmath.mp.clone()  # a separate context leaves the global precision unchanged, also with threads
    context.dps = digits
    beta, strengths = 1 / context.mpf(T), (context.mpf(J), context.mpf(J_stack))
    hyperbolic = tuple(f(2 * beta * strength) for strength in strengths for f in (context.sinh, context.cosh))
    cosines = _cosines(context, n)
    half, whole = (_sector(context, hyperbolic, *strengths, m, cosines, shift) for shift in (1, 0))
    terms = (*half, *whole)
    z = sum(sign * term.value for sign, term in zip(signs, terms, strict=True))
    if z <= 0:
        return None
    weights = [sign * term.value / z for sign, term in zip(signs, terms, strict=True)]
    slope = sum(w * term.slope for w, term in zip(weights, terms, strict=True))
    curvature = sum(w * (term.curvature + term.slope**2) for w, term in zip(weights, terms, strict=True)) - slope**2
    sinh_stack, cosh_stack = hyperbolic[2:]
    return (
        context.log(z / 2) + m * n * context.log(2 * sinh_stack) / 2,
        slope + m * n * J_stack * cosh_stack / sinh_stack,
        curvature - 2 * m * n * (J_stack / sinh_stack) ** 2,
    )


def _cosines(context: Any, n: int) -> list[Any]:
    """cos(pi k / n) for k = 0..n by recurrence, which loses a few digits but is far faster than n cosines."""
    cosines = [context.one, context.cospi(context.one / n)]
    for _ in range(n - 1):
        cosines.append(2 * cosines[1] * cosines[-1] - cosines[-2])
    return cosines


def _sector(
    context: Any, hyperbolic: tuple[Any, ...], J: Any, J_stack: Any, m: int, cosines: list[Any], shift: int
) -> tuple[_Term, _Term]:
    """C and S over the momenta pi (2r + shift) / n; q and 2 pi - q are equal and taken together."""
    sinh, cosh, sinh_stack, cosh_stack = hyperbolic
    first, second = slopes_of_cosh(hyperbolic, J, J_stack)
    n = len(cosines) - 1
    c = s = powers = context.one
    c_slope = c_curvature = s_slope = s_curvature = context.zero
    for step in range(shift, n + 1, 2):
        times = 1 if step in (0, n) else 2
        if step == 0:
            # exp(2K + ln tanh K'), whose logarithm changes sign at T_c
            growth = (sinh + cosh) * sinh_stack / (cosh_stack + 1)
            d_gamma, dd_gamma = 2 * J + 2 * J_stack / sinh_stack, -4 * J_stack**2 * cosh_stack / sinh_stack**2
        else:
            cosh_gamma = (cosh * cosh_stack - cosines[step] * sinh) / sinh_stack
            sinh_gamma = context.sqrt(cosh_gamma**2 - 1)
            growth = cosh_gamma + sinh_gamma
            d_gamma = (first[0] - cosines[step] * first[1]) / sinh_gamma
            dd_gamma = (second[0] - cosines[step] * second[1] - cosh_gamma * d_gamma**2) / sinh_gamma
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
