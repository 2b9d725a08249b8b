"""Exponents of correlations by a straight line on logarithmic axes, as in paper fid, and the exact correlation length.

The line is fitted without weights to G(r) at r = first .. last of each data set: what a plot shows and what the paper
seems to have done. It is no test of a power law.
"""

from __future__ import annotations

import numpy as np

__all__ = ["correlation_length", "exponents"]


def exponents(g: np.ndarray, first: int, last: int) -> np.ndarray:
    """eta of G(r) = A r^-eta for each row (..., r), r = 1, 2, ...; NaN where G is not positive on first .. last."""
    r = np.arange(first, last + 1)
    wanted = np.asarray(g, np.float64)[..., first - 1 : last]
    if wanted.shape[-1] != len(r) or len(r) < 2:
        raise ValueError(f"r = {first} to {last}: G has the distances 1 to {np.shape(g)[-1]}, and two are needed")
    positive = np.asarray((wanted > 0).all(axis=-1))
    logs = np.log(np.where(positive[..., None], wanted, 1.0))
    x = np.log(r) - np.log(r).mean()
    return np.where(positive, -(logs @ x) / (x @ x), np.nan)


def correlation_length(temperature: float) -> float:
    """xi of the infinite square lattice above its critical temperature, along an axis (McCoy and Wu, 1973)."""
    K = 1 / temperature
    inverse = -np.log(np.tanh(K)) - 2 * K
    if inverse <= 0:
        raise ValueError(f"T {temperature}: allowed are temperatures above the critical one, 2.2692")
    return float(1 / inverse)
