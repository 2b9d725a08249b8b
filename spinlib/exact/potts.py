"""Potts model on the infinite square lattice at its transition, where it is solved.

H = -sum delta(s_i, s_j) over nearest neighbours, q states, J = k_B = 1, per site. q: a number of at least 2 or an
array (the formulas hold for real q); returns a float or an array of its shape. Every function raises TypeError for
what is no real number and ValueError for q that is below 2 or not finite. Review: Wu, Rev. Mod. Phys. 54, 235 (1982).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinlib.exact.temperature import Numbers, like_input


def critical_temperature(q: ArrayLike) -> Numbers:
    """T_c = 1 / ln(1 + sqrt q), by self-duality (Potts, Proc. Camb. Phil. Soc. 48, 106 (1952)).

    The transition is continuous for q <= 4 and of first order for q > 4 (Baxter, J. Phys. C 6, L445 (1973)).
    """
    return like_input(1 / np.log1p(np.sqrt(_states(q))))


def critical_energy(q: ArrayLike) -> Numbers:
    """Energy per site at T_c, -(1 + 1 / sqrt q) (Potts 1952; Wu 1982, section V.A).

    For q > 4 the mean of the two coexisting phases, which are `latent_heat` apart.
    """
    return like_input(-(1 + 1 / np.sqrt(_states(q))))


def latent_heat(q: ArrayLike) -> Numbers:
    """Energy per site between the phases at T_c: 0 up to q = 4 (Baxter, J. Phys. C 6, L445 (1973)).

    L = 2 (1 + 1 / sqrt q) tanh(Theta / 2) prod_{n >= 1} tanh^2(n Theta), with 2 cosh Theta = sqrt q.
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
    given = np.asarray(q)
    if given.dtype.kind not in "iuf":
        raise TypeError(f"q must be a real number or an array of them, got {q!r}")
    states = given.astype(np.float64)
    wrong = ~(np.isfinite(states) & (states >= 2))
    if wrong.any():
        raise ValueError(f"q must be at least 2 and finite, got {states[wrong][0]}")
    return states
