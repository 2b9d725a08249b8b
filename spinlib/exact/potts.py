"""Potts model on the infinite square lattice at its transition, where exact results are known.

H = -sum delta(s_i, s_j) over nearest neighbours, q states, J = k_B = 1, per site. The formulas hold for real q of at
least 2. Review: F. Wu, Rev. Mod. Phys. 54, 235 (1982).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinlib.exact.arguments import real_numbers
from spinlib.exact.temperature import Numbers, like_input

__all__ = ["critical_energy", "critical_temperature", "latent_heat"]


def critical_temperature(q: ArrayLike) -> Numbers:
    """T_c = 1 / ln(1 + sqrt q), by self-duality.

    The transition is continuous for q <= 4 and of first order for q > 4.

    Parameters
    ----------
    q : float or array_like
        Number of states, at least 2.

    Returns
    -------
    float or ndarray, shape of q
        T_c in J / k_B.

    Raises
    ------
    TypeError, ValueError
        q that is no real number, below 2 or not finite.

    References
    ----------
    R. Potts, Proc. Camb. Phil. Soc. 48, 106 (1952).
    R. Baxter, J. Phys. C 6, L445 (1973): the order of the transition.

    Examples
    --------
    >>> from spinlib.exact import potts
    >>> potts.critical_temperature([2, 3, 10]).round(6).tolist()
    [1.134593, 0.994973, 0.701232]
    """
    return like_input(1 / np.log1p(np.sqrt(_states(q))))


def critical_energy(q: ArrayLike) -> Numbers:
    """Energy per site at T_c, -(1 + 1 / sqrt q).

    For q > 4 it is the mean of the two coexisting phases, which are `latent_heat` apart.

    Parameters
    ----------
    q : float or array_like
        Number of states, at least 2.

    Returns
    -------
    float or ndarray, shape of q
        Energy in J per site.

    Raises
    ------
    TypeError, ValueError
        As `critical_temperature`.

    References
    ----------
    R. Potts, Proc. Camb. Phil. Soc. 48, 106 (1952).
    F. Wu, Rev. Mod. Phys. 54, 235 (1982), section V.A.

    Examples
    --------
    >>> from spinlib.exact import potts
    >>> round(potts.critical_energy(3), 6)
    -1.57735
    """
    return like_input(-(1 + 1 / np.sqrt(_states(q))))


def latent_heat(q: ArrayLike) -> Numbers:
    """Energy per site between the phases at T_c: 0 up to q = 4.

    L = 2 (1 + 1 / sqrt q) tanh(Theta / 2) prod_{n >= 1} tanh^2(n Theta), with 2 cosh Theta = sqrt q.

    Parameters
    ----------
    q : float or array_like
        Number of states, at least 2.

    Returns
    -------
    float or ndarray, shape of q
        Energy in J per site.

    Raises
    ------
    TypeError, ValueError
        As `critical_temperature`.

    References
    ----------
    R. Baxter, J. Phys. C 6, L445 (1973).

    Examples
    --------
    >>> from spinlib.exact import potts
    >>> potts.latent_heat([3, 5, 10]).round(6).tolist()
    [0.0, 0.052919, 0.696049]
    """
    states = _states(q)
    theta = np.arccosh(np.maximum(np.sqrt(states) / 2, 1.0))
    # By Gauss the product of tanh(n Theta) is Jacobi's theta_4(exp(-2 Theta)); its modular transform, a theta_2,
    # converges fast near q = 4 too, where the product does not.
    safe = np.where(theta > 0, theta, 1.0)
    k = np.arange(20)
    theta_2 = 2 * np.exp(-(np.pi**2) / (2 * safe[..., None]) * (k + 0.5) ** 2).sum(axis=-1)
    product = np.where(theta > 0, np.sqrt(np.pi / (2 * safe)) * theta_2, 0.0)
    return like_input(2 * (1 + 1 / np.sqrt(states)) * np.tanh(theta / 2) * product**2)


def _states(q: ArrayLike) -> NDArray[np.float64]:
    states = real_numbers("q", q)
    wrong = ~(np.isfinite(states) & (states >= 2))
    if wrong.any():
        raise ValueError(f"q {states[wrong][0]}: allowed are finite numbers of at least 2")
    return states
