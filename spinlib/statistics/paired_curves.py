"""Curves of paired runs: tests whether two dynamics give the same curves, with or without a rescaling of time.

The runs of the two dynamics are paired: they share the initial state or the disorder. So their differences are
independent vectors, one per run. A chi-square with the covariance estimated from the runs tests whether their mean is
zero.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class TimeFactor(NamedTuple):
    """The factor of time for which other(t) = reference(factor t) holds best.

    Attributes
    ----------
    factor : float
        The best factor.
    error : float
        Half the range of factors whose chi-square is at most one above the smallest.
    chi2 : float
        The smallest chi-square.
    dof : int
        Its degrees of freedom.

    Examples
    --------
    >>> from spinlib.statistics import TimeFactor
    >>> TimeFactor(factor=2.0, error=0.1, chi2=3.5, dof=4).factor
    2.0
    """

    factor: float
    error: float
    chi2: float
    dof: int


def chi_square_of_mean(rows: ArrayLike) -> tuple[float, int]:
    """Chi-square of the hypothesis that the mean of independent vectors is zero.

    This is Hotelling's T^2 with the factor (n - d - 2) / (n - 1), which removes the bias of an inverted sample
    covariance of n vectors with d components.

    Parameters
    ----------
    rows : array_like, shape (run, component)
        One vector per run, with at least three runs more than components.

    Returns
    -------
    chi2 : float
        The chi-square.
    dof : int
        Its degrees of freedom, the number of components.

    Raises
    ------
    ValueError
        A value that is not finite, another shape, too few runs, or components without variance or linearly dependent.

    References
    ----------
    J. Hartlap, P. Simon and P. Schneider, Astron. Astrophys. 464, 399 (2007), equation 17.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.statistics import chi_square_of_mean
    >>> differences = np.random.default_rng(1).normal(size=(50, 2))
    >>> chi2, dof = chi_square_of_mean(differences)
    >>> round(chi2, 2), dof
    (1.13, 2)
    """
    values = np.asarray(rows, np.float64)
    if values.ndim != 2 or values.shape[1] < 1 or values.shape[0] < values.shape[1] + 3:
        raise ValueError(f"rows of shape {values.shape}: needed is (run, component), with 3 runs more than components")
    if not np.isfinite(values).all():
        raise ValueError(f"rows hold {values[~np.isfinite(values)][0]}: every value has to be finite")
    n, dimension = values.shape
    covariance = np.atleast_2d(np.cov(values.T))
    scale = np.sqrt(covariance.diagonal())
    if not np.all(scale > 0) or np.linalg.matrix_rank(covariance / np.outer(scale, scale)) < dimension:
        raise ValueError("a component has no variance or depends linearly on others: leave it out")
    mean = values.mean(0)
    hartlap = (n - dimension - 2) / (n - 1)
    return float(hartlap * n * mean @ np.linalg.solve(covariance, mean)), dimension


def at_times(curves: ArrayLike, times: ArrayLike, wanted: ArrayLike) -> NDArray[np.float64]:
    """Curves at other times, by interpolation that is linear in the logarithm of time.

    Parameters
    ----------
    curves : array_like, shape (run, time, quantity)
        Values at `times`.
    times : array_like, shape (time,)
        Positive and increasing, in any unit, such as sweeps.
    wanted : array_like, shape (wanted,)
        Times within the range of `times`, in the same unit.

    Returns
    -------
    ndarray, float64 (run, wanted, quantity)
        Values at the wanted times.

    Raises
    ------
    ValueError
        A wanted time outside of `times`, times that are not positive and increasing, or shapes that do not fit.

    Examples
    --------
    >>> from spinlib.statistics import at_times
    >>> at_times([[[0.0], [1.0], [2.0]]], times=[1.0, 10.0, 100.0], wanted=[1.0, 10.0]).ravel().tolist()
    [0.0, 1.0]
    """
    known, moments, values = (np.asarray(a, np.float64) for a in (times, wanted, curves))
    if values.ndim != 3 or known.shape != (values.shape[1],):
        raise ValueError(f"curves of shape {values.shape} and {known.shape} times: needed is (run, time, quantity)")
    if np.any(known <= 0) or np.any(np.diff(known) <= 0):
        raise ValueError("times have to be positive and to increase")
    outside = moments[(moments < known[0]) | (moments > known[-1])]
    if outside.size:
        raise ValueError(f"time {outside[0]:g}: allowed are {known[0]:g} to {known[-1]:g}")
    position = np.interp(np.log(moments), np.log(known), np.arange(len(known)))
    before = np.minimum(position.astype(int), len(known) - 2)
    weight = (position - before)[:, None]
    return (1 - weight) * values[:, before] + weight * values[:, before + 1]


def time_factor(
    reference: ArrayLike, other: ArrayLike, times: ArrayLike, compared: ArrayLike, factors: ArrayLike
) -> TimeFactor:
    """The factor for which other(t) and reference(factor t) agree best.

    The fitted factor takes one degree of freedom.

    Parameters
    ----------
    reference, other : array_like, shape (run, time, quantity)
        Curves of paired runs at `times`.
    times : array_like, shape (time,)
        Positive and increasing, in any unit.
    compared : array_like, shape (compared,)
        Times t at which the curves are compared.
    factors : array_like, shape (factor,)
        Factors to try, increasing.

    Returns
    -------
    TimeFactor
        The best of `factors`, with its error, chi-square and degrees of freedom.

    Raises
    ------
    ValueError
        As `at_times` and `chi_square_of_mean`.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.statistics import time_factor
    >>> times = np.geomspace(1.0, 100.0, 41)
    >>> noise = np.random.default_rng(1).normal(scale=0.01, size=(2, 30, 41, 1))
    >>> slow, fast = np.log(times)[:, None] + noise[0], np.log(2 * times)[:, None] + noise[1]
    >>> found = time_factor(slow, fast, times, compared=[2.0, 8.0, 32.0], factors=np.linspace(1.8, 2.2, 41))
    >>> round(found.factor, 1)
    2.0
    """
    tried, moments = np.asarray(factors, np.float64), np.asarray(compared, np.float64)
    seen = at_times(other, times, moments)
    n = len(seen)
    results = [
        chi_square_of_mean((seen - at_times(reference, times, factor * moments)).reshape(n, -1)) for factor in tried
    ]
    chi2 = np.array([value for value, _ in results])
    best = int(chi2.argmin())
    inside = tried[chi2 <= chi2[best] + 1]
    return TimeFactor(float(tried[best]), float((inside[-1] - inside[0]) / 2), float(chi2[best]), results[best][1] - 1)
