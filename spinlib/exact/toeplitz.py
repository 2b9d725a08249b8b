"""Correlations of the square Ising lattice as Toeplitz determinants, to full relative precision at all temperatures.

<s_0 s_r> is the determinant of the r x r matrix a_(i - j), whose a_n are the Fourier coefficients (McCoy & Wu, The
Two-Dimensional Ising Model, 1973, chapter VIII), of exp(i n theta) at z = exp(i theta), of

    [(1 - alpha_1 z) (1 - alpha_2 / z) / ((1 - alpha_1 / z) (1 - alpha_2 z))]^(1/2),      0 <= alpha_1 < 1 / alpha_2.

Below T_c alpha_2 < 1, and all leading minors are of order 1: Gaussian elimination loses no precision. Above T_c, with
rho = 1 / alpha_2 < 1, the function winds around 0: it is -b / z with

    b = [(1 - alpha_1 z) (1 - rho z) / ((1 - alpha_1 / z) (1 - rho / z))]^(1/2),

and the determinant, of order rho^r, is a minor of the matrix B of b: det B_r (L^-1)_r0, where B = L U. That too has
order rho^r; in the coefficients rho^-n b_n, those of b(z / rho), the power is a factor, and the rest is of order 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


def correlations(alpha_1: float, alpha_2: float, n: int) -> Array:
    """<s_0 s_r> for r = 0 .. n."""
    if alpha_2 <= 1:
        minors, _ = _eliminate(_toeplitz(alpha_1, alpha_2, n))
        return minors
    minors, corner = _eliminate(_toeplitz(alpha_1, alpha_2, n + 1))
    return minors[:-1] * corner * (1 / alpha_2) ** np.arange(n + 1)


def _eliminate(matrix: Array) -> tuple[Array, Array]:
    """Leading minors of sizes 0 .. n, and the first column of L^-1, where matrix = L U with ones on L's diagonal."""
    n = len(matrix)
    minors, column = np.ones(n + 1), np.eye(n, 1)[:, 0]
    for k in range(n):
        minors[k + 1] = minors[k] * matrix[k, k]
        factors = matrix[k + 1 :, k] / matrix[k, k]
        matrix[k + 1 :, k + 1 :] -= factors[:, None] * matrix[k, k + 1 :]
        column[k + 1 :] -= factors * column[k]
    return minors, column


def _toeplitz(alpha_1: float, alpha_2: float, n: int) -> Array:
    """The n x n matrix of a_(i - j), or above T_c of rho^(j - i) b_(i - j).

    Integrals over theta become sums over equal steps of u = ln tan^2(theta / 2), as in `square_integrals`: the branch
    point at theta = 0, where the function is singular at T_c and the scaled one above T_c, does no harm then.
    """
    # The phase n theta turns by at most one per step.
    step = min(0.4, 2 / (n + 1))
    u = step * np.arange(-np.ceil(80 / step), np.ceil(80 / step) + 1)
    sine, cosine = np.sqrt(expit(u)), np.sqrt(expit(-u))  # of theta / 2
    function = _function(alpha_1, alpha_2, sine * (sine - 1j * cosine)) * step / np.pi * sine * cosine
    theta = 2 * np.arctan(np.exp(u / 2))
    even = np.array([np.cos(k * theta) @ function.real for k in range(n)])
    odd = np.array([np.sin(k * theta) @ function.imag for k in range(n)])
    coefficients = np.concatenate([(even - odd)[:0:-1], even + odd])
    return coefficients[n - 1 + np.subtract.outer(np.arange(n), np.arange(n))]


def _function(alpha_1: float, alpha_2: float, half_step: Complex) -> Complex:
    """The function at z = exp(i theta), above T_c at z / rho; half_step is (1 - z) / 2."""

    def one_minus(x: float) -> Complex:
        """1 - x z; its complex conjugate is 1 - x / z."""
        return 1 - x + 2 * x * half_step

    if alpha_2 <= 1:
        quotients = one_minus(alpha_1) / one_minus(alpha_1).conj(), one_minus(alpha_2).conj() / one_minus(alpha_2)
        return np.sqrt(quotients[0]) * np.sqrt(quotients[1])
    rho = 1 / alpha_2
    numerator: Complex = np.sqrt(one_minus(alpha_1 * alpha_2)) * np.sqrt(one_minus(1.0))
    return numerator / np.sqrt(one_minus(alpha_1 * rho).conj()) / np.sqrt(one_minus(rho**2).conj())
