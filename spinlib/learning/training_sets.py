"""Configurations to train on, where drawing every spin by a fair coin shows too little of what is to be learned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def random_spins(shape: Sequence[int], n: int, seed: int) -> np.ndarray:
    """`n` configurations of independent fair coins, int8 (n, *shape) of -1 and +1 (paper dnn, Sec. III)."""
    return np.random.default_rng(seed).choice(np.array([-1, 1], np.int8), (n, *shape))


def uniform_magnetization(shape: Sequence[int], n: int, seed: int) -> np.ndarray:
    """`n` configurations, int8 (n, *shape), each of independent coins whose share of +1 is uniform between 0 and 1.

    Our choice for the magnetisation, of which the paper says nothing: its values are spread over all of -1 to 1.
    """
    rng = np.random.default_rng(seed)
    up = rng.random((n, *[1] * len(shape)))
    return np.where(rng.random((n, *shape)) < up, 1, -1).astype(np.int8)
