"""Ising model on the infinite square lattice without field (L. Onsager, Phys. Rev. 65, 117 (1944)).

H = -sum J_i s s' over nearest neighbours, k_B = 1, all quantities per site. J_0 is the coupling of the bonds along axis
0 (from row to row), J_1 that along axis 1 (within a row). Both are positive, and 1 unless given.
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

__all__ = [
    "correlation",
    "correlation_length",
    "critical_temperature",
    "energy",
    "entropy",
    "free_energy",
    "magnetization",
    "specific_heat",
]

Array = NDArray[np.float64]
Couplings = Sequence[float]

DIRECTIONS = ("row", "diagonal")


def critical_temperature(couplings: Couplings = (1.0, 1.0)) -> float:
    """T_c, where sinh(2 J_0 / T) sinh(2 J_1 / T) = 1.

    Parameters
    ----------
    couplings : (float, float)
        J_0 and J_1, positive.

    Returns
    -------
    float
        T_c in J / k_B: 2 / ln(1 + sqrt 2) = 2.269185... for J_0 = J_1 = 1.

    Raises
    ------
    TypeError, ValueError
        Couplings that are not two positive, finite numbers.

    References
    ----------
    H. Kramers and G. Wannier, Phys. Rev. 60, 252 (1941).
    L. Onsager, Phys. Rev. 65, 117 (1944).

    Examples
    --------
    >>> from spinlib.exact import onsager
    >>> round(onsager.critical_temperature(), 6)
    2.269185
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
    """Free energy per site, f = -T lim ln Z / N.

    Parameters
    ----------
    T : float or array_like
        Temperature in J / k_B, positive.
    couplings : (float, float)
        J_0 and J_1, positive.

    Returns
    -------
    float or ndarray, shape of T
        f in J per site.

    Raises
    ------
    TypeError, ValueError
        T or couplings that are not positive, finite numbers.

    References
    ----------
    L. Onsager, Phys. Rev. 65, 117 (1944).

    Examples
    --------
    >>> from spinlib.exact import onsager
    >>> round(onsager.free_energy(2.0), 6)
    -2.051586
    """
    K_0, K_1, pair = _reduced(T, couplings)
    return like_input(-sum(pair) - positive(T) * integrals(K_0, K_1).log_z)


def energy(T: ArrayLike, couplings: Couplings = (1.0, 1.0)) -> Numbers:
    """Energy per site, from -J_0 - J_1 at T = 0 to 0; with J_0 = J_1 = 1 it is -sqrt 2 at T_c.

    Parameters
    ----------
    T, couplings
        As in `free_energy`.

    Returns
    -------
    float or ndarray, shape of T
        u in J per site.

    Raises
    ------
    TypeError, ValueError
        As `free_energy`.

    References
    ----------
    L. Onsager, Phys. Rev. 65, 117 (1944).

    Examples
    --------
    >>> from spinlib.exact import onsager
    >>> onsager.energy([1.0, 2.0, onsager.critical_temperature()]).round(6).tolist()
    [-1.99716, -1.745565, -1.414214]
    """
    K_0, K_1, pair = _reduced(T, couplings)
    excitation = pair[0] * integrals(K_0, K_1).unsatisfied + pair[1] * integrals(K_1, K_0).unsatisfied
    return like_input(excitation - sum(pair))


def specific_heat(T: ArrayLike, couplings: Couplings = (1.0, 1.0)) -> Numbers:
    """Specific heat du/dT per site; inf at T_c, where it diverges as ln|T - T_c|.

    Parameters
    ----------
    T, couplings
        As in `free_energy`.

    Returns
    -------
    float or ndarray, shape of T
        c in k_B per site.

    Raises
    ------
    TypeError, ValueError
        As `free_energy`.

    References
    ----------
    L. Onsager, Phys. Rev. 65, 117 (1944).

    Examples
    --------
    >>> from spinlib.exact import onsager
    >>> round(onsager.specific_heat(2.0), 6), onsager.specific_heat(onsager.critical_temperature())
    (0.724871, inf)
    """
    K_0, K_1, _ = _reduced(T, couplings)
    along, across = integrals(K_0, K_1), integrals(K_1, K_0)
    heat = K_0**2 * along.curvature + 2 * K_0 * K_1 * along.mixed + K_1**2 * across.curvature
    first, second = Hyperbolic.of(K_0), Hyperbolic.of(K_1)
    # T within its own rounding error of T_c
    tolerance = 4e-15 * (1 + K_0 + K_1) * first.decay * second.decay
    return like_input(np.where(np.abs(off_criticality(first, second)) <= tolerance, np.inf, heat))


def entropy(T: ArrayLike, couplings: Couplings = (1.0, 1.0)) -> Numbers:
    """Entropy per site, (u - f) / T, from 0 at T = 0 to ln 2.

    Parameters
    ----------
    T, couplings
        As in `free_energy`.

    Returns
    -------
    float or ndarray, shape of T
        s in k_B per site.

    Raises
    ------
    TypeError, ValueError
        As `free_energy`.

    References
    ----------
    L. Onsager, Phys. Rev. 65, 117 (1944).

    Examples
    --------
    >>> from spinlib.exact import onsager
    >>> round(onsager.entropy(2.0), 6)
    0.153011
    """
    K_0, K_1, _ = _reduced(T, couplings)
    along, across = integrals(K_0, K_1), integrals(K_1, K_0)
    return like_input(along.log_z + K_0 * along.unsatisfied + K_1 * across.unsatisfied)


def magnetization(T: ArrayLike, couplings: Couplings = (1.0, 1.0)) -> Numbers:
    """Spontaneous magnetisation per site, 0 from T_c on.

    m = (1 - k^2)^(1/8) with 1 / k = sinh(2 J_0 / T) sinh(2 J_1 / T).

    Parameters
    ----------
    T, couplings
        As in `free_energy`.

    Returns
    -------
    float or ndarray, shape of T
        m, from 0 to 1.

    Raises
    ------
    TypeError, ValueError
        As `free_energy`.

    References
    ----------
    C. N. Yang, Phys. Rev. 85, 808 (1952).
    C. H. Chang, Phys. Rev. 88, 1422 (1952): two couplings.

    Examples
    --------
    >>> from spinlib.exact import onsager
    >>> onsager.magnetization([2.0, 2.5]).round(6).tolist()
    [0.911319, 0.0]
    """
    K_0, K_1, _ = _reduced(T, couplings)
    first, second = Hyperbolic.of(K_0), Hyperbolic.of(K_1)
    scale, product = first.decay * second.decay, first.sinh * second.sinh
    ordered = product > scale
    k = scale / np.where(ordered, product, 1.0)
    # 1 - k^2 as a product, which has no cancellation at T_c
    margin = -off_criticality(first, second) / np.where(ordered, product, 1.0) * (1 + k)
    return like_input(np.where(ordered, margin, 0.0) ** 0.125)


def correlation_length(T: ArrayLike, direction: str = "row", couplings: Couplings = (1.0, 1.0)) -> Numbers:
    """Correlation length of <s s'> above T_c and of <s s'> - m^2 below; inf at T_c.

    Along a row, 1/xi = ln coth(J_1 / T) - 2 J_0 / T above T_c and twice its negative below. Along a diagonal, sqrt(2) /
    xi = -ln(sinh(2 J_0 / T) sinh(2 J_1 / T)) above and twice its negative below, because the steps of a diagonal are
    sqrt(2) long.

    Parameters
    ----------
    T : float or array_like
        Temperature in J / k_B, positive.
    direction : {"row", "diagonal"}
        Along axis 1, or along a diagonal.
    couplings : (float, float)
        J_0 and J_1, positive.

    Returns
    -------
    float or ndarray, shape of T
        xi in lattice spacings.

    Raises
    ------
    TypeError, ValueError
        As `free_energy`, or another direction.

    References
    ----------
    B. McCoy and T. T. Wu, The Two-Dimensional Ising Model (1973), chapter XI.

    Examples
    --------
    >>> from spinlib.exact import onsager
    >>> onsager.correlation_length([2.0, 2.5, 3.0]).round(3).tolist()
    [2.192, 5.962, 2.137]
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

    It is a Toeplitz determinant of size r, right to about 1e-13 of its value, and tends to m^2 below T_c. The time goes
    as the cube of the largest r.

    Parameters
    ----------
    T : float or array_like
        Temperature in J / k_B, positive.
    r : int or array_like
        Distances in steps, not negative; broadcast against T.
    direction : {"row", "diagonal"}
        Along axis 1, or along a diagonal.
    couplings : (float, float)
        J_0 and J_1, positive.

    Returns
    -------
    float or ndarray, common shape of T and r
        <s s'>, from 0 to 1.

    Raises
    ------
    TypeError, ValueError
        As `free_energy`, r that is no integer or negative, or another direction.

    References
    ----------
    B. Kaufman and L. Onsager, Phys. Rev. 76, 1244 (1949).
    J. Stephenson, J. Math. Phys. 5, 1009 (1964).
    B. McCoy and T. T. Wu, The Two-Dimensional Ising Model (1973), chapter VIII.

    Examples
    --------
    >>> from spinlib.exact import onsager
    >>> onsager.correlation(onsager.critical_temperature(), [0, 1, 2]).round(6).tolist()
    [1.0, 0.707107, 0.594715]
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
