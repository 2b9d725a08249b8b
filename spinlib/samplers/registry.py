"""The table of methods for a kind of model, by the names that `spinlib.sample` takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

__all__ = ["Methods"]

# The required names of a sampler; see `spinlib.samplers.contract`.
_NEEDED = ("BURN_IN", "refuse", "sweep")


class Methods(Mapping[str, ModuleType]):
    """Samplers by name; each is imported when it is looked up.

    Parameters
    ----------
    **places : str
        For each name the path of its module below `spinlib.samplers`, such as "single_spin.metropolis".

    Raises
    ------
    KeyError
        A name that is not in the table.
    ModuleNotFoundError
        A method that needs torch, where torch is not installed.

    Examples
    --------
    >>> from spinlib.samplers import METHODS
    >>> list(METHODS)[:2]
    ['metropolis', 'heat_bath']
    >>> METHODS["metropolis"].BURN_IN
    10000
    """

    def __init__(self, **places: str) -> None:
        self.places: Mapping[str, str] = places
        self._others: dict[str, Any] = {}

    def register(self, name: str, sampler: Any) -> None:
        """Let `spinlib.sample` take a method of another package, in this process.

        Parameters
        ----------
        name : str
            An identifier that no method has yet.
        sampler : module or object
            As `spinlib.samplers.contract` describes it.

        Raises
        ------
        ValueError
            A name that is taken or cannot be one.
        TypeError
            A sampler that lacks a part that every one has.
        """
        if not name.isidentifier() or name == "auto":
            raise ValueError(f"method {name!r}: a name is an identifier, and not 'auto'")
        if name in self:
            raise ValueError(f"method {name!r}: there is one of this name; taken are {', '.join(map(repr, self))}")
        lacking = [part for part in _NEEDED if not hasattr(sampler, part)]
        if lacking:
            raise TypeError(f"method {name!r}: the sampler lacks {', '.join(lacking)} (spinlib.samplers.contract)")
        self._others[name] = sampler

    def unregister(self, name: str) -> None:
        """Forget a method that `register` has added.

        Parameters
        ----------
        name : str
            Its name.

        Raises
        ------
        KeyError
            Any other name.
        """
        del self._others[name]

    def __getitem__(self, name: str) -> ModuleType:
        if name in self._others:
            return self._others[name]
        place = self.places[name]
        try:
            return import_module(f"spinlib.samplers.{place}")
        except ModuleNotFoundError as error:
            if error.name != "torch":
                raise
            message = (
                f"method {name!r} needs torch: install spinlib with its extra [torch], as in pip install '.[torch]'"
            )
            raise ModuleNotFoundError(message, name="torch") from None

    def __iter__(self) -> Iterator[str]:
        yield from self.places
        yield from self._others

    def __len__(self) -> int:
        return len(self.places) + len(self._others)
