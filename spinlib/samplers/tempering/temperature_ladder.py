"""Temperatures for parallel tempering: enough for replicas to travel from one end of a ladder to the other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import cumulative_trapezoid
from scipy.special import erfcinv

from spinlib.arguments import at_least
from spinlib.samplers.chains.arguments import checked_temperatures

__all__ = ["checked_ladder", "constant_acceptance", "geometric"]

# Points at which the spread of the energy is interpolated.
_POINTS = 10_000


def geometric(lowest: float, highest: float, n: int) -> np.ndarray:
    """Temperatures in a constant ratio: equal acceptance where the heat capacity is constant.

    Parameters
    ----------
    lowest : float
        The first temperature > 0.
    highest : float
        The last temperature, above the first.
    n : int
        How many, at least 2.

    Returns
    -------
    ndarray, float64 (n,)
        Temperatures, rising.

    Raises
    ------
    ValueError
        Numbers that are not as above.

    Examples
    --------
    >>> from spinlib.samplers.tempering.temperature_ladder import geometric
    >>> geometric(1.0, 4.0, 3).tolist()
    [1.0, 2.0, 4.0]
    """
    first, last = checked_ladder([lowest, highest])
    return np.geomspace(first, last, at_least(2, "n", n))


def constant_acceptance(
    temperatures: ArrayLike, energies: ArrayLike, n_sites: int, acceptance: float = 0.3
) -> np.ndarray:
    """The fewest temperatures from the first to the last given one at which neighbours exchange often enough.

    Where energies are Gaussian with the standard deviation s in all, inverse temperatures b apart are exchanged with
    probability erfc(s b / 2): the integral of s over the inverse temperature, s interpolated, is divided into equal
    parts.

    Parameters
    ----------
    temperatures : array_like of float, shape (n,)
        Rising, in J / k_B.
    energies : array_like of float, shape (n, ...)
        Per site, measured at each temperature, as `spinlib.sample` returns them.
    n_sites : int
        Number of sites.
    acceptance : float
        Of an exchange, between 0 and 1.

    Returns
    -------
    ndarray, float64
        Temperatures, rising.

    Raises
    ------
    ValueError
        Input that is not as above; energies that do not vary.

    References
    ----------
    C. Predescu, M. Predescu and C. Ciobanu, J. Chem. Phys. 120, 4119 (2004).

    Examples
    --------
    >>> from spinlib.samplers.tempering.temperature_ladder import constant_acceptance
    >>> energies = [[-1.8, -2.0, -1.9, -1.7], [-0.9, -1.3, -1.1, -1.0]]
    >>> ladder = constant_acceptance([1.0, 3.0], energies, n_sites=64)
    >>> len(ladder), float(ladder[0]), float(ladder[-1])
    (5, 1.0, 3.0)
    """
    ladder = checked_ladder(temperatures)
    draws = np.asarray(energies, dtype=np.float64)
    if draws.ndim < 2 or len(draws) != len(ladder) or not np.all(np.isfinite(draws)):
        raise ValueError(f"energies of shape {draws.shape}: finite ones are needed, (temperature, ...)")
    if not 0.0 < acceptance < 1.0:
        raise ValueError(f"acceptance {acceptance}: has to lie between 0 and 1")
    spread = draws.reshape(len(ladder), -1).std(axis=1) * at_least(1, "n_sites", n_sites)
    if not np.all(spread > 0.0):
        raise ValueError(f"energies at temperature {ladder[spread == 0.0][0]} do not vary")
    log_beta = np.linspace(-np.log(ladder[0]), -np.log(ladder[-1]), _POINTS)
    finely = np.exp(np.interp(-log_beta, np.log(ladder), np.log(spread)))
    length = cumulative_trapezoid(-finely, np.exp(log_beta), initial=0.0)
    n_steps = int(np.ceil(length[-1] / (2.0 * erfcinv(acceptance))))
    steps = np.interp(np.linspace(0.0, length[-1], n_steps + 1), length, -log_beta)
    return np.concatenate([ladder[:1], np.exp(steps[1:-1]), ladder[-1:]])


def checked_ladder(temperatures: Any) -> np.ndarray:
    """Temperatures of a ladder as an array.

    Parameters
    ----------
    temperatures : array_like of float, shape (n,)
        At least two, positive and rising.

    Returns
    -------
    ndarray, float64 (n,)

    Raises
    ------
    ValueError
        Temperatures that are not as above.

    Examples
    --------
    >>> from spinlib.samplers.tempering.temperature_ladder import checked_ladder
    >>> checked_ladder([1, 2]).tolist()
    [1.0, 2.0]
    """
    ladder = checked_temperatures(temperatures)
    if len(ladder) < 2 or not np.all(np.diff(ladder) > 0.0):
        raise ValueError(f"temperatures {ladder}: at least two are needed, each above the one before")
    return ladder
