"""Splitting configurations into training and test sets by their hash (paper dnn, appendix and Fig. 15).

Duplicates cannot be avoided where energies are sampled evenly, so the configuration itself must determine its set: the
first 12 bits of its SHA3-512 digest, a number below 4096, are compared with the share of the test set. The input of the
digest is our choice: the shape as text, then the spins in C order, eight to a byte, +1 as 1.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from spinlib.datasets.training_and_test import TrainingAndTest

BUCKETS = 4096


def bucket(spins: Any) -> np.ndarray:
    """The first 12 bits of the digest of each configuration.

    Parameters
    ----------
    spins : array
        (n, *shape) of -1 and +1.

    Returns
    -------
    numpy.ndarray
        int64 (n,) from 0 to 4095.

    Raises
    ------
    ValueError
        For other values, and for spins without an axis n.

    Examples
    --------
    >>> from spinlib.datasets.hash_split import bucket
    >>> bucket([[1, -1, 1], [1, 1, 1], [1, -1, 1]]).tolist()
    [3012, 1806, 3012]
    """
    spins = np.asarray(spins)
    if spins.ndim < 2:
        raise ValueError(f"spins of shape {spins.shape}: (n, *shape) is needed")
    wrong = spins[np.abs(spins) != 1]
    if wrong.size:
        raise ValueError(f"spin value {wrong[0]}: allowed are -1 and +1")
    shape = repr(spins.shape[1:]).encode()
    packed = np.packbits(spins.reshape(len(spins), -1) > 0, axis=1)
    digests = (hashlib.sha3_512(shape + row.tobytes()).digest() for row in packed)
    return np.array([digest[0] << 4 | digest[1] >> 4 for digest in digests], dtype=np.int64)


def in_test_set(spins: Any, share: float) -> np.ndarray:
    """Whether each configuration belongs to the test set; the answer is the same for equal configurations.

    Parameters
    ----------
    spins : array
        (n, *shape) of -1 and +1.
    share : float
        Of the test set, between 0 and 1; it is rounded to a multiple of 1/4096.

    Returns
    -------
    numpy.ndarray
        bool (n,).

    Raises
    ------
    ValueError
        For a share that is not between 0 and 1, and where `bucket` does.

    Examples
    --------
    >>> from spinlib.datasets.hash_split import in_test_set
    >>> in_test_set([[1, -1, 1], [1, 1, 1]], 0.6).tolist()
    [False, True]
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"share {share}: it has to be between 0 and 1")
    return bucket(spins) < round(share * BUCKETS)


def split(spins: Any, n_train: int, n_test: int, seed: int) -> TrainingAndTest:
    """Training and test configurations, shuffled, of which none is in both.

    The hash decides the set of each configuration, with n_test / (n_train + n_test) as the share of the test set. A
    configuration that stands several times among `spins` may be drawn as often.

    Parameters
    ----------
    spins : array
        (n, *shape) of -1 and +1.
    n_train, n_test : int
        How many configurations of each.
    seed : int
        Of the shuffle.

    Returns
    -------
    TrainingAndTest
        Both sets.

    Raises
    ------
    ValueError
        Where one side has too few, for numbers below 1, and where `bucket` does.

    Examples
    --------
    >>> from spinlib.datasets.hash_split import split
    >>> from spinlib.datasets.training_sets import random_spins
    >>> sets = split(random_spins((4, 4), 200, seed=1), 100, 50, seed=2)
    >>> sets.train.shape, sets.test.shape
    ((100, 4, 4), (50, 4, 4))
    """
    spins = np.asarray(spins)
    if n_train < 1 or n_test < 1:
        raise ValueError(f"n_train {n_train} and n_test {n_test}: both have to be positive")
    shuffled = spins[np.random.default_rng(seed).permutation(len(spins))]
    is_test = in_test_set(shuffled, n_test / (n_train + n_test))
    train, test = shuffled[~is_test], shuffled[is_test]
    if len(train) < n_train or len(test) < n_test:
        raise ValueError(
            f"{len(train)} and {len(test)} of {len(spins)} configurations fall to training and test: {n_train} and "
            f"{n_test} are wanted, so draw more"
        )
    return TrainingAndTest(train[:n_train], test[:n_test])
