"""Rates of samplers, measured so that they can be compared.

A rate is attempted single-site updates per nanosecond ("flips/ns", as in paper dp, Table I): the number of sites, times
the number of independent lattices, times sweeps, over wall time. Other work on the machine slows whatever runs at that
moment, so all candidates take turns within one run and only ratios of such rates mean much.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter

import numpy as np
from numpy.typing import ArrayLike, NDArray


def interleaved_rates(
    updates: Mapping[str, tuple[Callable[[], object], float]], repeats: int
) -> dict[str, NDArray[np.float64]]:
    """Rates in flips/ns of several updates that take turns: name -> (repeats,).

    updates: name -> (function, flips), where one call of the function attempts that many updates and returns when they
    are done (on a GPU: after synchronising). Each function is called once before, unmeasured: compilation and caches.
    Raises ValueError for repeats < 1 or a number of flips that is not positive.
    """
    if repeats < 1:
        raise ValueError(f"repeats must be at least 1, got {repeats}")
    for name, (update, flips) in updates.items():
        if not flips > 0:
            raise ValueError(f"the flips of {name!r} must be positive, got {flips}")
        update()
    rates: dict[str, list[float]] = {name: [] for name in updates}
    for _ in range(repeats):
        for name, (update, flips) in updates.items():
            begin = perf_counter()
            update()
            rates[name].append(flips / (perf_counter() - begin) / 1e9)
    return {name: np.array(measured) for name, measured in rates.items()}


def median_and_spread(values: ArrayLike) -> tuple[float, float]:
    """Median, and half the distance between the quartiles, of repeated measurements of one rate or ratio."""
    lower, middle, upper = np.percentile(np.asarray(values, np.float64), [25, 50, 75])
    return float(middle), float((upper - lower) / 2)
