"""Objects that do not change after they are made, and tables that cannot be written to."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

import numpy as np


class Immutable:
    """Attributes are set once, by `_set` in the constructor. To set or delete one later raises AttributeError.

    Lattices and models keep tables that follow from their arguments. An attribute changed afterwards would leave the
    tables as they are, so that results would belong to neither the old nor the new value. example: how to make another
    object, for the message. functools.cached_property goes on working, since it writes to the instance's __dict__.
    """

    example: ClassVar[str]

    def _set(self, **attributes: Any) -> None:
        vars(self).update(attributes)

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(self._cannot("set", name))

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(self._cannot("deleted", name))

    def _cannot(self, what: str, name: str) -> str:
        return (
            f"{name} of {type(self).__name__} cannot be {what}, because its tables are made once: "
            f"make a new one, such as {self.example}"
        )


def read_only(array: np.ndarray) -> np.ndarray:
    """A read-only view of an array to which nobody else writes; the view cannot be made writable again.

    An array that owns its memory can be made writable again, by `setflags(write=True)`.
    """
    array.setflags(write=False)
    return array.view()
