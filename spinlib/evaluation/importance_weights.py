"""What configurations of a model with known likelihood say of the exact law, by their weights w = exp(-E / T) / q.

The mean of w is Z, so that ln Z and all averages follow without a Markov chain, if q covers what is likely: where it
does not, as below a transition after a mode collapse, the weights that were drawn look fine and what they say is wrong.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp

__all__ = ["Weighted", "effective_share", "log_partition", "variational_bound", "weighted_mean"]


class Weighted(NamedTuple):
    """A value with its standard error.

    Examples
    --------
    >>> from spinlib.evaluation.importance_weights import variational_bound
    >>> variational_bound([1.0, 3.0])
    Weighted(value=2.0, error=1.0)
    """

    value: float
    error: float


def effective_share(log_weights: ArrayLike) -> float:
    """Effective sample size over the number of draws, (sum w)^2 / (n sum w^2).

    Parameters
    ----------
    log_weights : array
        (n,): -E / T - ln q of independent draws of q.

    Returns
    -------
    float
        From 1 / n to 1, which equal weights have.

    Raises
    ------
    ValueError
        For fewer than two weights, and those that are nan or +inf.

    References
    ----------
    A. Kong, J. Liu and W. Wong, J. Am. Stat. Assoc. 89, 278 (1994).

    Examples
    --------
    >>> from spinlib.evaluation.importance_weights import effective_share
    >>> round(effective_share([0.0, 0.0]), 6), round(effective_share([0.0, -1000.0]), 6)
    (1.0, 0.5)
    """
    given = _checked(log_weights)
    return float(np.exp(2 * logsumexp(given) - logsumexp(2 * given)) / len(given))


def log_partition(log_weights: ArrayLike) -> Weighted:
    """ln Z, the logarithm of the mean weight.

    Parameters
    ----------
    log_weights
        As for `effective_share`.

    Returns
    -------
    Weighted
        Of ln Z of the whole lattice; the error is that of the mean weight, over it.

    Raises
    ------
    ValueError
        As `effective_share`.

    Examples
    --------
    >>> from spinlib.evaluation.importance_weights import log_partition
    >>> log_partition([2.0, 2.0, 2.0]).value
    2.0
    """
    given = _checked(log_weights)
    value = float(logsumexp(given) - np.log(len(given)))
    relative = np.exp(given - value)
    return Weighted(value, float(relative.std(ddof=1) / np.sqrt(len(given))))


def variational_bound(log_weights: ArrayLike) -> Weighted:
    """The mean of ln w, which is at most ln Z; the difference is KL(model || exact).

    Parameters
    ----------
    log_weights
        As for `effective_share`.

    Returns
    -------
    Weighted
        Of the whole lattice.

    Raises
    ------
    ValueError
        As `effective_share`.

    Examples
    --------
    >>> from spinlib.evaluation.importance_weights import variational_bound
    >>> variational_bound([1.0, 3.0]).value
    2.0
    """
    given = _checked(log_weights)
    return Weighted(float(given.mean()), float(given.std(ddof=1) / np.sqrt(len(given))))


def weighted_mean(values: ArrayLike, log_weights: ArrayLike) -> Weighted:
    """The exact law's mean of a quantity, sum w v / sum w.

    Parameters
    ----------
    values : array
        (n,), of the draws.
    log_weights
        As for `effective_share`.

    Returns
    -------
    Weighted
        In the units of the values; the error is to first order in the fluctuations of the weights.

    Raises
    ------
    ValueError
        As `effective_share`, and for another number of values.

    Examples
    --------
    >>> import math
    >>> from spinlib.evaluation.importance_weights import weighted_mean
    >>> round(weighted_mean([0.0, 1.0], [0.0, math.log(3.0)]).value, 6)
    0.75
    """
    given, of = _checked(log_weights), np.asarray(values, np.float64)
    if of.shape != given.shape:
        raise ValueError(f"values of shape {of.shape}: one for each of {len(given)} weights is needed")
    shares = np.exp(given - logsumexp(given))
    mean = float(shares @ of)
    return Weighted(mean, float(np.sqrt(np.sum((shares * (of - mean)) ** 2))))


def _checked(log_weights: ArrayLike) -> np.ndarray:
    given = np.asarray(log_weights, np.float64)
    if given.ndim != 1 or len(given) < 2:
        raise ValueError(f"log_weights of shape {given.shape}: (n,) of at least two draws is needed")
    if np.isnan(given).any() or np.any(given == np.inf) or np.all(given == -np.inf):
        raise ValueError("log_weights: nan or +inf is among them, or all are -inf")
    return given
