"""The integrals of Onsager's solution by a quadrature that converges exponentially; `onsager` explains the names.

With K and K' the two couplings over T, C = cosh 2K, S = sinh 2K, and C', S' likewise,

    ln z = ln 2 / 2 + (1 / 2 pi) int_0^pi ln(P + R^(1/2)) da,    P = C C' - S cos a,    R = P^2 - S'^2,

is the logarithm of Onsager's largest eigenvalue per site. Because of dP/dK = 2N, dN/dK = 2P with N = S C' - C cos a,
and of R - N^2 = sin^2 a, its derivatives are

    d ln z / dK        = 1 - (1 / pi) int sin^2 a / (R^(1/2) (R^(1/2) + N)) da
    d^2 ln z / dK^2    = (2 / pi) int P sin^2 a / R^(3/2) da
    d^2 ln z / dK dK'  = (2 S S' / pi) int sin^2 a / R^(3/2) da

without cancellation. In u = ln tan^2(a / 2) the integrands are analytic up to |Im u| = pi, at all temperatures and at
T_c too, and fall exponentially: the trapezoidal rule of step h is right to about exp(-2 pi^2 / h).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Array = NDArray[np.float64]

TEMPERATURES_PER_BLOCK = 1024  # bounds the memory
STEP = 0.5  # exp(-2 pi^2 / h) is 1e-17
_U = STEP * np.arange(-200, 201)
# sin^2(a/2), cos^2(a/2), and da
_FAR, _NEAR = expit(_U), expit(-_U)
_WEIGHT = STEP * np.sqrt(_FAR * _NEAR)
_SIN_SQUARED = 4 * _FAR * _NEAR


class Hyperbolic(NamedTuple):
    """cosh 2K and sinh 2K in units of exp(2K), so that nothing overflows, and decay = exp(-2K)."""

    decay: Array
    cosh: Array
    sinh: Array

    @classmethod
    def of(cls, K: Array) -> Hyperbolic:
        return cls(np.exp(-2 * K), (1 + np.exp(-4 * K)) / 2, -np.expm1(-4 * K) / 2)


class Integrals(NamedTuple):
    """ln z - K - K', 1 - d ln z / dK, and the two second derivatives d^2 ln z / dK^2 and d^2 ln z / dK dK'."""

    log_z: Array
    unsatisfied: Array
    curvature: Array
    mixed: Array


def integrals(K: Array, K_other: Array) -> Integrals:
    """The four integrals, in the common shape of K and K'; the second derivatives are meaningless at T_c itself."""
    n_blocks = K.size // TEMPERATURES_PER_BLOCK + 1
    pairs = zip(np.array_split(K.ravel(), n_blocks), np.array_split(K_other.ravel(), n_blocks), strict=True)
    blocks = [_block(Hyperbolic.of(first), Hyperbolic.of(second)) for first, second in pairs]
    return Integrals(*(np.concatenate(values).reshape(K.shape) for values in zip(*blocks, strict=True)))


def off_criticality(first: Hyperbolic, second: Hyperbolic) -> Array:
    """1 - S S' in units of exp(2K + 2K'): 0 at T_c, positive above."""
    return first.decay * second.decay - first.sinh * second.sinh


def _block(first: Hyperbolic, second: Hyperbolic) -> Integrals:
    P, root, N, sine = _integrands(first, second)
    positive = root + np.abs(N)
    # (R^(1/2) - N) / R^(1/2), multiplied out where N is positive
    unsatisfied = np.where(N > 0, sine / positive, positive) / root
    density = sine / root**3
    return Integrals(
        np.log(2 * (P + root)) @ _WEIGHT / (2 * np.pi),
        unsatisfied @ _WEIGHT / np.pi,
        2 / np.pi * ((P * density) @ _WEIGHT),
        2 / np.pi * first.sinh * second.sinh * (density @ _WEIGHT),
    )


def _integrands(first: Hyperbolic, second: Hyperbolic) -> tuple[Array, Array, Array, Array]:
    """P, R^(1/2), N and sin^2 a at the nodes (..., node), in units of exp(2K + 2K') and of its square."""
    scale, product = first.decay * second.decay, first.sinh * second.sinh
    coshes, s, s_other = first.cosh * second.cosh, first.sinh * second.decay, second.sinh * first.decay
    off = off_criticality(first, second)
    # Small differences are multiplied out: (C C')^2 - (S + S')^2 = (1 - S S')^2, (C C')^2 - (S - S')^2 = (1 + S S')^2,
    # (C C')^2 - S^2 = 1 + (C S')^2, and (S C')^2 - C^2 = (S S')^2 - 1.
    larger = coshes + np.abs(s - s_other)
    smaller = (scale + product) ** 2 / larger
    R_minus = _at_nodes(off**2 / (coshes + s + s_other), np.where(s > s_other, larger, smaller))
    R_plus = _at_nodes(np.where(s > s_other, smaller, larger), coshes + s + s_other)
    P = _at_nodes((scale**2 + (first.cosh * second.sinh) ** 2) / (coshes + s), coshes + s)
    N_far = first.sinh * second.cosh + first.cosh * second.decay
    N = _at_nodes(-off * (scale + product) / N_far, N_far)
    return P, np.sqrt(R_minus * R_plus), N, (scale**2)[..., None] * _SIN_SQUARED


def _at_nodes(near: Array, far: Array) -> Array:
    """near + (far - near) sin^2(a / 2): linear in cos a, with these values at a = 0 and at a = pi."""
    return near[..., None] * _NEAR + far[..., None] * _FAR
