"""Parts of kernels that are compiled with the kernel that calls them, never on their own.

`njit` compiles every function to machine code with wrappers for Python and C, and writes a file, although the parts of
a kernel are inlined into it. Leaving that out makes a cold start a third shorter. Python calls a part as an ordinary
function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import types
from numba.core import compiler
from numba.core.typing.templates import AbstractTemplate, infer, infer_global, signature
from numba.extending import lower_builtin


def _flags() -> Any:
    """Compile with reference counts of arrays, without an exception for x / 0, and inlined into the caller."""
    flags: Any = compiler.Flags()
    flags.nrt, flags.error_model, flags.forceinline = True, "numpy", True
    return flags


def returning(
    result: Callable[..., Any], body: Callable[..., Callable] | None = None
) -> Callable[[Callable], Callable]:
    """Let kernels call the decorated function by position.

    result: maps the numba types of the arguments to the type returned. body: maps them to the function that is compiled
    in its place.
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
