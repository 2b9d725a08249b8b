"""A barrier for threads that run one numba kernel together.

numba's own parallel loops are no replacement. One of its threading layers aborts the program when two Python threads
enter such loops at once, as independent chains do, and the loops take seconds to compile.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numba import extending, types
from numba.core import cgutils

from spinlib.compilation import njit

# numba's annotation of it leaves the typing context among the arguments of a call.
intrinsic: Any = extending.intrinsic

_LOOKS_BEFORE_YIELDING = 2000
_CAN_YIELD = sys.platform != "win32"
_yield_core = types.ExternalFunction("sched_yield", types.int32())


def _counter(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    first = [context.get_constant(types.intp, 0)]
    return cgutils.get_item_pointer(context, builder, signature.args[0], array, first, wraparound=False)


@intrinsic
def _add_one(typing_context: Any, counter: Any) -> Any:
    """Add one to counter[0], atomically, and give the value before."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        one = context.get_constant(types.int64, 1)
        return builder.atomic_rmw("add", _counter(context, builder, signature, arguments), one, "acq_rel")

    return types.int64(counter), generate


@intrinsic
def _look(typing_context: Any, counter: Any) -> Any:
    """counter[0], and all that other threads wrote before they last added to it."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(_counter(context, builder, signature, arguments), "acquire", 8)

    return types.int64(counter), generate


@njit(cache=True, nogil=True)
def arrive_and_wait(arrivals: np.ndarray, n_threads: int) -> None:
    """Wait until all `n_threads` threads have called this as often as this one. arrivals: int64 (1,), zero at first.

    A waiting thread keeps its core for some microseconds and then offers it to others again and again.
    """
    if n_threads == 1:
        return
    everyone = (_add_one(arrivals) // n_threads + 1) * n_threads
    looks = 0
    while _look(arrivals) < everyone:
        looks += 1
        if _CAN_YIELD and looks > _LOOKS_BEFORE_YIELDING:
            _yield_core()
