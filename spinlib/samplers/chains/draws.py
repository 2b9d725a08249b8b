"""Draws in one compiled call: sweeps, then a measurement, and so on.

The plan of a method is a NamedTuple with the input of its kernel for a model at some temperatures. `kernel_of`
registers the kernel for a kind of plan. The loop below is compiled for each kind, with the kernel inlined: no Python
runs between draws, and nothing is compiled twice.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import types

from spinlib.compilation import njit
from spinlib.samplers.chains.measure import NOTHING, Counts, Meter, count
from spinlib.samplers.chains.subroutines import returning, subroutine

_kernels: dict[type, Callable] = {}


def kernel_of(plan: type) -> Callable[[Callable], Callable]:
    """Register the decorated kernel(spins, plan, rng, n) for this kind of plan; it makes `n` sweeps in place.

    spins: (chain, N), or what the plan says. rng: uint64 (chain, 4). Raises ValueError if another kind of plan has this
    name: numba tells compiled functions apart by names of types.
    """
    if any(known.__name__ == plan.__name__ for known in _kernels):
        raise ValueError(f"plan {plan.__name__}: there is one of this name")

    def register(kernel: Callable) -> Callable:
        _kernels[plan] = kernel
        return kernel

    return register


def for_plan(compiled: Any, plan: Any) -> Any:
    """A compiled function for this plan: the function itself, or a copy where the plan belongs to another package.

    The copy is not cached on disk. numba's cache holds the types of all plans in one file, which is unreadable where
    the module of one of them is not installed. Nor would it notice an edit of that module (`spinlib.compilation`).
    """
    return compiled if type(plan).__module__.startswith("spinlib.") else _not_on_disk(compiled)


@functools.cache
def _not_on_disk(compiled: Any) -> Any:
    return numba.njit(nogil=True, error_model="numpy")(compiled.py_func)


@returning(lambda *arguments: types.void, body=lambda spins, plan, rng, n: _kernels[plan.instance_class])
def sweeps(spins, plan, rng, n):
    """`n` sweeps in place by the kernel for this kind of plan."""
    _kernels[type(plan)](spins, plan, rng, n)


@subroutine
def copy(spins, kept, number):
    """kept[number] = spins, two-dimensional; numba's own assignment takes seconds to compile."""
    for c in range(spins.shape[0]):
        for x in range(spins.shape[1]):
            kept[number, c, x] = spins[c, x]


def draw(
    spins: np.ndarray,
    plan: Any,
    rng: np.ndarray,
    n: int,
    sweeps_between: int,
    meter: Meter,
    counts: Counts,
    kept: np.ndarray,
) -> None:
    """`n` draws in place, each after so many sweeps.

    spins: int8 (chain, N). counts: `spinlib.samplers.chains.measure.Counts` for n draws. kept: int8 (draw, chain, N),
    filled with the spins of each draw; it has no draws if spins are not wanted.
    """
    for_plan(_draw, plan)(spins, plan, rng, n, sweeps_between, meter, counts, kept)


@njit(cache=True, nogil=True, error_model="numpy")
def _draw(spins, plan, rng, n, sweeps_between, meter, counts, kept):
    for number in range(n):
        sweeps(spins, plan, rng, sweeps_between)
        count(spins, meter, counts, number)
        if kept.shape[0]:
            copy(spins, kept, number)


def sweep(spins: np.ndarray, plan: Any, rng: np.ndarray, n: int, meter: Meter) -> None:
    """`n` sweeps in place, as one draw without a measurement."""
    draw(spins, plan, rng, 1, n, meter, NOTHING, _NO_SPINS)


_NO_SPINS = np.empty((0, 0, 0), dtype=np.int8)
