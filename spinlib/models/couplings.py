"""The forms of couplings: one number, one per axis, one per shell of neighbours, or one per bond."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from spinlib.immutable import read_only
from spinlib.lattice import Lattice
from spinlib.models import configuration
from spinlib.neighborhoods import neighborhood_with

__all__ = ["as_argument", "by_direction", "checked_coupling", "described", "implied_neighborhood"]


def implied_neighborhood(coupling: Any, ndim: int) -> str:
    """The neighbourhood that a coupling asks for.

    Parameters
    ----------
    coupling : object
        A coupling in any form.
    ndim : int
        Number of axes.

    Returns
    -------
    str
        "nearest"; for couplings by shell the smallest neighbourhood that has these shells.

    Raises
    ------
    TypeError
        A shell whose name is no string.
    ValueError
        A shell that does not exist.

    Examples
    --------
    >>> from spinlib.models.couplings import implied_neighborhood
    >>> implied_neighborhood(1.0, 2), implied_neighborhood({"nearest": 1.0, "next_nearest": 0.5}, 2)
    ('nearest', 'next_nearest')
    """
    if not isinstance(coupling, Mapping):
        return "nearest"
    for name in coupling:
        if not isinstance(name, str):
            raise TypeError(f"coupling of shell {name!r}: shells are named, as in {{'nearest': 1.0}}")
    return neighborhood_with(set(coupling), ndim)


def checked_coupling(coupling: Any, lattice: Lattice, *, by_shell: bool = False) -> Any:
    """A coupling in the form in which a model keeps it; it shares no memory with the argument.

    Parameters
    ----------
    coupling : float, array_like or mapping
        One number; one per axis, (ndim,), and one per bond, (ndim, *shape), for "nearest" only; one per shell.
    lattice : Lattice
        The lattice.
    by_shell : bool
        Whether couplings by shell are allowed.

    Returns
    -------
    float, tuple of float, mapping or ndarray
        For a number a float. For (ndim,) a tuple of floats, entry a for the bonds along axis a. For a mapping a
        read-only one to floats, from names of the lattice's shells; those that it leaves out have no coupling. For
        (ndim, *shape) a read-only float64 array, entry [a, x] for the bond from site x to x + e_a, with 0 for bonds
        that are cut.

    Raises
    ------
    ValueError
        Another form, shape or shell; numbers that are not finite.

    Examples
    --------
    >>> from spinlib.lattice import Lattice
    >>> from spinlib.models.couplings import checked_coupling
    >>> checked_coupling(1, Lattice((4, 4))), checked_coupling([1, 2], Lattice((4, 4)))
    (1.0, (1.0, 2.0))
    """
    if isinstance(coupling, Mapping):
        return _by_shell(coupling, lattice, by_shell)
    if configuration.is_tensor(coupling):
        coupling = coupling.detach().cpu().numpy()
    if np.ndim(coupling) == 0:
        return configuration.finite_number("coupling", coupling)
    try:
        given = np.array(coupling, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"coupling {coupling!r}: has to be made of finite real numbers") from error
    each = "axis" if given.ndim == 1 else "bond"
    if lattice.neighborhood != "nearest":
        raise ValueError(
            f"one coupling per {each} is defined for neighborhood 'nearest' only, not {lattice.neighborhood!r}"
        )
    allowed = ((lattice.ndim,), (lattice.ndim, *lattice.shape))
    if given.shape not in allowed:
        raise ValueError(f"coupling of shape {given.shape}: allowed are a number, {allowed[0]} and {allowed[1]}")
    if given.ndim > 1:
        _, weight = lattice.forward_neighbors
        given[weight.reshape(given.shape) == 0] = 0.0
    if not np.all(np.isfinite(given)):
        raise ValueError(f"coupling {given[~np.isfinite(given)][0]}: every coupling has to be finite")
    return tuple(given.tolist()) if given.ndim == 1 else read_only(given)


def by_direction(coupling: Any, lattice: Lattice) -> np.ndarray | None:
    """The coupling of each column of `lattice.neighbors`.

    Parameters
    ----------
    coupling : float, tuple of float, mapping or ndarray
        As `checked_coupling` returns it.
    lattice : Lattice
        The lattice.

    Returns
    -------
    ndarray, float64 (z,), or None
        None for one coupling per bond.

    Examples
    --------
    >>> from spinlib.lattice import Lattice
    >>> from spinlib.models.couplings import by_direction
    >>> by_direction((1.0, 2.0), Lattice((4, 4))).tolist()
    [1.0, 1.0, 2.0, 2.0]
    """
    if isinstance(coupling, np.ndarray):
        return None
    if isinstance(coupling, Mapping):
        values = [coupling.get(name, 0.0) for name in lattice.shells]
    elif isinstance(coupling, tuple):
        values = [coupling[axis] for axis in lattice.directions[0]]
    else:
        values = [coupling] * lattice.coordination
    return read_only(np.array(values, dtype=np.float64))


def as_argument(coupling: Any) -> Any:
    """A coupling as an argument that makes an equal one, and can be pickled.

    Parameters
    ----------
    coupling : float, tuple of float, mapping or ndarray
        As `checked_coupling` returns it.

    Returns
    -------
    float, tuple of float, dict or ndarray

    Examples
    --------
    >>> from types import MappingProxyType
    >>> from spinlib.models.couplings import as_argument
    >>> as_argument(MappingProxyType({"nearest": 1.0}))
    {'nearest': 1.0}
    """
    return dict(coupling) if isinstance(coupling, Mapping) else coupling


def described(coupling: Any) -> str:
    """A coupling in words, for the representation of a model.

    Parameters
    ----------
    coupling : float, tuple of float, mapping or ndarray
        As `checked_coupling` returns it.

    Returns
    -------
    str

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models.couplings import described
    >>> described(1.0), described(np.ones((2, 4, 4)))
    ('1.0', '<one per bond>')
    """
    return "<one per bond>" if isinstance(coupling, np.ndarray) else repr(as_argument(coupling))


def _by_shell(coupling: Mapping[Any, Any], lattice: Lattice, allowed: bool) -> Mapping[str, float]:
    if not allowed:
        raise ValueError(f"coupling {dict(coupling)!r}: couplings by shell are for Ising")
    known = tuple(dict.fromkeys(lattice.shells))
    for name in coupling:
        if name not in known:
            raise ValueError(
                f"coupling of shell {name!r}: neighborhood {lattice.neighborhood!r} with {lattice.ndim} axes has "
                f"{', '.join(map(repr, known))}"
            )
    if not coupling:
        raise ValueError(f"coupling {{}}: names of shells are needed, of {', '.join(map(repr, known))}")
    # Sorted by distance, so that equal couplings make equal models.
    return MappingProxyType(
        {
            name: configuration.finite_number(f"coupling of {name!r},", coupling[name])
            for name in known
            if name in coupling
        }
    )
