"""What the energy of an equilibrium configuration says about its temperature: the best that any classifier can do.

At temperature T a configuration has the probability exp(-E / T) / Z(T), which depends on the configuration by E alone.
So with a prior p(T) the posterior of T given the configuration is that given its energy,

    p(T | E) = p(T) exp(-E / T) / Z(T) / (the same, integrated over T),

and no classifier of configurations in equilibrium is right more often than the one that names the bin of the largest
posterior. Configurations out of equilibrium tell more than their energy, and are not bounded by it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinlib.arguments import at_least

__all__ = ["bin_posterior"]

Array = NDArray[np.float64]


def bin_posterior(
    energies: ArrayLike,
    edges: ArrayLike,
    log_partition: Callable[[Array], Any],
    priors: ArrayLike | None = None,
    *,
    lowest: float = 0.3,
    n_nodes: int = 64,
) -> Array:
    """Probabilities of bins of the temperature, given the energies of configurations.

    Parameters
    ----------
    energies : array_like
        Of whole configurations, in J, of any shape.
    edges : array_like
        (n_bins + 1,), rising temperatures in J / k_B, the first at least 0. Within a bin all are equally probable.
    log_partition : callable
        ln Z of temperatures (n,), as `spinlib.exact.kaufman.log_partition` with a shape gives it.
    priors : array_like, optional
        Of the bins, (n_bins,); all alike unless given.
    lowest : float
        Below it only the ground state counts (the next one of a square lattice has exp(-8 / T) of its weight for every
        site): ln Z is continued as a line in 1 / T, whose slope is taken there.
    n_nodes : int
        Of the Gauss-Legendre quadrature in each bin.

    Returns
    -------
    ndarray
        (*shape of energies, n_bins), adding up to 1.

    Raises
    ------
    ValueError
        For edges that do not rise from 0 on, priors that are no probabilities, energies that are not finite, and a
        `lowest` that is not positive.

    References
    ----------
    E. T. Jaynes, Probability Theory (Cambridge University Press, 2003), Sec. 4.

    Examples
    --------
    >>> from functools import partial
    >>> from spinlib.exact import kaufman
    >>> from spinlib.exact.bayes import bin_posterior
    >>> log_z = partial(kaufman.log_partition, shape=(16, 16))
    >>> bin_posterior([-500.0, -350.0, -150.0], [1.0, 2.0, 2.5, 4.0], log_z).argmax(axis=1).tolist()
    [0, 1, 2]
    """
    given, at = np.asarray(energies, np.float64), np.asarray(edges, np.float64)
    if not np.isfinite(given).all():
        raise ValueError(f"energies: {given[~np.isfinite(given)][0]} is among them, finite numbers are needed")
    if at.ndim != 1 or len(at) < 2 or not np.isfinite(at).all() or at[0] < 0.0 or (np.diff(at) <= 0).any():
        raise ValueError(f"edges {at.tolist()}: at least two rising temperatures from 0 on are needed")
    n_bins = len(at) - 1
    weights = np.full(n_bins, 1.0 / n_bins) if priors is None else np.asarray(priors, np.float64)
    if weights.shape != (n_bins,) or (weights < 0).any() or abs(weights.sum() - 1.0) > 1e-9:
        raise ValueError(f"priors {weights.tolist()}: {n_bins} numbers from 0 on that add up to 1 are needed")
    if not lowest > 0.0:
        raise ValueError(f"lowest {lowest}: has to be positive")
    points, shares = np.polynomial.legendre.leggauss(at_least(1, "n_nodes", n_nodes))
    nodes = at[:-1, None] + 0.5 * np.diff(at)[:, None] * (points + 1.0)  # (bin, node)
    log_z = _continued(log_partition, nodes.ravel(), lowest).reshape(nodes.shape)
    exponents = -given[..., None, None] / nodes - log_z
    largest = exponents.max(axis=(-2, -1), keepdims=True)
    mass = weights * (np.exp(exponents - largest) @ (0.5 * shares))
    return mass / mass.sum(axis=-1, keepdims=True)


def _continued(log_partition: Callable[[Array], Any], T: Array, lowest: float) -> Array:
    """ln Z of all temperatures; below the lowest, the line in 1 / T through it and 1.01 times it."""
    found = np.empty(len(T))
    high = lowest <= T
    if high.any():
        found[high] = log_partition(T[high])
    if not high.all():
        ends = np.array([lowest, 1.01 * lowest])
        values = np.asarray(log_partition(ends), np.float64)
        slope = (values[0] - values[1]) / (1.0 / ends[0] - 1.0 / ends[1])
        found[~high] = values[0] + slope * (1.0 / T[~high] - 1.0 / lowest)
    return found
