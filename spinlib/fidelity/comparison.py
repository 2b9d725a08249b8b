"""Tests of configurations against a reference: scalars, distributions, and the diversity of a set.

Scalars are compared by z, their distance over the error, which is the larger of the one that the configurations show
and the one that as many independent exact draws would have. So a sampler that hardly varies cannot hide behind its
small spread, nor one with wild outliers behind the exact one. Tails are those of a gamma distribution of the right
skewness, which matters where few excitations decide, as for the heat capacity at low temperature.

Distributions are compared by chi-square of counts in at most 40 classes of about equal probability.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc, chdtrc, gammainc, gammaincc, ndtr

from spinlib.evaluation import divergences
from spinlib.fidelity.exact_answers import Law
from spinlib.fidelity.reference import Diversity, Value
from spinlib.observables import hamming_distance
from spinlib.statistics import Estimate, chi_square_of_counts

__all__ = ["Counted", "Distance", "compare_counts", "compare_diversity", "compare_value", "two_sided"]

Array = NDArray[np.float64]

MOST_CLASSES = 40
LEAST_EXPECTED = 5.0  # configurations in a class
FEWEST_COUNTED = 50  # nearly independent draws for a distribution


class Distance(NamedTuple):
    """z and its p-value; NaN with a reason where there is none."""

    z: float
    p: float
    reason: str


class Counted(NamedTuple):
    """A distribution of n draws against a law, both in classes: their upper edges, shares, and distances in nats."""

    edges: Array
    shares: Array
    expected: Array
    kl: float
    kl_error: float
    total_variation: float
    total_variation_floor: float
    n: int
    chi2: float
    dof: int
    p: float
    reason: str
    source: str


def two_sided(z: float, skew: float = 0.0) -> float:
    """Two-sided p-value of a standardised number with some skewness, by the gamma distribution that has it."""
    if abs(skew) < 1e-3:
        return float(2 * ndtr(-abs(z)))
    shape, x = 4 / skew**2, z * np.sign(skew)
    point = shape + x * np.sqrt(shape)
    if point <= 0:  # beyond the end of the gamma distribution there is still the normal one
        return float(2 * ndtr(-abs(z)))
    return float(min(1.0, 2 * min(gammainc(shape, point), gammaincc(shape, point))))


def compare_value(found: Estimate, reference: Value, n_draws: int) -> Distance:
    """The distance of an estimate from n_draws configurations from its reference value."""
    if not np.isfinite(reference.value) or not np.isfinite(reference.error):
        return Distance(np.nan, np.nan, f"no reference value with a valid error ({reference.source})")
    if not np.isfinite(found.value):
        return Distance(np.nan, np.nan, found.reason)
    if found.valid:
        n, own = found.n_effective, found.error
    elif np.isnan(found.tau_int):  # nothing varies; they count as independent draws
        n, own = float(n_draws), 0.0
    else:
        return Distance(np.nan, np.nan, found.reason)
    expected = reference.spread / np.sqrt(n)
    error = float(np.hypot(max(own, expected), reference.error))
    if error == 0:
        same = abs(found.value - reference.value) <= 1e-9 * max(1.0, abs(reference.value))
        return Distance(0.0, 1.0, "") if same else Distance(np.inf, 0.0, "")
    z = (found.value - reference.value) / error
    return Distance(z, two_sided(z, reference.skew / np.sqrt(n)), "")


def classes(law: Law, n: int) -> tuple[Array, Array]:
    """Upper edges, the last of them infinite, and probabilities of classes of neighbouring levels."""
    least = 1 / max(2, min(MOST_CLASSES, n // 20, law.n // 20 if law.n else MOST_CLASSES))
    ends, sums, total = [], [], 0.0
    for k, p in enumerate(law.probabilities):
        total += p
        if total >= least:
            ends.append(k)
            sums.append(total)
            total = 0.0
    sums[-1] += total
    ends[-1] = len(law.levels) - 1
    if len(ends) == 1 and len(law.levels) > 1:  # nearly all is one level
        first = min(int(np.argmax(law.probabilities)), len(law.levels) - 2)
        ends, sums = [first, len(law.levels) - 1], [float(law.probabilities[: first + 1].sum())]
        sums.append(float(law.probabilities[first + 1 :].sum()))
    between = [(law.levels[k] + law.levels[k + 1]) / 2 for k in ends[:-1]]
    p = np.array(sums)
    return np.array([*between, np.inf]), p / p.sum()


def compare_counts(values: Array, law: Law) -> Counted:
    """The distribution of nearly independent values (n,) against a law."""
    n = values.size
    edges, expected = classes(law, n)
    counts = np.bincount(np.searchsorted(edges, values), minlength=len(edges))
    apart = divergences.of_counts(counts, expected)
    chi2, dof, p, reason = np.nan, 0, np.nan, ""
    if n < FEWEST_COUNTED:
        reason = _too_few(n)
    elif len(expected) == 1:
        reason = "the law has one level"
    elif n * expected.min() < LEAST_EXPECTED:
        # Nearly all is one class: the number of the others is binomial.
        main = int(np.argmax(expected))
        others, chance = n - int(counts[main]), 1 - float(expected[main])
        below = float(bdtr(others, n, chance))
        above = float(bdtrc(others - 1, n, chance)) if others else 1.0
        p, dof = min(1.0, 2 * min(below, above)), 1
        chi2 = (others - n * chance) ** 2 / (n * chance * (1 - chance))
    elif law.n:
        # Two samples: the classes hold at least 20 draws of the reference.
        ours, theirs, root = counts.astype(np.float64), expected * law.n, np.sqrt(law.n / n)
        chi2, dof = float(((root * ours - theirs / root) ** 2 / (ours + theirs)).sum()), len(expected) - 1
        p = float(chdtrc(dof, chi2))
    else:
        chi2, dof, p = chi_square_of_counts(counts, expected)
    return Counted(
        edges, counts / n, expected, apart.model_to_exact, apart.model_to_exact_error, apart.total_variation,
        apart.total_variation_floor, n, chi2, dof, p, reason, law.source,
    )  # fmt: skip


def compare_diversity(spins: np.ndarray, reference: Diversity) -> tuple[float, float, float, float, Distance]:
    """Mean pairwise Hamming distance of nearly independent configurations (n, *shape) against the reference's.

    Returns the distance and its error, which is that of as many exact configurations, the reference's distance and
    error, and z with p.
    """
    n, n_sites = len(spins), spins[0].size
    if n < FEWEST_COUNTED:
        value = hamming_distance(spins) if n > 1 else np.nan
        return value, np.nan, reference.distance, 0.0, Distance(np.nan, np.nan, _too_few(n))
    value = hamming_distance(spins)
    sigma, skew = reference.spread(n, n_sites)
    reference_error = 0.0 if reference.zero else reference.spread(reference.n, n_sites)[0] / 2
    total = float(np.hypot(sigma / 2, reference_error))
    if total == 0:
        apart = Distance(np.nan, np.nan, "the reference does not vary")
    else:
        z = (value - reference.distance) / total
        apart = Distance(z, two_sided(-z, skew), "")  # a large overlap is a small distance
    return value, sigma / 2, reference.distance, reference_error, apart


def _too_few(n: int) -> str:
    return f"only {n} nearly independent configurations, at least {FEWEST_COUNTED} are needed"
