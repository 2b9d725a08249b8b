"""Samplers: one algorithm per file, all with `sweep(model, spins, temperatures, rng, n)` and `refuse(model)`.

METHODS maps the names that `spinlib.sample` takes to these modules; a module is imported when it is looked up, so
that torch is loaded for "convolution" only. Cellular Potts copies have no stationary law that could be sampled:
see `spinlib.samplers.cellular_potts.simulate`.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from types import ModuleType


class _Methods(Mapping[str, ModuleType]):
    names = ("metropolis", "heat_bath", "multispin", "swendsen_wang", "wolff", "convolution")

    def __getitem__(self, name: str) -> ModuleType:
        if name not in self.names:
            raise KeyError(name)
        return import_module(f"{__name__}.{name}")

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


METHODS = _Methods()

__all__ = ["METHODS"]
