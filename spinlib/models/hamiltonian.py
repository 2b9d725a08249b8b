"""The models that samplers accept: their tables and methods must describe the same Hamiltonian."""

from __future__ import annotations

from functools import cache
from typing import Any

__all__ = ["require_own_hamiltonian"]

# Names that a subclass may redefine without changing its Hamiltonian.
_FREE = {"cold", "random", "example"}
_NOT_FREE = {"__getattribute__", "__setattr__", "__delattr__"}


def require_own_hamiltonian(model: Any) -> None:
    """Refuse a subclass of a model of spinlib that redefines what its class defines.

    Samplers work on a model's lattice, couplings and field; they never call its methods. A subclass with its own
    `energy`, for instance, would be sampled as its base class. Allowed are spinlib's own models, and subclasses with a
    constructor, `__repr__`, `cold` and `random` of their own and with new methods.

    Parameters
    ----------
    model : object
        The model.

    Raises
    ------
    TypeError
        A subclass that is not allowed.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.models.hamiltonian import require_own_hamiltonian
    >>> class Doubled(Ising):
    ...     __module__ = "mine"  # as for a class of another package
    ...
    ...     def energy(self, spins):
    ...         return 2 * super().energy(spins)
    >>> require_own_hamiltonian(Ising((4, 4)))
    >>> require_own_hamiltonian(Doubled((4, 4)))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    TypeError: Doubled.energy: Ising has 'energy' too, ...
    """
    kind: Any = type(model)
    message = _objection(kind)
    if message:
        raise TypeError(message)


@cache
def _objection(kind: Any) -> str:
    """The reason why a class is refused; empty if it is accepted."""
    kinds = kind.__mro__
    own = next((k for k, one in enumerate(kinds) if one.__module__.startswith("spinlib.")), len(kinds))
    if own == len(kinds):
        return ""
    base = kinds[own]
    defined = {name for one in base.__mro__ for name in (*vars(one), *vars(one).get("__annotations__", {}))}
    fixed = {name for name in defined if not (name.startswith("__") or name in _FREE)} | _NOT_FREE
    for one in kinds[:own]:
        changed = sorted(fixed & vars(one).keys())
        if changed:
            return (
                f"{one.__name__}.{changed[0]}: {base.__name__} has {changed[0]!r} too, and samplers use the couplings "
                f"and the field of {base.__name__}, never a method of a subclass; allowed are {base.__name__} itself "
                "and subclasses that leave its methods and attributes as they are"
            )
    return ""
