"""Curves of paired runs: do two dynamics give the same curves, as they are or after a rescaling of time?

The runs of the two dynamics are paired (same initial state, same disorder), so their differences are independent
vectors, one per run, and whether the mean is zero is one chi-square with the covariance found from the runs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class TimeFactor(NamedTuple):
    """other(t) = reference(factor t): the best factor, its error (chi-square + 1), the chi-square and its dof."""

    factor: float
    error: float
    chi2: float
    dof: int


def chi_square_of_mean(rows: ArrayLike) -> tuple[float, int]:
    """Is the mean of independent vectors zero? Chi-square and degrees of freedom, for rows (run, component).

    Hotelling's T^2 with the factor of Hartlap, Simon and Schneider (Astron. Astrophys. 464, 399 (2007), eq. 17), which
    removes the bias of an inverted sample covariance. ValueError: not finite, wrong shape, components without
    variance or linearly dependent, or fewer than components + 3 runs.
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
    """Curves (run, time, quantity) at other times, linear in log time: (run, wanted, quantity).

    times: positive and increasing. ValueError for a wanted time outside of them, or shapes that do not fit.
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
    """The factor among `factors` (increasing) for which other(t) and reference(factor t) agree best at `compared`.

    reference, other: curves (run, time, quantity) of paired runs at `times`. One degree of freedom goes into the
    factor. ValueError as for `at_times` and `chi_square_of_mean`.
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
