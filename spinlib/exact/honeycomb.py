"""Ising model on the infinite honeycomb lattice without field, by the star-triangle map.

H = -sum s_i s_j over three neighbours, J = k_B = 1, all quantities per site. Summing over every second spin leaves a
triangular lattice of the other spins, with exp(4 K_t) = 2 cosh 2K - 1, K = 1/T (R. Houtappel, Physica 16, 425 (1950);
R. Baxter, Exactly Solved Models (1982), section 6.4). The lattice is bipartite: J = -1 gives the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinlib.exact import triangular
from spinlib.exact.temperature import Numbers, like_input, positive

__all__ = ["critical_temperature", "energy", "free_energy"]

Array = NDArray[np.float64]


def critical_temperature() -> float:
    """T_c = 2 / ln(2 + sqrt 3) = 1.518651....

    Returns
    -------
    float
        T_c in J / k_B.

    References
    ----------
    R. Houtappel, Physica 16, 425 (1950).

    Examples
    --------
    >>> from spinlib.exact import honeycomb
    >>> round(honeycomb.critical_temperature(), 6)
    1.518651
    """
    return float(2 / np.log(2 + np.sqrt(3)))


def energy(T: ArrayLike) -> Numbers:
    """Energy per site, from -3/2 at T = 0 through -2 / sqrt 3 at T_c to 0.

    Parameters
    ----------
    T : float or array_like
        Temperature in J / k_B, positive.

    Returns
    -------
    float or ndarray, shape of T
        u in J per site.

    Raises
    ------
    TypeError, ValueError
        T that is not positive and finite.

    References
    ----------
    R. Houtappel, Physica 16, 425 (1950).

    Examples
    --------
    >>> from spinlib.exact import honeycomb
    >>> round(honeycomb.energy(honeycomb.critical_temperature()), 6)
    -1.154701
    """
    K = 1 / positive(T)
    steep, flat = np.tanh(3 * K), np.tanh(K)
    on_triangles = np.asarray(triangular.energy(1 / _triangular_coupling(K)))
    return like_input(-3 / 8 * (steep + flat) + (3 * steep - flat) / 8 * on_triangles)


def free_energy(T: ArrayLike) -> Numbers:
    """Free energy per site, f = -T lim ln Z / N: half the triangular one plus half of the weight of a decimated spin.

    Parameters
    ----------
    T : float or array_like
        Temperature in J / k_B, positive.

    Returns
    -------
    float or ndarray, shape of T
        f in J per site.

    Raises
    ------
    TypeError, ValueError
        T that is not positive and finite.

    References
    ----------
    R. Baxter, Exactly Solved Models in Statistical Mechanics (1982), section 6.4.

    Examples
    --------
    >>> from spinlib.exact import honeycomb
    >>> round(honeycomb.free_energy(1.0), 6)
    -1.503167
    """
    temperatures = positive(T)
    K = 1 / temperatures
    coupling = _triangular_coupling(K)
    on_triangles = -coupling * np.asarray(triangular.free_energy(1 / coupling))
    # R^4 = 2 cosh 3K (2 cosh K)^3
    log_weight = (_log_two_cosh(3 * K) + 3 * _log_two_cosh(K)) / 4
    return like_input(-temperatures * (log_weight + on_triangles) / 2)


def _triangular_coupling(K: Array) -> Array:
    """K_t = ln(2 cosh 2K - 1) / 4, without overflow at low temperature and without cancellation at high temperature."""
    small = np.minimum(K, 1.0)
    return np.where(K < 1, np.log1p(4 * np.sinh(small) ** 2), 2 * K + np.log1p(np.exp(-4 * K) - np.exp(-2 * K))) / 4


def _log_two_cosh(x: Array) -> Array:
    return x + np.log1p(np.exp(-2 * x))
