"""Numbers of trainings beside those of reference runs, for the chapters of paper fid."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from spinlib.observables import second_moment_correlation_length
from spinlib.statistics import Estimate, mean_of_few, mean_of_independent

__all__ = ["bend", "length", "less", "mean_of", "told"]

MANY = 16  # repetitions, from which on errors need no widening


def mean_of(values: ArrayLike) -> Estimate:
    """Mean of independent repetitions that are finite, with an error for few or for many of them."""
    numbers = np.asarray(values, np.float64)
    found = numbers[np.isfinite(numbers)]
    return mean_of_independent(found) if len(found) >= MANY else mean_of_few(found)


def told(values: ArrayLike, digits: int = 3) -> str:
    """A mean over repetitions with its error in words; without one where there are too few of them or all are equal."""
    numbers = np.asarray(values, np.float64)
    if len(numbers) < 3 or np.ptp(numbers) == 0:
        return f"{numbers.mean():.{digits}f}"
    one = mean_of(numbers)
    return f"{one.value:.{digits}f} ± {one.error:.{digits}f}"


def less(values: ArrayLike, reference: ArrayLike) -> Estimate:
    """Mean of some repetitions less that of others, with the errors of both."""
    mean, known = mean_of(values), mean_of(reference)
    return mean._replace(value=mean.value - known.value, error=float(np.hypot(mean.error, known.error)))


def bend(g: np.ndarray) -> np.ndarray:
    """Rms distance of ln G from a straight line in ln r, r = 1, 2, ..., of each row (run, r) where all G > 0."""
    positive = g[(g > 0).all(axis=1)]
    logs, x = np.log(positive), np.log(np.arange(1, g.shape[1] + 1))
    x = x - x.mean()
    level = logs.mean(axis=1, keepdims=True)
    slope = ((logs - level) @ x) / (x @ x)
    return np.asarray(np.sqrt(np.mean((logs - level - slope[:, None] * x) ** 2, axis=1)))


def length(
    zero: np.ndarray, smallest: np.ndarray, m: np.ndarray, order: np.ndarray, size: int, subtract: str
) -> np.ndarray:
    """Second-moment correlation length of sets, from their means of S(0), of S at the next wave vector, m and |m|.

    subtract: "nothing", "mean" (<m>^2) or "aligned" (<|m|>^2), from S(0). 0 where S(0) is then below S at the next wave
    vector: no correlation is longer than the noise.
    """
    level = {"nothing": np.zeros_like(m), "mean": m**2, "aligned": order**2}
    if subtract not in level:
        raise ValueError(f"subtract {subtract!r}: choose from {', '.join(level)}")
    left = np.maximum(zero - size**2 * level[subtract], 0.0)
    found = second_moment_correlation_length(left, np.maximum(smallest, 1e-12), size)
    return np.nan_to_num(np.asarray(found, np.float64), nan=0.0)
