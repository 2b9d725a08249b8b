"""Samplers: one algorithm per file, all with `sweep(model, spins, temperatures, rng, n)` and `refuse(model)`.

METHODS maps the names that `spinlib.sample` takes to the modules for Ising and Potts, XY_METHODS to those for XY;
`methods` chooses by the model. A module is imported when it is looked up, so that torch is loaded for "convolution"
only. A ladder of temperatures is sampled by `spinlib.samplers.parallel_tempering`, with any of these methods.
Cellular Potts copies have no stationary law that could be sampled: see `spinlib.samplers.cellular_potts.simulate`.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from spinlib.lazy import attributes
from spinlib.models import XY

_MODULES = (
    "cellular_potts",
    "convolution",
    "coupling_from_the_past",
    "differentiable",
    "heat_bath",
    "improved_estimators",
    "learned_energy",
    "metropolis",
    "multispin",
    "parallel_tempering",
    "random",
    "swendsen_wang",
    "wolff",
    "xy_metropolis",
    "xy_over_relaxation",
    "xy_wolff",
)

if TYPE_CHECKING:
    from spinlib.samplers import (
        cellular_potts,
        convolution,
        coupling_from_the_past,
        differentiable,
        heat_bath,
        improved_estimators,
        learned_energy,
        metropolis,
        multispin,
        parallel_tempering,
        random,
        swendsen_wang,
        wolff,
        xy_metropolis,
        xy_over_relaxation,
        xy_wolff,
    )
else:
    __getattr__, __dir__ = attributes(__name__, _MODULES)


class _Methods(Mapping[str, ModuleType]):
    def __init__(self, names: tuple[str, ...], prefix: str = "") -> None:
        self._names, self._prefix = names, prefix

    def __getitem__(self, name: str) -> ModuleType:
        if name not in self._names:
            raise KeyError(name)
        try:
            return import_module(f"{__name__}.{self._prefix}{name}")
        except ModuleNotFoundError as error:
            if error.name != "torch":
                raise
            message = (
                f"method {name!r} needs torch: install spinlib with its extra [torch], as in pip install '.[torch]'"
            )
            raise ModuleNotFoundError(message, name="torch") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


METHODS = _Methods(("metropolis", "heat_bath", "multispin", "swendsen_wang", "wolff", "convolution"))
XY_METHODS = _Methods(("metropolis", "over_relaxation", "wolff"), prefix="xy_")


def methods(model: Any) -> Mapping[str, ModuleType]:
    """The methods for models of this kind; each still may refuse this one."""
    return XY_METHODS if isinstance(model, XY) else METHODS


__all__ = [
    "METHODS",
    "XY_METHODS",
    "cellular_potts",
    "convolution",
    "coupling_from_the_past",
    "differentiable",
    "heat_bath",
    "improved_estimators",
    "learned_energy",
    "methods",
    "metropolis",
    "multispin",
    "parallel_tempering",
    "random",
    "swendsen_wang",
    "wolff",
    "xy_metropolis",
    "xy_over_relaxation",
    "xy_wolff",
]
