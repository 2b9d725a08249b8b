"""The forms in which couplings are given: one number, one per axis, one per shell of neighbours, or one per bond."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from spinlib.immutable import read_only
from spinlib.lattice import Lattice
from spinlib.models import configuration
from spinlib.neighborhoods import neighborhood_with


def implied_neighborhood(coupling: Any, ndim: int) -> str:
    """ "nearest", or for couplings by shell the smallest neighbourhood that has these shells."""
    if not isinstance(coupling, Mapping):
        return "nearest"
    for name in coupling:
        if not isinstance(name, str):
            raise TypeError(f"coupling of shell {name!r}: shells are named, as in {{'nearest': 1.0}}")
    return neighborhood_with(set(coupling), ndim)


def checked_coupling(coupling: Any, lattice: Lattice, *, by_shell: bool = False) -> Any:
    """`coupling` in the form in which a model keeps it, sharing no memory with what was given.

    A number: a float. (ndim,): a tuple of floats, entry a for the bonds along axis a ("nearest" only). A mapping, if
    by_shell: a read-only one to floats, from names of the lattice's shells; those that it leaves out have no coupling.
    (ndim, *shape): a read-only float64 array, entry [a, x] for the bond from site x to x + e_a ("nearest" only), with 0
    for bonds that are cut.

    Raises ValueError for another form, shape or shell, and for numbers that are not finite.
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
    """The coupling of each column of `lattice.neighbors`, float64 (z,); None for one coupling per bond."""
    if isinstance(coupling, np.ndarray):
        return None
    if isinstance(coupling, Mapping):
        values = [coupling.get(name, 0.0) for name in lattice.shells]
    elif isinstance(coupling, tuple):
        values = [coupling[axis] for axis in lattice.directions[0]]
    else:
        values = [coupling] * lattice.coordination
    return read_only(np.array(values, dtype=np.float64))


def plain(coupling: Any) -> Any:
    """A coupling as an argument that makes an equal one, and can be pickled."""
    return dict(coupling) if isinstance(coupling, Mapping) else coupling


def described(coupling: Any) -> str:
    """A coupling in the representation of a model."""
    return "<one per bond>" if isinstance(coupling, np.ndarray) else repr(plain(coupling))


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
    # In the order of distance, so that equal couplings make equal models.
    return MappingProxyType(
        {
            name: configuration.finite_number(f"coupling of {name!r},", coupling[name])
            for name in known
            if name in coupling
        }
    )
