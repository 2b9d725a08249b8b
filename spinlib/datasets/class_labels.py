"""Class labels: the bins in which temperatures lie, and the check that every class has an example."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinlib.arguments import at_least

__all__ = ["classes_of", "require_every_class"]


def classes_of(temperatures: ArrayLike, edges: ArrayLike) -> NDArray[np.int64]:
    """The bin in which each temperature lies.

    Parameters
    ----------
    temperatures : array_like
        In J / k_B, of any shape.
    edges : array_like
        (n_bins + 1,), rising. A bin holds its lower edge; the last one its upper edge too.

    Returns
    -------
    ndarray, int64 of the shape of `temperatures`
        0 to n_bins - 1.

    Raises
    ------
    ValueError
        For edges that do not rise, and where no bin holds a temperature.

    Examples
    --------
    >>> from spinlib.datasets.class_labels import classes_of
    >>> classes_of([0.5, 2.2, 4.0], [0.0, 1.055, 2.119, 2.32, 4.0]).tolist()
    [0, 2, 3]
    """
    at, given = np.asarray(edges, np.float64), np.asarray(temperatures, np.float64)
    if at.ndim != 1 or len(at) < 2 or not (np.diff(at) > 0).all():
        raise ValueError(f"edges {at.tolist()}: at least two rising numbers are needed")
    outside = given[~((given >= at[0]) & (given <= at[-1]))]
    if outside.size:
        raise ValueError(f"temperature {outside[0]}: the bins cover {at[0]} to {at[-1]} only")
    return np.minimum(np.searchsorted(at, given, side="right") - 1, len(at) - 2)


def require_every_class(labels: NDArray[Any], n_classes: int | None, where: str) -> int:
    """The number of classes; ValueError where one of them has no example.

    Parameters
    ----------
    labels : ndarray
        Classes 0 to n_classes - 1, integers of any shape.
    n_classes : int or None
        How many classes there are; None: one more than the largest label.
    where : str
        What the labels are of, for the messages.

    Returns
    -------
    int
        The number of classes.

    Raises
    ------
    ValueError
        Without examples, for a label that is none of the classes, and for a class without examples.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.datasets.class_labels import require_every_class
    >>> require_every_class(np.array([2, 0, 1, 2]), None, "the test set")
    3
    >>> require_every_class(np.array([0, 2]), None, "the test set")
    Traceback (most recent call last):
        ...
    ValueError: the test set: class 1 has no example
    """
    if not labels.size or labels.min() < 0:
        raise ValueError(f"{where}: classes 0, 1, ... are needed, with examples")
    number = int(labels.max()) + 1 if n_classes is None else at_least(1, "n_classes", n_classes)
    if labels.max() >= number:
        raise ValueError(f"{where}: class {labels.max()} is among {number} classes, 0 to {number - 1}")
    absent = np.setdiff1d(np.arange(number), labels)
    if absent.size:
        raise ValueError(f"{where}: class {absent[0]} has no example")
    return number
