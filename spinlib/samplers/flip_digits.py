"""Flip probabilities of the packed kernel in binary: a few digits as bits of words, the rest as integers."""

from __future__ import annotations

import numpy as np

from spinlib.samplers.multispin_kernel import PLANES

DYNAMICS = ("metropolis", "heat_bath")


def flip_probabilities(couplings: np.ndarray, dynamics: str) -> np.ndarray:
    """p of a flip at n = 0 (row 0) and n = 1 (row 1) unlike neighbours of four, float64 (2, *couplings.shape).

    couplings: |J| / T. The flip costs dE = 8 J - 4 n J. Metropolis: exp(-dE / T), and 1 for n > 1. Heat bath:
    1 / (1 + exp(dE / T)), 1/2 for n = 2, and 1 - p(4 - n) for n > 2.
    """
    boltzmann = np.exp(np.stack([-8.0 * couplings, -4.0 * couplings]))
    return boltzmann if dynamics == "metropolis" else boltzmann / (1.0 + boltzmann)


def binary_digits(probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Digits uint64 (2, PLANES) and tails uint64 (2, 64) as `multispin_kernel.Block` takes them.

    probabilities: (2, 64), for each bit, or (2, 1), for all. p = 2^-PLANES (whole + tail / 2^64).
    """
    scaled = np.broadcast_to(probabilities, (2, 64)) * 2.0**PLANES
    # p = 1 has no digits before the point: it becomes 0.111...
    whole = np.minimum(np.floor(scaled), 2.0**PLANES - 1)
    tails = np.minimum((scaled - whole) * 2.0**64, np.nextafter(2.0**64, 0.0)).astype(np.uint64)
    places = np.arange(PLANES - 1, -1, -1, dtype=np.uint64)
    bits = (whole.astype(np.uint64)[:, None, :] >> places[:, None]) & np.uint64(1)
    return np.bitwise_or.reduce(bits << np.arange(64, dtype=np.uint64), axis=2), tails
