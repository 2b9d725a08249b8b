"""Arguments that many functions take, checked at the call in the same words."""

from __future__ import annotations

from operator import index
from typing import Any


def integer(name: str, value: Any) -> int:
    """`value` as an int; TypeError, which names it, if it is none.

    Examples
    --------
    >>> integer("q", 3.5)
    Traceback (most recent call last):
        ...
    TypeError: q 3.5: has to be an integer
    """
    try:
        return index(value)
    except TypeError as error:
        raise TypeError(f"{name} {value!r}: has to be an integer") from error


def at_least(least: int, name: str, value: Any) -> int:
    """A whole number of at least some size.

    Parameters
    ----------
    least : the smallest number that is allowed.
    name : of the argument, for the error.
    value : an integer of Python, numpy or anything else that is one.

    Returns
    -------
    `value` as an int.

    Raises
    ------
    TypeError
        If it is no integer.
    ValueError
        If it is less.

    Examples
    --------
    >>> at_least(1, "n_samples", 10)
    10
    >>> at_least(1, "n_samples", 0)
    Traceback (most recent call last):
        ...
    ValueError: n_samples 0: has to be at least 1
    """
    number = integer(name, value)
    if number < least:
        raise ValueError(f"{name} {number}: has to be at least {least}")
    return number
