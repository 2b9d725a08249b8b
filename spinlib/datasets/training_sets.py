"""Configurations to train on, and the sites' positions beside their spins."""

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


def random_angles(shape: Sequence[int], n: int, seed: int) -> np.ndarray:
    """`n` configurations of independent angles, uniform in [0, pi), float64 (n, *shape) (paper dnn, Sec. IV A 5)."""
    # The largest double below 1 times pi rounds to a number below pi; in single precision it would not.
    return np.pi * np.random.default_rng(seed).random((n, *shape))


def with_positions(spins: np.ndarray) -> np.ndarray:
    """Spins (n, R, C) with one picture for every row and column, 1 there and 0 elsewhere: (n, 1 + R + C, R, C).

    So any number that belongs to a row or to a column is a linear function of the inputs, also of a convolution. The
    dtype is that of the spins. ValueError for another number of axes.
    """
    if np.ndim(spins) != 3:
        raise ValueError(f"spins of shape {np.shape(spins)}: (n, rows, columns) is needed")
    n, rows, columns = spins.shape
    places = np.concatenate(
        [
            np.broadcast_to(np.eye(rows)[:, :, None], (rows, rows, columns)),
            np.broadcast_to(np.eye(columns)[:, None, :], (columns, rows, columns)),
        ]
    ).astype(spins.dtype)
    return np.concatenate([spins[:, None], np.broadcast_to(places, (n, *places.shape))], axis=1)
