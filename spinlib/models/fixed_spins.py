"""Boundaries that fix spins: "plus_minus" holds the first sites of an axis at +1 and the last ones at -1.

Nothing wraps around such an axis, so that for the lattice it is free. The bonds of fixed spins count in the energy. On
the axis of the rows alone it is the skewed boundary in the words of paper vit, Sec. 3 (c): the top row is +1, the
bottom row -1, and the rows are periodic. On both axes it is that of the authors' public code: top row and left column
+1, bottom row and right column -1, where columns win the corners.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from spinlib.immutable import read_only
from spinlib.lattice import BOUNDARIES

__all__ = ["PLUS_MINUS", "fixed_spins", "of_lattice"]

PLUS_MINUS = "plus_minus"


def of_lattice(boundary: Any) -> Any:
    """The boundary that the lattice has under a model's boundary.

    Parameters
    ----------
    boundary : str or sequence of str
        As a model takes it.

    Returns
    -------
    str or tuple of str
        The same with "free" for "plus_minus". What is no name of a boundary is left to `spinlib.lattice.Lattice`.

    Raises
    ------
    ValueError
        A name that is no boundary.

    Examples
    --------
    >>> from spinlib.models.fixed_spins import of_lattice
    >>> of_lattice(("plus_minus", "periodic"))
    ('free', 'periodic')
    """
    if isinstance(boundary, str):
        if boundary not in (*BOUNDARIES, PLUS_MINUS):
            raise ValueError(f"boundary {boundary!r}: allowed are {', '.join(map(repr, (*BOUNDARIES, PLUS_MINUS)))}")
        return "free" if boundary == PLUS_MINUS else boundary
    if isinstance(boundary, tuple | list):
        return tuple(of_lattice(name) if isinstance(name, str) else name for name in boundary)
    return boundary


def fixed_spins(shape: tuple[int, ...], boundary: tuple[str, ...]) -> np.ndarray | None:
    """The spins that a boundary fixes.

    Parameters
    ----------
    shape : tuple of int
        Sites per axis.
    boundary : tuple of str
        One name per axis.

    Returns
    -------
    ndarray, int8 `shape`, or None
        +1 and -1 where a spin is fixed, 0 where it is not; read-only. Where two axes fix a spin, the later one decides.
        None where all spins are free.

    Raises
    ------
    ValueError
        Where no spin would be left that is not fixed.

    Examples
    --------
    >>> from spinlib.models.fixed_spins import fixed_spins
    >>> fixed_spins((3, 4), ("plus_minus", "periodic")).tolist()
    [[1, 1, 1, 1], [0, 0, 0, 0], [-1, -1, -1, -1]]
    >>> fixed_spins((3, 4), ("plus_minus", "plus_minus")).tolist()
    [[1, 1, 1, -1], [1, 0, 0, -1], [1, -1, -1, -1]]
    """
    if PLUS_MINUS not in boundary:
        return None
    fixed = np.zeros(shape, np.int8)
    for axis, name in enumerate(boundary):
        if name == PLUS_MINUS:
            along = np.moveaxis(fixed, axis, 0)
            along[0], along[-1] = 1, -1
    if fixed.all():
        raise ValueError(f"shape {shape} with boundary {boundary}: every spin would be fixed")
    return read_only(fixed)
