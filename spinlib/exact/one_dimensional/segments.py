"""Transfer matrices with the weight of a chain's states, and the mean and variance of a sum along the chain.

An entry (a, b) stands for all segments of a chain that begin with spin a and end with spin b: the logarithm of their
summed weights, and mean and variance of a sum over their sites and bonds. Joining two segments adds logarithms, means
and variances; summing over a spin mixes distributions. So nothing overflows and nothing cancels, at any temperature.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Segments(NamedTuple):
    """Arrays (..., a, b)."""

    log_weight: Array
    mean: Array
    variance: Array


def chain(link: Segments, n: int) -> Segments:
    """n equal links in a row, by repeated squaring."""
    if n == 1:
        return link
    half = chain(link, n // 2)
    double = join(half, half)
    return join(double, link) if n % 2 else double


def join(left: Segments, right: Segments) -> Segments:
    """Join every left segment with every right segment that begins where it ends."""
    parts = (a[..., :, :, None] + b[..., None, :, :] for a, b in zip(left, right, strict=True))
    return _mixed(Segments(*parts), axis=-2)


def close(segments: Segments) -> Segments:
    """Rings: the distribution (...,) over segments that end with the spin with which they begin."""
    return _mixed(Segments(*(np.diagonal(part, axis1=-2, axis2=-1) for part in segments)), axis=-1)


def sum_ends(segments: Segments) -> Segments:
    """Free chains: the distribution (...,) over all segments."""
    return _mixed(Segments(*(part.reshape(*part.shape[:-2], -1) for part in segments)), axis=-1)


def _mixed(segments: Segments, axis: int) -> Segments:
    """The mixture of all distributions along an axis."""
    log_weight, mean, variance = segments
    likeliest = log_weight.argmax(axis=axis, keepdims=True)
    largest, reference = (np.take_along_axis(part, likeliest, axis) for part in (log_weight, mean))
    weight = np.exp(log_weight - largest)
    total = weight.sum(axis=axis, keepdims=True)
    weight /= total
    # Differences, so that equal means give exactly zero variance
    center = reference + (weight * (mean - reference)).sum(axis=axis, keepdims=True)
    spread = (weight * (variance + (mean - center) ** 2)).sum(axis=axis)
    return Segments(np.squeeze(largest + np.log(total), axis), np.squeeze(center, axis), spread)
