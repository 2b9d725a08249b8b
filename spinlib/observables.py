"""What is measured on configurations, and the fluctuations of a series of measurements.

Energies and magnetisations are per site. Labelled (xarray) spins, as `spinlib.sample` returns them, give labelled
results: whatever the order of their dimensions, the lattice axes are x0, x1, ... Averages over a finite series carry no
error bar here (`spinlib.statistics.jackknife`).
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinlib import labelled
from spinlib.correlations import (
    checked_rows,
    correlation_function,
    second_moment_correlation_length,
    structure_factor,
    structure_factor_min,
    structure_factor_zero,
)
from spinlib.fluctuations import (
    binder_cumulant,
    finite,
    heat_capacity,
    helicity_modulus,
    number_of_sites,
    susceptibility,
)
from spinlib.models import XY, Ising, configuration
from spinlib.models.lattice_model import LatticeModel
from spinlib.planar_spins import twist_response, vorticity

Array = NDArray[np.float64]

__all__ = [
    "binder_cumulant",
    "correlation_function",
    "energy",
    "hamming_distance",
    "heat_capacity",
    "helicity_modulus",
    "magnetization",
    "overlap",
    "overlap_distribution",
    "second_moment_correlation_length",
    "structure_factor",
    "structure_factor_min",
    "structure_factor_zero",
    "susceptibility",
    "twist_response",
    "vorticity",
]


def energy(model: LatticeModel, spins: Any) -> Any:
    """Energy per site, e = H / N, of each configuration (..., *shape); numpy or torch; checks as `model.energy`."""

    def per_site(array: Any) -> Any:
        return model.energy(array) / model.n_sites

    return labelled.of_configurations(per_site, len(model.shape), spins, name="energy")


def magnetization(model: LatticeModel, spins: Any) -> Any:
    """Magnetisation per site m of each configuration (..., *shape), float64 of the leading axes; numpy or torch.

    Ising: the mean spin, from -1 to 1. Potts: the order parameter (q x - 1) / (q - 1), where x is the share of the
    most frequent state, from 0 to 1 (Wu, Rev. Mod. Phys. 54, 235 (1982)). XY and PlanarPotts: the length of the mean
    unit vector, from 0 to 1. LongRangeIsing: as Ising. Raises as `model.check`.
    """

    return labelled.of_configurations(model.order_parameter, len(model.shape), spins, name="magnetization")


def overlap(model: Ising | XY, first: Any, second: Any) -> Any:
    """Overlap of pairs of configurations (..., *shape), float64 (...): of replicas with the same couplings.

    Ising: q = sum_i s_i t_i / N, from -1 to 1 (G. Parisi, Phys. Rev. Lett. 50, 1946 (1983)). XY: the mean cosine of
    a_i - b_i. Raises as `model.check`, ValueError for two different shapes and TypeError for other models.
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
    """P(q) from overlaps of Ising configurations of n_sites: q = -1, -1 + 2 / N, ..., 1 and P there, float64 (N + 1,).

    P is a density: its sum times 2 / N is 1. All of `overlaps` are pooled, whatever their axes or labels: those of
    several replicas give the average over them. ValueError: no overlap, or one that N Ising spins cannot have.
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

    spins: (n, ...), n >= 2 configurations of any discrete values. 0: all are equal; independent Ising spins give 1/2
    on average, Potts spins (q - 1) / q. Of labelled spins, those along "chain" and "draw" are the configurations, x0,
    x1, ... their sites, and any other dimension stays. ValueError: fewer than 2 configurations, or no site.
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
    # Of the n^2 ordered pairs those in one state agree at a site; what is left differs there.
    values = np.unique(array)
    agreeing = sum(np.sum(np.count_nonzero(array == value, axis=0).astype(np.float64) ** 2) for value in values)
    n_sites = array[0].size
    return float((n_sites * n**2 - agreeing) / (n_sites * n * (n - 1)))
