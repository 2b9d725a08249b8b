"""The contents of a value as text and as a digest: equal for equal contents, in every process and at any time.

The keys of random streams and of stored draws are such digests. A model is described by its arguments, with all its
couplings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

# json.dumps makes an encoder at each call, which is slow where small samples need a digest each.
_ENCODER = json.JSONEncoder(sort_keys=True)


class Encoded(str):
    """The description of a value as text. `encoded` makes it once; in digests it takes the place of the value."""


def encoded(value: Any) -> Encoded:
    """Encode a value that enters many digests; raises where `described` does."""
    return Encoded(_ENCODER.encode(described(value)))


def digest(*values: Any) -> bytes:
    """sha256, 32 bytes, of the contents of some values; raises where `described` does."""
    return hashlib.sha256(f"[{', '.join([_text(value) for value in values])}]".encode()).digest()


def _text(value: Any) -> str:
    """The JSON of `described(value)`, with a shortcut for the types in the keys of chains."""
    kind = type(value)
    if kind is Encoded:
        return str.__str__(value)
    if kind is int:
        return str(value)
    if kind is float:
        return f'"{value.hex()}"'
    if kind is bytes:
        return f'["bytes", "{value.hex()}"]'
    return _ENCODER.encode(described(value))


def described(value: Any) -> Any:
    """`value` as JSON holds it without loss; an array as its dtype, shape and sha256.

    Allowed are None, numbers, text, bytes, arrays, ranges, sequences and mappings of such, functions (see `_function`),
    and objects whose `__reduce__` is their class and the arguments that make an equal one. TypeError for others.
    """
    # The most frequent types come first.
    kind = type(value)
    if kind is str or kind is int:
        return value
    if kind is bytes:
        return ["bytes", value.hex()]
    if kind is list or kind is tuple:
        return [described(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value.hex()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, bytes):
        return ["bytes", value.hex()]
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        return [value.dtype.str, value.shape, hashlib.sha256(np.ascontiguousarray(value).data).hexdigest()]
    if isinstance(value, range):
        return [value.start, value.stop, value.step]
    if isinstance(value, tuple | list):
        return [described(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): described(item) for name, item in value.items()}
    if isinstance(value, FunctionType):
        return _function(value)
    made_by, arguments, *state = _reduced(value)
    if not isinstance(made_by, type) or not isinstance(value, made_by) or state:
        raise TypeError(f"{value!r}: its __reduce__ has to be a class of it and the arguments of that")
    # A subclass of a model has the Hamiltonian of its class, or it is not sampled.
    return [made_by.__qualname__, described(arguments)]


def _reduced(value: Any) -> Any:
    try:
        reduced = value.__reduce__()
    except TypeError as error:
        raise TypeError(f"{value!r}: its contents cannot be described") from error
    if not isinstance(reduced, tuple):
        raise TypeError(f"{value!r}: its contents cannot be described")
    return reduced


def _function(function: FunctionType, within: tuple[FunctionType, ...] = ()) -> Any:
    """Name, code and defaults of a function, and the outer variables that its code refers to.

    A function called through a module (such as numpy) is described by its name and the module's version. Raises
    TypeError for a variable unless `described` can describe it or it is a module, a class or a function of numpy or
    scipy.
    """
    outside = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    used: dict[str, Any] = {name: cell.cell_contents for name, cell in outside.items()}
    used |= {name: function.__globals__[name] for name in _names(function.__code__) if name in function.__globals__}
    within = (*within, function)
    try:
        variables = {name: _variable(value, within) for name, value in sorted(used.items())}
        defaults = described([function.__defaults__, function.__kwdefaults__])
    except TypeError as error:
        raise TypeError(f"function {function.__qualname__}: what it refers to cannot be described: {error}") from error
    return ["function", function.__module__, function.__qualname__, _code(function.__code__), defaults, variables]


def _variable(value: Any, within: tuple[FunctionType, ...]) -> Any:
    if isinstance(value, ModuleType):
        return ["module", value.__name__, str(getattr(value, "__version__", ""))]
    package = (getattr(value, "__module__", None) or "").partition(".")[0]
    if isinstance(value, type) or (callable(value) and package in ("builtins", "math", "numpy", "scipy")):
        return ["name", package, value.__name__]
    if isinstance(value, FunctionType):
        # The recursion of a function that calls itself ends here.
        return value.__qualname__ if value in within else _function(value, within)
    return described(value)


def _code(code: CodeType) -> Any:
    constants = [_code(item) if isinstance(item, CodeType) else _constant(item) for item in code.co_consts]
    return [code.co_code.hex(), code.co_names, code.co_varnames, code.co_freevars, constants]


def _constant(item: Any) -> Any:
    # The order within a set differs from process to process.
    return sorted(map(repr, item)) if isinstance(item, frozenset) else repr(item)


def _names(code: CodeType) -> set[str]:
    """The names that code looks up outside, including those of inner functions and comprehensions."""
    inner = (_names(item) for item in code.co_consts if isinstance(item, CodeType))
    return set(code.co_names).union(*inner)
