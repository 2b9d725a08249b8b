"""The temperature of one configuration in equilibrium, from its energy: the best estimates, and how good they can be.

At temperature T a configuration has the probability exp(-E / T) / Z(T), so the energy E says all that it says about T.
No estimate that is right on average is closer than the Cramer-Rao bound: with the specific heat c per site,

    the error is at least T / sqrt(N c(T)),

since the derivative of ln P by T is (E - <E>) / T^2, whose variance is N c / T^2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinlib.arguments import at_least
from spinlib.exact.arguments import real_numbers
from spinlib.exact.temperature import positive

__all__ = ["Estimates", "error_bound", "estimates"]

Array = NDArray[np.float64]


class Estimates(NamedTuple):
    """Estimates of a temperature, in J / k_B, of the shape of the energies.

    Attributes
    ----------
    likeliest : ndarray
        The temperature at which the configuration is most probable, between the two ends.
    mean, deviation : ndarray
        Of the posterior, where all temperatures between the ends were equally probable before. The mean has the least
        mean squared error of all estimates, which is that of the deviation squared.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.exact.temperature_estimates import Estimates
    >>> Estimates(np.array([2.3]), np.array([2.31]), np.array([0.01]))._fields
    ('likeliest', 'mean', 'deviation')
    """

    likeliest: Array
    mean: Array
    deviation: Array


def error_bound(T: ArrayLike, n_sites: int, specific_heat: ArrayLike) -> Array:
    """The Cramer-Rao bound of the error of a temperature that is read off one configuration.

    Parameters
    ----------
    T : array_like
        Temperatures in J / k_B.
    n_sites : int
        Sites of the lattice.
    specific_heat : array_like
        Per site, in k_B, at these temperatures, as `spinlib.exact.kaufman.specific_heat` gives it.

    Returns
    -------
    ndarray
        In J / k_B, of the shape of T.

    Raises
    ------
    ValueError
        For temperatures and specific heats that are not positive.

    References
    ----------
    C. R. Rao, Bull. Calcutta Math. Soc. 37, 81 (1945).

    Examples
    --------
    >>> from spinlib.exact import kaufman
    >>> from spinlib.exact.temperature_estimates import error_bound
    >>> round(float(error_bound(2.27, 100**2, kaufman.specific_heat(2.27, (100, 100)))), 4)
    0.0146
    """
    at, heat = positive(T), real_numbers("specific_heat", specific_heat)
    if not (heat > 0).all():
        raise ValueError(f"specific_heat {heat[~(heat > 0)].ravel()[0]}: it has to be positive")
    return np.asarray(at / np.sqrt(at_least(1, "n_sites", n_sites) * heat))


def estimates(
    energies: ArrayLike, ends: tuple[float, float], log_partition: Callable[[Array], Any], *, n_nodes: int = 4001
) -> Estimates:
    """Estimates of the temperature from the energies of configurations in equilibrium.

    Parameters
    ----------
    energies : array_like
        Of whole configurations, in J, of any shape.
    ends : (float, float)
        The lowest and the highest temperature that are considered, in J / k_B.
    log_partition : callable
        ln Z of temperatures (n,), as `spinlib.exact.kaufman.log_partition` with a shape gives it.
    n_nodes : int
        Temperatures at which the probability is taken; their distance has to be small against the error.

    Returns
    -------
    Estimates

    Raises
    ------
    ValueError
        For ends that do not rise from above 0, energies that are not finite, and fewer than 3 nodes.

    References
    ----------
    E. T. Jaynes, Probability Theory (Cambridge University Press, 2003), Sec. 6.

    Examples
    --------
    >>> from functools import partial
    >>> from spinlib.exact import kaufman
    >>> from spinlib.exact.temperature_estimates import estimates
    >>> log_z = partial(kaufman.log_partition, shape=(16, 16))
    >>> estimates([-500.0, -350.0], (0.5, 4.0), log_z).likeliest.round(2).tolist()
    [1.49, 2.33]
    """
    given = np.asarray(energies, np.float64)
    if not np.isfinite(given).all():
        raise ValueError(f"energies: {given[~np.isfinite(given)][0]} is among them, finite numbers are needed")
    low, high = ends
    if not 0.0 < low < high < np.inf:
        raise ValueError(f"ends {ends}: two rising temperatures from above 0 are needed")
    T = np.linspace(low, high, at_least(3, "n_nodes", n_nodes))
    log_z = np.asarray(log_partition(T), np.float64)
    # The trapezoidal rule.
    weights = np.ones(n_nodes)
    weights[[0, -1]] = 0.5
    # Energies repeat: each is looked at once.
    distinct, where = np.unique(given, return_inverse=True)
    found = np.array([_of_one(energy, T, log_z, weights) for energy in distinct]).reshape(-1, 3)
    return Estimates(*(column[where].reshape(given.shape) for column in found.T))


def _of_one(energy: float, T: Array, log_z: Array, weights: Array) -> tuple[float, float, float]:
    """Likeliest temperature, posterior mean and deviation."""
    exponents = -energy / T - log_z
    k = int(exponents.argmax())
    likeliest = T[k]
    if 0 < k < len(T) - 1:
        # The top of the parabola through three nodes.
        left, top, right = exponents[k - 1 : k + 2]
        likeliest += 0.5 * (T[1] - T[0]) * (left - right) / (left - 2.0 * top + right)
    mass = weights * np.exp(exponents - exponents[k])
    mass /= mass.sum()
    mean = float(mass @ T)
    return float(likeliest), mean, float(np.sqrt(mass @ (T - mean) ** 2))
