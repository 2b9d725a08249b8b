"""Ising model on the infinite square lattice without field (Onsager, Phys. Rev. 65, 117 (1944)).

H = -sum J_i s s' over nearest neighbours, k_B = 1, all quantities per site. couplings: J_0 of the bonds along axis 0
(from row to row) and J_1 along axis 1 (within a row), both positive; 1 and 1 unless given. T: a positive number or an
array of them; returns a float or an array of its shape. Every function raises TypeError for what is no number, and
ValueError for T that is not positive and finite and for couplings that are not two positive, finite numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from spinlib.exact.arguments import distances, one_of, positive_couplings
from spinlib.exact.square_integrals import Hyperbolic, integrals, off_criticality
from spinlib.exact.temperature import Numbers, like_input, positive
from spinlib.exact.toeplitz import correlations

Array = NDArray[np.float64]
Couplings = Sequence[float]

DIRECTIONS = ("row", "diagonal")


def critical_temperature(couplings: Couplings = (1.0, 1.0)) -> float:
    """T_c, where sinh(2 J_0 / T) sinh(2 J_1 / T) = 1 (Onsager 1944).

    2 / ln(1 + sqrt 2) = 2.269185... for J_0 = J_1 = 1 (Kramers & Wannier, Phys. Rev. 60, 252 (1941)).
    """
    pair = positive_couplings(couplings)
    # Between the critical temperatures of the two isotropic lattices
    beta_low, beta_high = (np.log1p(np.sqrt(2)) / 2 / strength for strength in (max(pair), min(pair)))
    if beta_low == beta_high:
        return float(1 / beta_low)

    def log_product(beta: float) -> float:
        return sum(2 * beta * J + np.log(-np.expm1(-4 * beta * J)) - np.log(2) for J in pair)

    return float(1 / brentq(log_product, beta_low, beta_high, xtol=1e-300, rtol=1e-15))


def free_energy(T: ArrayLike, couplings: Couplings = (1.0, 1.0)) -> Numbers:
    """Free energy per site, f = -T lim ln Z / N (Onsager 1944)."""
    K_0, K_1, pair = _reduced(T, couplings)
    return like_input(-sum(pair) - positive(T) * integrals(K_0, K_1).log_z)


def energy(T: ArrayLike, couplings: Couplings = (1.0, 1.0)) -> Numbers:
    """Energy per site, from -J_0 - J_1 at T = 0 to 0; with J_0 = J_1 = 1, -sqrt 2 at T_c (Onsager 1944)."""
    K_0, K_1, pair = _reduced(T, couplings)
    excitation = pair[0] * integrals(K_0, K_1).unsatisfied + pair[1] * integrals(K_1, K_0).unsatisfied
    return like_input(excitation - sum(pair))


def specific_heat(T: ArrayLike, couplings: Couplings = (1.0, 1.0)) -> Numbers:
    """Specific heat du/dT per site; inf at T_c, where it diverges as ln|T - T_c| (Onsager 1944)."""
    K_0, K_1, _ = _reduced(T, couplings)
    along, across = integrals(K_0, K_1), integrals(K_1, K_0)
    heat = K_0**2 * along.curvature + 2 * K_0 * K_1 * along.mixed + K_1**2 * across.curvature
    first, second = Hyperbolic.of(K_0), Hyperbolic.of(K_1)
    # T within its own rounding error of T_c
    tolerance = 4e-15 * (1 + K_0 + K_1) * first.decay * second.decay
    return like_input(np.where(np.abs(off_criticality(first, second)) <= tolerance, np.inf, heat))


def entropy(T: ArrayLike, couplings: Couplings = (1.0, 1.0)) -> Numbers:
    """Entropy per site, (u - f) / T, from 0 at T = 0 to ln 2."""
    K_0, K_1, _ = _reduced(T, couplings)
    along, across = integrals(K_0, K_1), integrals(K_1, K_0)
    return like_input(along.log_z + K_0 * along.unsatisfied + K_1 * across.unsatisfied)


def magnetization(T: ArrayLike, couplings: Couplings = (1.0, 1.0)) -> Numbers:
    """Spontaneous magnetisation per site, 0 from T_c on (Yang, Phys. Rev. 85, 808 (1952)).

    (1 - k^2)^(1/8) with 1 / k = sinh(2 J_0 / T) sinh(2 J_1 / T) (Chang, Phys. Rev. 88, 1422 (1952)).
    """
    K_0, K_1, _ = _reduced(T, couplings)
    first, second = Hyperbolic.of(K_0), Hyperbolic.of(K_1)
    scale, product = first.decay * second.decay, first.sinh * second.sinh
    ordered = product > scale
    k = scale / np.where(ordered, product, 1.0)
    # 1 - k^2 as a product, of which nothing is lost at T_c
    margin = -off_criticality(first, second) / np.where(ordered, product, 1.0) * (1 + k)
    return like_input(np.where(ordered, margin, 0.0) ** 0.125)


def correlation_length(T: ArrayLike, direction: str = "row", couplings: Couplings = (1.0, 1.0)) -> Numbers:
    """Correlation length, in units of the lattice spacing: of <s s'> above T_c, of <s s'> - m^2 below; inf at T_c.

    direction "row", along axis 1: 1/xi = ln coth(J_1 / T) - 2 J_0 / T above T_c and twice its negative below.
    "diagonal": sqrt(2) / xi = -ln(sinh(2 J_0 / T) sinh(2 J_1 / T)) above and twice its negative below, because the
    steps of a diagonal are sqrt(2) long (McCoy & Wu, The Two-Dimensional Ising Model, 1973, chapter XI).
    """
    K_0, K_1, _ = _reduced(T, couplings)
    if one_of("direction", direction, DIRECTIONS) == "row":
        inverse = -np.log(np.tanh(K_1)) - 2 * K_0
    else:
        log_product = np.log(Hyperbolic.of(K_0).sinh) + np.log(Hyperbolic.of(K_1).sinh) + 2 * (K_0 + K_1)
        inverse = -log_product / np.sqrt(2)
    inverse = np.where(inverse > 0, inverse, -2 * inverse)
    critical = np.isclose(inverse, 0, atol=1e-14)
    return like_input(np.where(critical, np.inf, 1 / np.where(critical, 1.0, inverse)))


def correlation(T: ArrayLike, r: ArrayLike, direction: str = "row", couplings: Couplings = (1.0, 1.0)) -> Numbers:
    """<s s'> of two spins r steps apart: r sites along a row (axis 1), or r diagonals, in r rows and r columns.

    A Toeplitz determinant of size r (Kaufman & Onsager, Phys. Rev. 76, 1244 (1949); Stephenson, J. Math. Phys. 5, 1009
    (1964); McCoy & Wu 1973, chapter VIII), right to about 1e-13 of its value. Below T_c it tends to m^2. T and the
    distances r are broadcast against each other; the time goes as the cube of the largest r. TypeError: r is no
    integer; ValueError: r is negative, or another direction.
    """
    K_0, K_1, _ = _reduced(T, couplings)
    if one_of("direction", direction, DIRECTIONS) == "row":
        # tanh K_1 exp(-2 K_0) and coth K_1 exp(-2 K_0)
        tanh, decay = np.tanh(K_1), np.exp(-2 * K_0)
        alphas = tanh * decay, decay / tanh
    else:
        first, second = Hyperbolic.of(K_0), Hyperbolic.of(K_1)
        alphas = np.zeros_like(K_0), first.decay * second.decay / (first.sinh * second.sinh)
    steps, alpha_1, alpha_2 = np.broadcast_arrays(distances(r), *alphas)
    result = np.empty(steps.shape)
    for pair in set(zip(alpha_1.flat, alpha_2.flat, strict=True)):
        where = (alpha_1 == pair[0]) & (alpha_2 == pair[1])
        result[where] = correlations(*pair, steps[where].max())[steps[where]]
    return like_input(result)


def _reduced(T: ArrayLike, couplings: Couplings) -> tuple[Array, Array, tuple[float, float]]:
    """J_0 / T, J_1 / T and the couplings themselves."""
    temperatures, pair = positive(T), positive_couplings(couplings)
    return pair[0] / temperatures, pair[1] / temperatures, pair
