"""Rates of samplers, measured so that they can be compared.

A rate is the number of attempted single-site updates per nanosecond ("flips/ns", as in paper dp, Table I): the number
of sites, times the number of independent lattices, times sweeps, over wall time. Other work on the machine slows
whatever runs at that moment. So all candidates take turns within one run, and only ratios of such rates are meaningful.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["interleaved_rates", "median_and_spread"]


def interleaved_rates(
    updates: Mapping[str, tuple[Callable[[], object], float]], repeats: int
) -> dict[str, NDArray[np.float64]]:
    """Rates of several updates that take turns.

    Each function is called once before, unmeasured, so that compilation and caches do not count.

    Parameters
    ----------
    updates : mapping of str to (callable, float)
        By name a function, and the number of flips that one call attempts. The call returns when they are done, on a
        GPU after synchronising.
    repeats : int
        Measured calls of each function, at least 1.

    Returns
    -------
    dict of str to ndarray, float64 (repeats,)
        Rates in flips/ns by name.

    Raises
    ------
    ValueError
        repeats < 1, or a number of flips that is not positive.

    Examples
    --------
    >>> from spinlib.timing import interleaved_rates
    >>> rates = interleaved_rates({"sum": (lambda: sum(range(1000)), 1000)}, repeats=3)
    >>> rates["sum"].shape, bool((rates["sum"] > 0).all())
    ((3,), True)
    """
    if repeats < 1:
        raise ValueError(f"repeats {repeats}: allowed are integers of at least 1")
    for name, (update, flips) in updates.items():
        if not flips > 0:
            raise ValueError(f"flips {flips} of {name!r}: allowed are positive numbers")
        update()
    rates: dict[str, list[float]] = {name: [] for name in updates}
    for _ in range(repeats):
        for name, (update, flips) in updates.items():
            begin = perf_counter()
            update()
            rates[name].append(flips / (perf_counter() - begin) / 1e9)
    return {name: np.array(measured) for name, measured in rates.items()}


def median_and_spread(values: ArrayLike) -> tuple[float, float]:
    """Median, and half the distance between the quartiles, of repeated measurements of one rate or ratio.

    Parameters
    ----------
    values : array_like, shape (repeat,)
        Measurements in any unit.

    Returns
    -------
    median, spread : float
        In the unit of the values.

    Examples
    --------
    >>> from spinlib.timing import median_and_spread
    >>> median_and_spread([1.0, 2.0, 3.0, 4.0, 100.0])
    (3.0, 1.0)
    """
    lower, middle, upper = np.percentile(np.asarray(values, np.float64), [25, 50, 75])
    return float(middle), float((upper - lower) / 2)
