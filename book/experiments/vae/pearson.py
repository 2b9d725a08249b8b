"""Pearson's test of the counts of several networks, trained at several temperatures, against exact laws."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from spinlib.statistics import chi_square_of_counts


def summed(counts: np.ndarray, laws: Iterable[np.ndarray]) -> tuple[float, int]:
    """Chi-square and degrees of freedom of counts (temperature, seed, class), all together.

    laws: the exact probabilities (class,) at each temperature.
    """
    tests = [chi_square_of_counts(one, law)[:2] for law, of_seeds in zip(laws, counts, strict=True) for one in of_seeds]
    return sum(chi2 for chi2, _ in tests), sum(dof for _, dof in tests)
