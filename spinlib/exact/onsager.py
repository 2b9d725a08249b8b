"""Ising model on the infinite square lattice without field (Onsager, Phys. Rev. 65, 117 (1944)).

H = -sum s_i s_j over nearest neighbours, J = k_B = 1, all quantities per site. T: a positive number or an array of
them; returns a float or an array of its shape. Every function raises TypeError for what is no number and ValueError
for T that is not positive and finite.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import quad_vec
from scipy.special import ellipkm1, elliprd

from spinlib.exact.temperature import Numbers, like_input, positive

Array = NDArray[np.float64]


def critical_temperature() -> float:
    """T_c = 2 / ln(1 + sqrt 2) = 2.269185... (Kramers & Wannier, Phys. Rev. 60, 252 (1941))."""
    return float(2 / np.log1p(np.sqrt(2)))


def energy(T: ArrayLike) -> Numbers:
    """Energy per site, from -2 at T = 0 through -sqrt 2 at T_c to 0 (Onsager 1944)."""
    beta = 1 / positive(T)
    tanh = np.tanh(2 * beta)
    modulus = _complementary_modulus(beta)
    return like_input(-(1 + 2 / np.pi * _times_k(modulus)) / tanh)


def specific_heat(T: ArrayLike) -> Numbers:
    """Specific heat du/dT per site; inf at T_c, where it diverges as ln|T - T_c| (Onsager 1944)."""
    temperatures = positive(T)
    beta = 1 / temperatures
    modulus = _complementary_modulus(beta)
    critical = np.isclose(temperatures, critical_temperature(), rtol=1e-15, atol=0)
    parameter = np.where(critical, 1.0, modulus**2)
    # K - E = k^2 R_D(0, k'^2, 1) / 3 shares the factor sech^2 with the rest: nothing is lost at low temperature.
    tanh, sech_squared = np.tanh(2 * beta), _sech(2 * beta) ** 2
    difference = 4 / 3 * tanh**2 * elliprd(0, parameter, 1)
    heat = 4 / np.pi * (beta / tanh) ** 2 * sech_squared * (difference - np.pi / 2 - _times_k(modulus))
    # Below T = 0.12 the value, under 1e-26, is less than its rounding error, which may be negative.
    return like_input(np.where(critical, np.inf, np.maximum(heat, 0.0)))


def free_energy(T: ArrayLike) -> Numbers:
    """Free energy per site, f = -T lim ln Z / N (Onsager 1944), by adaptive quadrature to 1e-13."""
    temperatures = positive(T)
    beta = 1 / temperatures
    modulus = _complementary_modulus(beta)

    def integrand(angle: float) -> Array:
        # sqrt(1 - k^2 cos^2), written with k' so that nothing cancels at T_c
        root = np.hypot(np.sin(angle), modulus * np.cos(angle))
        return np.log1p(root) - np.log(2.0)

    integral, _ = quad_vec(integrand, 0, np.pi / 2, epsabs=1e-14, epsrel=1e-14, norm="max")
    log_two_cosh = 2 * beta + np.log1p(np.exp(-4 * beta))
    return like_input(-temperatures * (log_two_cosh + integral / np.pi))


def entropy(T: ArrayLike) -> Numbers:
    """Entropy per site, (u - f) / T, from 0 at T = 0 to ln 2."""
    temperatures = positive(T)
    return like_input(np.asarray((energy(temperatures) - free_energy(temperatures)) / temperatures))


def magnetization(T: ArrayLike) -> Numbers:
    """Spontaneous magnetisation per site, 0 from T_c on (Yang, Phys. Rev. 85, 808 (1952))."""
    beta = 1 / positive(T)
    inverse_sinh = -2 * np.exp(-2 * beta) / np.expm1(-4 * beta)
    return like_input(np.maximum(1 - inverse_sinh**4, 0.0) ** 0.125)


def correlation_length(T: ArrayLike) -> Numbers:
    """Correlation length along a row, in sites: of <s s'> above T_c, of <s s'> - m^2 below; inf at T_c.

    1/xi = ln coth(1/T) - 2/T above T_c and twice its negative below (McCoy & Wu, The Two-Dimensional Ising Model,
    1973, chapter XI).
    """
    beta = 1 / positive(T)
    inverse = -np.log(np.tanh(beta)) - 2 * beta
    inverse = np.where(inverse > 0, inverse, -2 * inverse)
    critical = np.isclose(inverse, 0, atol=1e-14)
    return like_input(np.where(critical, np.inf, 1 / np.where(critical, 1.0, inverse)))


def _complementary_modulus(beta: Array) -> Array:
    """k' = 2 tanh^2(2 beta) - 1 of k = 2 sinh / cosh^2: -1 at high, 1 at low temperature, 0 at T_c."""
    return 2 * np.tanh(2 * beta) ** 2 - 1


def _times_k(modulus: Array) -> Array:
    """k' K(k), with its limit 0 at T_c."""
    parameter = np.where(modulus == 0, 1.0, modulus**2)
    return modulus * ellipkm1(parameter)


def _sech(x: Array) -> Array:
    decay = np.exp(-x)
    return 2 * decay / (1 + decay**2)
