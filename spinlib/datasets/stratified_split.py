"""Disjoint training, validation and test sets with given numbers of examples of each class (paper vit, Table 1)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Sets", "split"]

Indices = NDArray[np.int64]


class Sets(NamedTuple):
    """Indices of the examples of three sets.

    Attributes
    ----------
    training, validation, test : ndarray
        int64 (n,) each.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.datasets.stratified_split import Sets
    >>> Sets(np.arange(4), np.arange(4, 6), np.arange(6, 9)).require_disjoint()
    """

    training: Indices
    validation: Indices
    test: Indices

    def require_disjoint(self) -> None:
        """Raise ValueError where an example stands twice, in one set or in two."""
        names = np.repeat(self._fields, [len(one) for one in self])
        everything = np.concatenate(self)
        order = np.argsort(everything, kind="stable")
        twice = np.flatnonzero(np.diff(everything[order]) == 0)
        if twice.size:
            one, other = order[twice[0]], order[twice[0] + 1]
            raise ValueError(f"example {everything[one]}: it is in the {names[one]} set and in the {names[other]} set")


def split(labels: ArrayLike, counts: ArrayLike, seed: int) -> Sets:
    """Disjoint sets with given numbers of examples of each class, drawn without replacement.

    Parameters
    ----------
    labels : array_like
        Classes 0 to n_classes - 1 of the examples, (n,).
    counts : array_like
        (3, n_classes), positive: examples of each class in the training, the validation and the test set, as in Table 1
        of paper vit.
    seed : int
        Of the choice.

    Returns
    -------
    Sets
        With their examples in random order.

    Raises
    ------
    ValueError
        For counts of another form, and where a class has too few examples.

    Examples
    --------
    >>> from spinlib.datasets.stratified_split import split
    >>> sets = split([0, 1] * 10, [[4, 3], [2, 2], [3, 1]], seed=1)
    >>> [len(one) for one in sets]
    [7, 4, 4]
    """
    given, wanted = np.asarray(labels), np.asarray(counts)
    if wanted.ndim != 2 or len(wanted) != 3 or wanted.dtype.kind not in "iu" or (wanted < 1).any():
        raise ValueError(f"counts {wanted.tolist()}: positive numbers for three sets and every class are needed")
    rng = np.random.default_rng(np.random.SeedSequence([0x5E75, seed]))
    chosen: list[list[Indices]] = [[], [], []]
    for k, each in enumerate(wanted.T):
        members = rng.permutation(np.flatnonzero(given == k))
        if len(members) < each.sum():
            raise ValueError(f"class {k}: it has {len(members)} examples, and the three sets need {each.sum()}")
        for at, part in enumerate(np.split(members, np.cumsum(each))[:3]):
            chosen[at].append(part)
    return Sets(*(rng.permutation(np.concatenate(parts)) for parts in chosen))
