"""Tests of measurements against expectations: chi-square, and Holm's correction for several tests."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from spinlib.statistics import labelled


def chi_square(observed: Any, errors: Any, expected: Any) -> tuple[float, int, float]:
    """Chi-square of independent measurements against expected values.

    Nothing is fitted: there is one degree of freedom per point.

    Parameters
    ----------
    observed, errors, expected : array_like or xarray.DataArray
        Measurements, their standard errors and the expected values, in one unit. All have one shape or are numbers;
        labelled ones are matched by their labels.

    Returns
    -------
    chi2 : float
        Sum of the squared deviations in units of their errors.
    dof : int
        Degrees of freedom.
    p : float
        Probability of a larger chi-square.

    Raises
    ------
    ValueError
        Shapes or labels that differ, a value that is not finite, or an error that is not positive. The NaN of an
        invalid estimate is among these.

    Examples
    --------
    >>> from spinlib.statistics import chi_square
    >>> chi2, dof, p = chi_square(observed=[1.1, 1.8], errors=[0.1, 0.1], expected=[1.0, 2.0])
    >>> round(chi2, 6), dof, round(p, 3)
    (5.0, 2, 0.082)
    """
    given = [observed, errors, expected]
    places = [i for i, one in enumerate(given) if labelled.is_labelled(one) and one.ndim]
    if places:
        for i, one in zip(places, labelled.aligned(*(given[i] for i in places)), strict=True):
            given[i] = one.values
    arrays = [np.asarray(a, np.float64) for a in given]
    if len({a.shape for a in arrays if a.ndim}) > 1:
        raise ValueError(f"observed, errors and expected of shapes {[a.shape for a in arrays]}: they have to be equal")
    points = np.broadcast_arrays(*arrays)
    measured, sigma, target = points
    if measured.size == 0:
        raise ValueError("chi_square needs at least one point")
    for name, array in (("observed", measured), ("errors", sigma), ("expected", target)):
        if not np.isfinite(array).all():
            raise ValueError(f"{name} {array[~np.isfinite(array)][0]}: allowed are finite numbers")
    if (sigma <= 0).any():
        raise ValueError(f"errors {sigma[sigma <= 0][0]}: allowed are positive numbers")
    chi2 = float((((measured - target) / sigma) ** 2).sum())
    return chi2, measured.size, float(chdtrc(measured.size, chi2))


def chi_square_of_counts(counts: ArrayLike, probabilities: ArrayLike, least: float = 5.0) -> tuple[float, int, float]:
    """Pearson's chi-square of counts of independent events against the probabilities of their classes.

    Classes of which fewer than `least` events are expected count as one; if even that expects fewer, it joins the
    rarest of the others.

    Parameters
    ----------
    counts : array_like of int
        (class,): how many events of each.
    probabilities : array_like
        (class,): of each, adding up to 1.
    least : float
        Expected events from which on a class stands alone.

    Returns
    -------
    chi2 : float
        Sum of (counts - expected)^2 / expected.
    dof : int
        Classes less one.
    p : float
        Probability of a larger chi-square.

    Raises
    ------
    ValueError
        Other shapes, counts that are negative or none at all, probabilities that are no law, and fewer than two classes
        of enough events.

    References
    ----------
    K. Pearson, Philos. Mag. 50, 157 (1900).

    Examples
    --------
    >>> from spinlib.statistics import chi_square_of_counts
    >>> chi2, dof, p = chi_square_of_counts([60, 40, 0], [0.5, 0.49, 0.01])
    >>> round(chi2, 6), dof, round(p, 3)
    (4.0, 1, 0.046)
    """
    seen, law = np.asarray(counts, np.float64), np.asarray(probabilities, np.float64)
    if seen.ndim != 1 or seen.shape != law.shape:
        raise ValueError(f"counts {seen.shape} and probabilities {law.shape}: one number for each class is needed")
    if not (seen >= 0).all() or not 0 < seen.sum() < np.inf:
        raise ValueError("counts: none may be negative, and at least one event is needed")
    if not (law >= 0).all() or abs(law.sum() - 1.0) > 1e-9:
        raise ValueError("probabilities: allowed are numbers from 0 that add up to 1")
    order = np.argsort(-law, kind="stable")
    seen, expected = seen[order], law[order] * seen.sum()
    # The last class holds all that are rare; it takes in the next one until it is large enough itself.
    alone = int((expected >= least).sum())
    while alone and alone < len(expected) and expected[alone:].sum() < least:
        alone -= 1
    if alone + (alone < len(expected)) < 2:
        raise ValueError(f"counts: two classes of {least:g} expected events are needed")
    ends = [*range(alone), alone] if alone < len(expected) else list(range(alone))
    seen, expected = np.add.reduceat(seen, ends), np.add.reduceat(expected, ends)
    chi2 = float(((seen - expected) ** 2 / expected).sum())
    return chi2, len(seen) - 1, float(chdtrc(len(seen) - 1, chi2))


def holm(p_values: ArrayLike, level: float = 0.001) -> NDArray[np.bool_]:
    """The hypotheses of a family that are rejected at a family-wise level.

    Parameters
    ----------
    p_values : array_like
        p-values in [0, 1], of any shape.
    level : float
        Chance to reject any hypothesis of the family that is true, in (0, 1).

    Returns
    -------
    ndarray of bool, shape of `p_values`
        True where the hypothesis is rejected.

    Raises
    ------
    ValueError
        A p-value outside [0, 1] or NaN, or a level outside (0, 1).

    References
    ----------
    S. Holm, Scand. J. Stat. 6, 65 (1979).

    Examples
    --------
    >>> from spinlib.statistics import holm
    >>> holm([0.01, 0.04, 0.6], level=0.05).tolist()
    [True, False, False]
    """
    p = np.asarray(p_values, np.float64)
    outside = ~((p >= 0) & (p <= 1))
    if outside.any():
        raise ValueError(f"p_values {p[outside][0]}: allowed are numbers in [0, 1]")
    if not 0 < level < 1:
        raise ValueError(f"level {level}: allowed are numbers between 0 and 1")
    order = np.argsort(p, axis=None)
    passes = p.ravel()[order] <= level / np.arange(p.size, 0, -1)
    rejected = np.zeros(p.size, bool)
    rejected[order] = np.logical_and.accumulate(passes)  # one accepted hypothesis keeps all with larger p
    return rejected.reshape(p.shape)
