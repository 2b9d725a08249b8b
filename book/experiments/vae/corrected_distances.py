"""How far chains and networks of the corrected sampling are from exact values, with errors over trainings."""

from __future__ import annotations

from typing import Any

import numpy as np

from spinlib.statistics import Estimate, mean_of_few

__all__ = ["exponent", "farthest", "largest", "one_sided_distance", "smallest"]


def largest(values: Any) -> Estimate:
    """Of (temperature, training): the mean over trainings where it is largest."""
    return max((mean_of_few(row) for row in np.asarray(values, np.float64)), key=lambda one: one.value)


def smallest(values: Any) -> Estimate:
    """Of (temperature, training): the mean over trainings where it is smallest."""
    return min((mean_of_few(row) for row in np.asarray(values, np.float64)), key=lambda one: one.value)


def one_sided_distance(values: Any, exact: Any) -> Estimate:
    """Mean distance of values (temperature, training) from exact ones (temperature,), in their unit.

    At every temperature the other trainings say on which side of the exact value it is. So chance alone makes no
    distance: without a bias the mean is zero.
    """
    off = np.asarray(values, np.float64) - np.asarray(exact, np.float64)[:, None]
    others = off.sum(axis=1, keepdims=True) - off
    return mean_of_few((np.sign(others) * off).mean(axis=0))


def farthest(values: Any, exact: Any) -> tuple[float, float, int]:
    """The largest distance of the means of (temperature, training) from exact ones, in its standard errors.

    With its error, 1 by definition, and at which temperature.
    """
    estimates = [mean_of_few(row) for row in np.asarray(values, np.float64)]
    distances = [abs(one.value - its) / one.error for one, its in zip(estimates, np.asarray(exact), strict=True)]
    at = int(np.argmax(distances))
    return float(distances[at]), 1.0, at


def exponent(sites: Any, values: Any) -> Estimate:
    """Of a power law of values (size, training) in the number of sites (size,), by straight lines of logarithms."""
    slopes = np.polyfit(np.log(sites), np.log(np.asarray(values, np.float64)), 1)[0]
    return mean_of_few(slopes)
