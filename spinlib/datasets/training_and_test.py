"""Disjoint training and test configurations, which every tested regression or classifier must use.

A network may have memorised the label of a configuration that it has seen, so its error there says nothing about what
it has learned. Two configurations are the same if all their numbers are: -1 and +1 spins, angles, couplings of a
disordered sample. A shifted or turned copy, or one with all spins flipped, counts as another. Where configurations
occur repeatedly, as with evenly sampled energies or small lattices, `spinlib.datasets.hash_split` assigns each of them
to one set.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

_BLOCK = 4096  # configurations that are compared at a time


@dataclass(frozen=True, eq=False)
class TrainingAndTest:
    """Configurations to train on and to test with: read-only copies of the arguments.

    Parameters
    ----------
    train, test : array
        (n, *shape) each, of one shape and dtype.

    Raises
    ------
    ValueError
        If a configuration is in both, if either is empty, if they differ in shape or dtype, and for numbers that are
        not finite.
    TypeError
        For anything but real numbers.

    Examples
    --------
    >>> from spinlib.datasets.training_and_test import TrainingAndTest
    >>> TrainingAndTest([[1, -1], [1, 1]], [[-1, -1]]).test.tolist()
    [[-1, -1]]
    >>> TrainingAndTest([[1, -1], [1, 1]], [[1, 1]])
    Traceback (most recent call last):
        ...
    ValueError: 1 of 1 test configurations are in the training set as well
    """

    train: np.ndarray
    test: np.ndarray

    def __post_init__(self) -> None:
        for name in ("train", "test"):
            copy = np.array(getattr(self, name), order="C")
            if copy.dtype.kind not in "biuf":
                raise TypeError(f"{name} of dtype {copy.dtype}: real numbers are needed")
            if copy.ndim < 2 or not copy.size:
                raise ValueError(f"{name} of shape {copy.shape}: (n, *shape) with at least one configuration is needed")
            if not np.all(np.isfinite(copy)):
                raise ValueError(f"{name} holds numbers that are not finite")
            copy.flags.writeable = False
            object.__setattr__(self, name, copy)
        if self.train.shape[1:] != self.test.shape[1:] or self.train.dtype != self.test.dtype:
            raise ValueError(
                f"train holds {self.train.dtype} of shape {self.train.shape[1:]}, test {self.test.dtype} of shape "
                f"{self.test.shape[1:]}: both have to be of one kind"
            )
        shared = int(np.count_nonzero(among(self.test, self.train)))
        if shared:
            raise ValueError(f"{shared} of {len(self.test)} test configurations are in the training set as well")

    def first(self, n: int) -> TrainingAndTest:
        """The first `n` training configurations, with the same test set; ValueError where there are not as many."""
        if not 1 <= n <= len(self.train):
            raise ValueError(f"first {n}: allowed are 1 to {len(self.train)} training configurations")
        return TrainingAndTest(self.train[:n], self.test)


def among(configurations: Any, seen: Any) -> np.ndarray:
    """Whether each configuration is among those seen.

    Numbers are compared by value, whatever the dtypes.

    Parameters
    ----------
    configurations : array
        (n, *shape).
    seen : array
        (m, *shape).

    Returns
    -------
    numpy.ndarray
        bool (n,).

    Raises
    ------
    ValueError
        Where the shapes of a configuration differ.

    Examples
    --------
    >>> from spinlib.datasets.training_and_test import among
    >>> among([[1, -1], [1, 1]], [[1.0, 1.0]]).tolist()
    [False, True]
    """
    one, other = np.asarray(configurations), np.asarray(seen)
    if one.ndim < 1 or other.ndim < 1 or one.shape[1:] != other.shape[1:]:
        raise ValueError(f"configurations of shapes {one.shape[1:]} and {other.shape[1:]} cannot be compared")
    dtype = np.result_type(one, other)
    keys = list(_keys(one, dtype))
    found = set(keys).intersection(_keys(other, dtype))
    return np.array([key in found for key in keys], dtype=bool)


def _keys(configurations: np.ndarray, dtype: np.dtype) -> Iterator[bytes]:
    """The bytes of each configuration; -0.0 is 0.0."""
    for first in range(0, len(configurations), _BLOCK):
        block = np.ascontiguousarray(configurations[first : first + _BLOCK], dtype) + np.zeros((), dtype)
        for row in block.reshape(len(block), -1):
            yield row.tobytes()
