"""Overlaps and distances of pairs of configurations."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinlib.models import XY, Ising, configuration
from spinlib.observables.correlations import checked_rows
from spinlib.observables.fluctuations import finite, number_of_sites
from spinlib.statistics import labelled

Array = NDArray[np.float64]


def overlap(model: Ising | XY, first: Any, second: Any) -> Any:
    """Overlap of pairs of configurations of replicas, which share their couplings.

    Ising: q = sum_i s_i t_i / N, from -1 to 1. XY: the mean cosine of a_i - b_i.

    Parameters
    ----------
    model : Ising or XY
        The model of both replicas.
    first, second : array_like or xarray.DataArray, shape (..., *shape)
        Configurations of the two replicas, of one shape.

    Returns
    -------
    ndarray or xarray.DataArray, float64 (...)
        One overlap per pair.

    Raises
    ------
    TypeError
        Another model.
    ValueError
        Two shapes, or as `model.check`.

    References
    ----------
    G. Parisi, Phys. Rev. Lett. 50, 1946 (1983).

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Ising
    >>> from spinlib.observables import overlap
    >>> float(overlap(Ising((2, 2)), np.array([[1, 1], [1, -1]]), np.array([[1, 1], [1, 1]])))
    0.5
    """
    if not isinstance(model, Ising | XY):
        raise TypeError(f"{type(model).__name__}: overlaps are defined here for Ising and XY")

    def overlaps(left: np.ndarray, right: np.ndarray) -> Array:
        pairs = zip(model.components(left), model.components(right), strict=True)
        return np.sum([a * b for a, b in pairs], axis=0).mean(axis=1)

    def all_overlaps(one: Any, other: Any) -> Array:
        (rows, leading), (others, other_leading) = checked_rows(model, one), checked_rows(model, other)
        if leading != other_leading:
            raise ValueError(f"configurations of shape {np.shape(one)} and {np.shape(other)}: they have to be equal")
        pairs = zip(configuration.blocks(rows), configuration.blocks(others), strict=True)
        return configuration.stack((overlaps(left, right) for left, right in pairs), leading, rows)

    return labelled.of_configurations(all_overlaps, len(model.shape), first, second, name="overlap")


def overlap_distribution(overlaps: ArrayLike, n_sites: int) -> tuple[Array, Array]:
    """P(q) from overlaps of Ising configurations.

    All overlaps are pooled, whatever their axes or labels: those of several replicas give the average over them.

    Parameters
    ----------
    overlaps : array_like
        Overlaps of configurations of n_sites spins, of any shape.
    n_sites : int
        Number of sites N.

    Returns
    -------
    q : ndarray, float64 (N + 1,)
        -1, -1 + 2 / N, ..., 1.
    density : ndarray, float64 (N + 1,)
        P there; its sum times 2 / N is 1.

    Raises
    ------
    ValueError
        No overlap, or one that N Ising spins cannot have.

    Examples
    --------
    >>> from spinlib.observables import overlap_distribution
    >>> q, density = overlap_distribution([-1.0, 0.0, 0.0, 1.0], n_sites=2)
    >>> q.tolist(), density.tolist()
    ([-1.0, 0.0, 1.0], [0.25, 0.5, 0.25])
    """
    n, values = number_of_sites(n_sites), finite("overlaps", overlaps)
    steps = (values.ravel() + 1) * n / 2
    number = np.rint(steps)
    wrong = (np.abs(steps - number) > 1e-6) | (number < 0) | (number > n)
    if wrong.any():
        raise ValueError(f"overlap {2 * steps[wrong][0] / n - 1}: {n} Ising spins have -1, -1 + 2 / {n}, ..., 1")
    counts = np.bincount(number.astype(np.int64), minlength=n + 1)
    return np.linspace(-1.0, 1.0, n + 1), counts / (steps.size * 2 / n)


def hamming_distance(spins: Any) -> Any:
    """Mean fraction of sites in which two configurations differ, over all pairs of different configurations.

    It is 0 where all are equal. Independent Ising spins give 1/2 on average, independent Potts spins (q - 1) / q.

    Parameters
    ----------
    spins : array_like or xarray.DataArray, shape (n, ...)
        At least 2 configurations of any discrete values. Of labelled spins, those along "chain" and "draw" are the
        configurations, x0, x1, ... their sites, and any other dimension remains.

    Returns
    -------
    float or xarray.DataArray
        The mean fraction.

    Raises
    ------
    ValueError
        Fewer than 2 configurations, or no site.

    Examples
    --------
    >>> from spinlib.observables import hamming_distance
    >>> hamming_distance([[1, 1, -1, -1], [1, 1, -1, 1], [1, 1, -1, -1]])
    0.16666666666666666
    """
    if labelled.is_labelled(spins):
        sites = [dim for dim in spins.dims if re.fullmatch(r"x\d+", str(dim))]
        several = [dim for dim in (labelled.CHAIN, labelled.DRAW) if dim in spins.dims]
        if not several or not sites:
            raise ValueError(f"spins of dimensions {spins.dims}: needed are 'chain' or 'draw', and x0, x1, ...")
        ordered = spins.transpose(..., *several, *sites)
        n_others = ordered.ndim - len(several) - len(sites)
        template = labelled.without(ordered, range(n_others, ordered.ndim))
        rows = ordered.values.reshape(*template.shape, -1, math.prod(ordered.shape[ordered.ndim - len(sites) :]))
        distances = [hamming_distance(rows[index]) for index in np.ndindex(template.shape)]
        return labelled.like(template, distances, "hamming_distance")
    array = np.asarray(spins)
    if array.ndim < 2 or array.size == 0 or len(array) < 2:
        raise ValueError(
            f"spins of shape {array.shape}: needs at least 2 configurations of at least one site, (n, ...)"
        )
    n = len(array)
    # At a site, the ordered pairs of configurations in one state agree; the rest of the n^2 pairs differ.
    values = np.unique(array)
    agreeing = sum(np.sum(np.count_nonzero(array == value, axis=0).astype(np.float64) ** 2) for value in values)
    n_sites = array[0].size
    return float((n_sites * n**2 - agreeing) / (n_sites * n * (n - 1)))
