"""Attributes of a package that are imported when they are first looked up (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def attributes(
    package: str, modules: Sequence[str] | Mapping[str, str], objects: Mapping[str, str] | None = None
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The functions `__getattr__` and `__dir__` of a package (PEP 562).

    package: its `__name__`. modules: names of its modules, or names with the path of each below the
    package. objects: names of functions and classes, with the module of the package in which each is defined. An object
    found becomes an attribute of the package. Any other name raises AttributeError. An import that fails raises its own
    error.
    """
    found_in = dict(objects or {})
    paths = dict(modules) if isinstance(modules, Mapping) else {name: name for name in modules}

    def get(name: str) -> Any:
        if name in found_in:
            value = getattr(import_module(f"{package}.{found_in[name]}"), name)
        elif name in paths:
            value = import_module(f"{package}.{paths[name]}")
        else:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *paths, *found_in})

    return get, names
