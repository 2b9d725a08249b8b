"""How far the law of a sampler or a generative model is from the exact one, from counts of what it gave.

With counts n_i of n independent draws, p_i = n_i / n, and exact probabilities q_i:

    KL(model || exact) = sum p ln(p / q)    its counts add about (K - 1) / 2n, for K states that occurred
    KL(exact || model) = sum q ln(q / p)    infinite where a possible state did not occur
    total variation    = sum |p - q| / 2    its counts leave some of it even where the model is exact

The biases of the divergences (G. Miller, 1955) are subtracted and returned; the floor of the total variation, what
exact draws would show on average, is returned beside it, since it cannot be subtracted. Correlated draws have larger
biases than these: count those that lie beyond the autocorrelation time.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, rel_entr, xlog1py, xlogy

from spinlib.exact import enumeration
from spinlib.models import Ising

__all__ = ["Divergences", "counts_of_energies", "counts_of_states", "of_counts", "of_probabilities"]


class Divergences(NamedTuple):
    """The distances of a model's law from the exact one; divergences in nats.

    Attributes
    ----------
    model_to_exact, model_to_exact_error : float
        KL(model || exact) less the bias of counts, and its standard error from the spread of ln(p / q). It may be
        slightly negative where the model is good. Infinite where an impossible state occurred.
    model_to_exact_bias : float
        What was subtracted.
    exact_to_model, exact_to_model_error, exact_to_model_bias : float
        The same of KL(exact || model); infinite where a possible state did not occur.
    total_variation : float
        From 0 to 1, as counted.
    total_variation_floor : float
        Its mean for as many exact draws.
    missed : float
        Exact probability of the states that did not occur.
    n_draws : int
        How many draws were counted; 0 for probabilities that are exact themselves.

    Examples
    --------
    >>> from spinlib.evaluation.divergences import of_counts
    >>> found = of_counts([480, 520], [0.5, 0.5])
    >>> round(float(found.model_to_exact + found.model_to_exact_bias), 4), round(found.total_variation, 4)
    (0.0008, 0.02)
    """

    model_to_exact: float
    model_to_exact_error: float
    model_to_exact_bias: float
    exact_to_model: float
    exact_to_model_error: float
    exact_to_model_bias: float
    total_variation: float
    total_variation_floor: float
    missed: float
    n_draws: int


def of_counts(counts: ArrayLike, exact: ArrayLike) -> Divergences:
    """The distances of the law behind some counts from exact probabilities.

    Parameters
    ----------
    counts : array
        int (state,): how often each state, energy or bin occurred in independent draws.
    exact : array
        (state,): probabilities that add up to 1.

    Returns
    -------
    Divergences
        With the biases of counts.

    Raises
    ------
    ValueError
        For different shapes, counts that are no whole numbers or all zero, and probabilities outside [0, 1] or that do
        not add up to 1.

    References
    ----------
    G. Miller, in Information Theory in Psychology (Free Press, 1955), p. 95.

    Examples
    --------
    >>> from spinlib.evaluation.divergences import of_counts
    >>> found = of_counts([900, 100, 0], [0.5, 0.5, 0.0])
    >>> round(found.model_to_exact, 4), round(found.exact_to_model, 4)
    (0.3676, 0.5085)
    >>> of_counts([990, 10, 0], [0.5, 0.25, 0.25]).exact_to_model
    inf
    """
    q = _probabilities("exact", exact)
    given = np.asarray(counts)
    if given.shape != q.shape or np.any(given != np.floor(given)) or np.any(given < 0) or not given.sum() > 0:
        raise ValueError(f"counts of shape {given.shape}: {len(q)} whole numbers, not all zero, are needed")
    n = int(given.sum())
    p = given / n
    occurred, possible = p > 0, q > 0
    missed = possible & ~occurred
    there, back = _log_ratio(p, q, occurred), _log_ratio(q, p, possible)
    bias = (int(np.count_nonzero(occurred)) - 1) / (2 * n)
    # A second-order expansion of -ln p; so is the bias above of p ln p.
    back_bias = float(np.sum(q[occurred] * (1 - p[occurred]) / p[occurred])) / (2 * n)
    with np.errstate(invalid="ignore"):
        spread = np.sqrt(max(0.0, float(np.sum(p * there**2) - np.sum(p * there) ** 2)) / n)
        back_spread = np.sqrt(max(0.0, float(np.sum(q[occurred] ** 2 / p[occurred])) - 1.0) / n)
    forward, backward = float(rel_entr(p, q).sum()), float(rel_entr(q, p).sum())
    return Divergences(
        forward - bias,
        float(spread) if np.isfinite(forward) else float("nan"),
        bias,
        backward - back_bias,
        float(back_spread) if np.isfinite(backward) and back.size else float("nan"),
        back_bias,
        float(np.abs(p - q).sum() / 2),
        _floor(q, n),
        float(q[missed].sum()),
        n,
    )


def of_probabilities(model: ArrayLike, exact: ArrayLike) -> Divergences:
    """The distances of a law that is known state by state, such as an autoregressive network's, from the exact one.

    Parameters
    ----------
    model, exact : array
        (state,): probabilities, which add up to 1.

    Returns
    -------
    Divergences
        Without biases, errors and floor.

    Raises
    ------
    ValueError
        For different shapes, and probabilities outside [0, 1] or that do not add up to 1.

    Examples
    --------
    >>> from spinlib.evaluation.divergences import of_probabilities
    >>> found = of_probabilities([0.9, 0.1], [0.5, 0.5])
    >>> round(found.model_to_exact, 4), round(found.exact_to_model, 4), round(found.total_variation, 4)
    (0.3681, 0.5108, 0.4)
    """
    p, q = _probabilities("model", model), _probabilities("exact", exact)
    if p.shape != q.shape:
        raise ValueError(f"model of shape {p.shape} and exact of shape {q.shape}: one shape is needed")
    there, back = float(rel_entr(p, q).sum()), float(rel_entr(q, p).sum())
    missed = float(q[p == 0].sum())
    return Divergences(there, 0.0, 0.0, back, 0.0, 0.0, float(np.abs(p - q).sum() / 2), 0.0, missed, 0)


def counts_of_states(spins: Any, model: Ising) -> np.ndarray:
    """How often every state of a small model occurs among configurations.

    Parameters
    ----------
    spins : array
        (n, *shape) of -1 and +1.
    model : Ising
        Of at most 20 sites.

    Returns
    -------
    numpy.ndarray
        int64 (2^N,), in the order of `spinlib.exact.enumeration.states`, so of its `boltzmann` too.

    Raises
    ------
    ValueError
        For more than 20 sites, configurations of another lattice, and other values.

    Examples
    --------
    >>> from spinlib.evaluation.divergences import counts_of_states
    >>> from spinlib.models import Ising
    >>> counts_of_states([[1, 1], [1, -1], [1, 1]], Ising((2,), boundary="free")).tolist()
    [0, 1, 0, 2]
    """
    n_states = enumeration.n_states(model)
    given = np.asarray(spins)
    if given.shape[1:] != model.shape:
        raise ValueError(f"spins of shape {given.shape}: (n, *{model.shape}) is needed")
    model.check(given)
    digits = (given.reshape(len(given), -1) > 0).astype(np.int64)
    return np.bincount(digits @ (1 << np.arange(model.n_sites, dtype=np.int64)), minlength=n_states)


def counts_of_energies(energies: ArrayLike, levels: ArrayLike) -> np.ndarray:
    """How often every level occurs among energies.

    Parameters
    ----------
    energies : array
        (...), total energies.
    levels : array
        (level,), rising: those that exist, as `spinlib.exact.density_of_states.energy_distribution` gives them.

    Returns
    -------
    numpy.ndarray
        int64 (level,).

    Raises
    ------
    ValueError
        For an energy that is none of the levels, and for levels that do not rise.

    Examples
    --------
    >>> from spinlib.evaluation.divergences import counts_of_energies
    >>> counts_of_energies([-8, 0, 0], [-8, 0, 8]).tolist()
    [1, 2, 0]
    """
    known, given = np.asarray(levels, np.float64), np.asarray(energies, np.float64).ravel()
    if known.ndim != 1 or not len(known) or np.any(np.diff(known) <= 0):
        raise ValueError(f"levels of shape {known.shape}: rising numbers (level,) are needed")
    middles = (known[1:] + known[:-1]) / 2
    found = np.searchsorted(middles, given)
    # Sums of random couplings differ from a level by rounding.
    wrong = given[~(np.abs(known[found] - given) <= 1e-9 * max(1.0, float(np.abs(known).max())))]
    if wrong.size:
        raise ValueError(f"energy {wrong[0]:g} is none of the {len(known)} levels")
    return np.bincount(found, minlength=len(known))


def _probabilities(name: str, values: ArrayLike) -> np.ndarray:
    p = np.asarray(values, np.float64)
    if p.ndim != 1 or not len(p):
        raise ValueError(f"{name} of shape {p.shape}: probabilities (state,) are needed")
    wrong = p[~((p >= 0.0) & (p <= 1.0))]
    if wrong.size:
        raise ValueError(f"{name}: {wrong[0]:g} is among the probabilities, outside [0, 1]")
    if abs(p.sum() - 1.0) > 1e-9:
        raise ValueError(f"{name}: the probabilities add up to {p.sum():.12g}, not 1")
    return p


def _log_ratio(of: np.ndarray, to: np.ndarray, where: np.ndarray) -> np.ndarray:
    """ln(of / to) where asked for, else 0."""
    found = np.zeros_like(of)
    with np.errstate(divide="ignore"):
        found[where] = np.log(of[where]) - np.log(to[where])
    return found


def _floor(q: np.ndarray, n: int) -> float:
    """The mean of sum |n_i / n - q_i| / 2 for binomial counts n_i, by de Moivre's formula for their mean deviation."""
    inside = q[(q > 0.0) & (q < 1.0)]
    k = np.floor(n * inside) + 1
    log_binomial = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    mean_deviation = 2 * k * np.exp(log_binomial + xlogy(k, inside) + xlog1py(n - k + 1, -inside))
    return float(mean_deviation.sum() / (2 * n))
