"""Parts of kernels that are compiled with the kernel that calls them, and never for themselves.

`njit` makes of every function machine code, two functions that Python and C can call, and a file on disk, although the
parts of a kernel end up inside it. Without these a cold start takes a third less time. Called from Python, a part is
the plain function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import types
from numba.core import compiler
from numba.core.typing.templates import AbstractTemplate, infer, infer_global, signature
from numba.extending import lower_builtin


def _flags() -> Any:
    """Arrays are counted references, x / 0 is no exception, and the code is put where it is called."""
    flags: Any = compiler.Flags()
    flags.nrt, flags.error_model, flags.forceinline = True, "numpy", True
    return flags


def returning(
    result: Callable[..., Any], body: Callable[..., Callable] | None = None
) -> Callable[[Callable], Callable]:
    """Let kernels call the decorated function by position.

    result: the numba type of what it returns, from those of its arguments. body: the function that is compiled in its
    place, from the same types.
    """

    def decorate(function: Callable) -> Callable:
        class Template(AbstractTemplate):
            key = function

            def generic(self, arguments: Any, named: Any) -> Any:
                return None if named else signature(result(*arguments), *arguments)

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            chosen = body(*signature.args) if body else function
            compiled = context.compile_subroutine(builder, chosen, signature, flags=_flags())
            return context.call_internal(builder, compiled.fndesc, signature, arguments)

        infer(Template)
        infer_global(function, types.Function(Template))
        lower_builtin(function, types.VarArg(types.Any))(generate)
        return function

    return decorate


def subroutine(function: Callable[..., None]) -> Callable[..., None]:
    """The same for a function that returns nothing."""
    return returning(lambda *arguments: types.void)(function)
