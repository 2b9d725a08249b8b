"""Measurements on the chains after every draw: observables by name, and functions of the user.

BUILT_IN is the table of all names. The table has None for an observable that ensembles measure in their kernel's
format. For any other it has a function of a model and its spins (chain, *shape), which returns numbers (chain,).
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from spinlib.observables import structure_factor_min, structure_factor_zero
from spinlib.samplers.chains.ensemble import Draws, Ensemble

BUILT_IN: dict[str, Callable[[Any, np.ndarray], Any] | None] = {
    "energy": None,
    "magnetization": None,
    "structure_factor_zero": structure_factor_zero,
    "structure_factor_min": structure_factor_min,
}

Observables = str | Mapping[str, Callable[[np.ndarray], Any]] | Sequence[str | Mapping[str, Callable]]


class Measurement(NamedTuple):
    """name: of the observable. function: the user's, of spins (chain, *shape); None for one of `BUILT_IN`.

    shape: of one value, () for a number.
    """

    name: str
    function: Callable[[np.ndarray], Any] | None = None
    shape: tuple[int, ...] = ()

    @property
    def needs_spins(self) -> bool:
        return self.function is not None or BUILT_IN[self.name] is not None

    def of(self, model: Any, spins: np.ndarray) -> np.ndarray:
        """float64 (draw, chain, *shape), of spins (draw, chain, *shape of the model), where `needs_spins` says so.

        Raises ValueError where a user's function returns another shape than on its first call.
        """
        built_in = BUILT_IN.get(self.name)
        if self.function is None and built_in is not None:
            together = spins.reshape(-1, *model.shape)
            return np.asarray(built_in(model, together), dtype=np.float64).reshape(spins.shape[:2])
        return each_draw(self.name, self.function, spins, self.shape)


def measured(
    measurements: Sequence[Measurement],
    ensemble: Ensemble,
    model: Any,
    keep_spins: bool,
    n: int = 1,
    sweeps_between: int = 0,
) -> Draws:
    """`n` draws, each after so many sweeps: each measurement, (draw, chain, ...), by name, and "spins" if kept."""
    wanted = keep_spins or any(measurement.needs_spins for measurement in measurements)
    in_kernel = [measurement.name for measurement in measurements if not measurement.needs_spins]
    made = ensemble.draw(n, sweeps_between, in_kernel, wanted)
    for measurement in measurements:
        if measurement.needs_spins:
            made[measurement.name] = measurement.of(model, made["spins"])
    if wanted and not keep_spins:
        del made["spins"]
    return made


def each_draw(name: str, function: Any, spins: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The values of a user's function, called once per draw (chain, *shape): float64 (draw, chain, ...)."""
    # A function that writes to the spins would change the input of the next one.
    view = spins.view()
    view.flags.writeable = False
    needed = (spins.shape[1], *shape)
    result = np.empty((len(spins), *needed))
    if _is_compiled(function) and len(spins) > 1:
        # The first draw tells the shape of the results.
        result[0] = each_draw(name, function, spins[:1], shape)[0]
        _compiled_loop()(function, view[1:], result[1:])
        return result
    for number, of_draw in enumerate(view):
        values = _numbers(name, function, of_draw)
        if values.shape != needed:
            raise ValueError(
                f"observable {name!r}: the function returned shape {values.shape} for spins of shape "
                f"{of_draw.shape}, and {needed} is needed"
            )
        result[number] = values
    return result


def _is_compiled(function: Any) -> bool:
    """Whether numba compiled it."""
    return hasattr(function, "py_func") and hasattr(function, "nopython_signatures")


@cache
def _compiled_loop() -> Any:
    import numba

    @numba.njit(nogil=True)
    def loop(function: Any, spins: Any, result: Any) -> None:
        for number in range(spins.shape[0]):
            result[number] = function(spins[number])

    return loop


def checked_observables(
    observables: Observables, model: Any, keep_spins: bool, executor: Executor | None
) -> tuple[Measurement, ...]:
    """One measurement for each name and each function; each function is called once, with spins of two chains.

    Raises ValueError for a name that is unknown, repeated or reserved in the Dataset, for a function's result of
    another shape than (chain, ...), and if nothing at all would be returned. Raises TypeError for an observable that is
    not a function, for results that are not real numbers, and for a function that an executor cannot send to workers.
    """
    parts = [observables] if isinstance(observables, str | Mapping) else list(observables)
    found: dict[str, Measurement] = {}
    for part in parts:
        for name, function in part.items() if isinstance(part, Mapping) else [(part, None)]:
            if function is None:
                if name not in BUILT_IN:
                    raise ValueError(
                        f"observable {name!r}: allowed are {', '.join(map(repr, BUILT_IN))} and "
                        "functions of spins by name, {name: function}"
                    )
                built_in = BUILT_IN[name]
                if built_in is not None:
                    # An observable that is not defined on this lattice raises here, not after the burn-in.
                    built_in(model, model.cold()[None])
                found[name] = Measurement(name)
                continue
            if not isinstance(name, str) or name in (*BUILT_IN, *found, *_RESERVED):
                raise ValueError(f"observable {name!r}: a function needs a name of its own")
            found[name] = _of_function(name, function, model, executor)
    if not (found or keep_spins):
        raise ValueError("observables () and keep_spins False: nothing would be returned")
    return tuple(found.values())


# Names of other variables and of dimensions.
_RESERVED = ("spins", "temperature", "chain", "draw", "replica", "exchange_acceptance", "round_trips", "pair")


def _of_function(name: str, function: Any, model: Any, executor: Executor | None) -> Measurement:
    if not callable(function):
        raise TypeError(f"observable {name!r}: {function!r} is no function of spins")
    if executor is not None and not isinstance(executor, ThreadPoolExecutor):
        try:
            pickle.dumps(function)
        except Exception as error:
            raise TypeError(
                f"observable {name!r}: {function!r} cannot be sent to the workers of an executor; allowed are "
                "functions that a module defines by name (no lambda and no function within another)"
            ) from error
    spins = np.stack([model.cold()] * 2)
    spins.flags.writeable = False
    values = _numbers(name, function, spins)
    if values.ndim == 0 or len(values) != 2:
        raise ValueError(
            f"observable {name!r}: the function returned shape {values.shape} for spins of shape {spins.shape}; "
            "needed is one value per chain, (chain,) or (chain, ...)"
        )
    return Measurement(name, function, values.shape[1:])


def _numbers(name: str, function: Any, spins: np.ndarray) -> np.ndarray:
    values = np.asarray(function(spins))
    if values.dtype.kind not in "biuf":
        raise TypeError(f"observable {name!r}: the function returned {values.dtype}, needed are real numbers")
    return values.astype(np.float64)
