"""Configurations to train on, and positions as additional inputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def random_spins(shape: Sequence[int], n: int, seed: int) -> np.ndarray:
    """Configurations of independent fair coins (paper dnn, Sec. III).

    Parameters
    ----------
    shape : sequence of int
        Of the lattice.
    n : int
        How many configurations.
    seed : int
        Together with shape and n it determines the spins.

    Returns
    -------
    numpy.ndarray
        int8 (n, *shape) of -1 and +1.

    Examples
    --------
    >>> from spinlib.datasets.training_sets import random_spins
    >>> random_spins((2, 3), 2, seed=1).tolist()
    [[[-1, 1, 1], [1, -1, -1]], [[1, 1, -1], [-1, 1, -1]]]
    """
    return np.random.default_rng(seed).choice(np.array([-1, 1], np.int8), (n, *shape))


def uniform_magnetization(shape: Sequence[int], n: int, seed: int) -> np.ndarray:
    """Configurations of independent spins; the probability of +1 is drawn uniformly from [0, 1] for each configuration.

    The paper does not say how configurations for the magnetisation are drawn. This is our choice: its values are spread
    from -1 to 1.

    Parameters
    ----------
    shape : sequence of int
        Of the lattice.
    n : int
        How many configurations.
    seed : int
        Together with shape and n it determines the spins.

    Returns
    -------
    numpy.ndarray
        int8 (n, *shape) of -1 and +1.

    Examples
    --------
    >>> from spinlib.datasets.training_sets import uniform_magnetization
    >>> m = uniform_magnetization((8, 8), 1000, seed=1).mean(axis=(1, 2))
    >>> bool(abs(m.std() - 3**-0.5) < 0.05)
    True
    """
    rng = np.random.default_rng(seed)
    up = rng.random((n, *[1] * len(shape)))
    return np.where(rng.random((n, *shape)) < up, 1, -1).astype(np.int8)


def random_angles(shape: Sequence[int], n: int, seed: int) -> np.ndarray:
    """Configurations of independent angles (paper dnn, Sec. IV A 5).

    Parameters
    ----------
    shape : sequence of int
        Of the lattice.
    n : int
        How many configurations.
    seed : int
        Together with shape and n it determines the angles.

    Returns
    -------
    numpy.ndarray
        float64 (n, *shape), uniform in [0, pi), in radians.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.datasets.training_sets import random_angles
    >>> angles = random_angles((4, 4), 100, seed=1)
    >>> angles.shape, bool(angles.min() >= 0), bool(angles.max() < np.pi)
    ((100, 4, 4), True, True)
    """
    # In double precision the largest number below 1 times pi rounds to a number below pi; in single precision it does
    # not.
    return np.pi * np.random.default_rng(seed).random((n, *shape))


def with_positions(spins: np.ndarray) -> np.ndarray:
    """Spins with one extra channel for every row and column, 1 there and 0 elsewhere.

    So any function of the row or of the column is linear in the inputs, also for a convolution.

    Parameters
    ----------
    spins : numpy.ndarray
        (n, R, C).

    Returns
    -------
    numpy.ndarray
        (n, 1 + R + C, R, C), of the spins' dtype.

    Raises
    ------
    ValueError
        For another number of axes.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.datasets.training_sets import with_positions
    >>> pictures = with_positions(np.array([[[-1, 1, 1], [1, 1, -1]]]))
    >>> pictures.shape
    (1, 6, 2, 3)
    >>> pictures[0, 2].tolist()  # the second row
    [[0, 0, 0], [1, 1, 1]]
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
