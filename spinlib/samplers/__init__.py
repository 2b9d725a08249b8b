"""Samplers: one algorithm per file, families in folders.

The tables below are the only place where a method of `spinlib.sample` is registered: a method has one line in the table
of the models that it samples. `spinlib.samplers.contract` lists what a method has to provide. A module is imported when
it is looked up, so that torch is loaded for "convolution" only.

    METHODS                 for Ising and Potts
    XY_METHODS              for XY
    LONG_RANGE_METHODS      for LongRangeIsing
    PLANAR_POTTS_METHODS    for PlanarPotts

A method of another package is registered by `METHODS.register(name, sampler)`. A ladder of temperatures is sampled by
`spinlib.samplers.parallel_tempering`, with any of these methods. The cellular Potts model has no known stationary
distribution to sample: see `spinlib.samplers.cellular_potts.simulate`.
"""

from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from spinlib.lazy import attributes
from spinlib.samplers.registry import Methods

# Names that `spinlib.sample` takes, and the module of each method below this folder.
METHODS = Methods(
    metropolis="single_spin.metropolis",
    heat_bath="single_spin.heat_bath",
    multispin="multispin.cpu",
    swendsen_wang="clusters.swendsen_wang",
    wolff="clusters.wolff",
    convolution="convolution.metropolis",
)
XY_METHODS = Methods(
    metropolis="xy.metropolis",
    over_relaxation="xy.over_relaxation",
    wolff="xy.wolff",
)
LONG_RANGE_METHODS = Methods(metropolis="single_spin.long_range")
PLANAR_POTTS_METHODS = Methods(metropolis="single_spin.planar_potts")

# By `model.kind`.
_BY_KIND = {
    "Ising": METHODS,
    "Potts": METHODS,
    "XY": XY_METHODS,
    "LongRangeIsing": LONG_RANGE_METHODS,
    "PlanarPotts": PLANAR_POTTS_METHODS,
}


def methods(model: Any) -> Mapping[str, ModuleType]:
    """The methods for models of this kind. Each of them may still refuse this model.

    Raises
    ------
    TypeError
        The argument is not a model, or a model without a known stationary distribution (CellularPotts).

    Examples
    --------
    >>> from spinlib.models import XY
    >>> list(methods(XY((8, 8))))
    ['metropolis', 'over_relaxation', 'wolff']
    """
    kind = getattr(model, "kind", None)
    if kind not in _BY_KIND:
        raise TypeError(f"model {model!r}: allowed are {', '.join(_BY_KIND)}")
    return _BY_KIND[kind]


# Public names of this package: the methods, parallel tempering and the subpackages.
_MODULES = {
    **METHODS.places,
    **{f"xy_{name}": place for name, place in XY_METHODS.places.items()},
    "cellular_potts": "cellular_potts",
    "convolution": "convolution",
    "coupling_from_the_past": "clusters.coupling_from_the_past",
    "differentiable": "convolution.differentiable",
    "improved_estimators": "clusters.improved_estimators",
    "independence": "independence",
    "learned_energy": "learned_energy",
    "multispin": "multispin",
    "parallel_tempering": "tempering.parallel_tempering",
    "random": "random",
}

# For type checkers; a test compares it with the table.
if TYPE_CHECKING:
    from spinlib.samplers import cellular_potts as cellular_potts
    from spinlib.samplers import convolution as convolution
    from spinlib.samplers import independence as independence
    from spinlib.samplers import learned_energy as learned_energy
    from spinlib.samplers import multispin as multispin
    from spinlib.samplers import random as random
    from spinlib.samplers.clusters import coupling_from_the_past as coupling_from_the_past
    from spinlib.samplers.clusters import improved_estimators as improved_estimators
    from spinlib.samplers.clusters import swendsen_wang as swendsen_wang
    from spinlib.samplers.clusters import wolff as wolff
    from spinlib.samplers.convolution import differentiable as differentiable
    from spinlib.samplers.single_spin import heat_bath as heat_bath
    from spinlib.samplers.single_spin import metropolis as metropolis
    from spinlib.samplers.tempering import parallel_tempering as parallel_tempering
    from spinlib.samplers.xy import metropolis as _metropolis
    from spinlib.samplers.xy import over_relaxation as _over_relaxation
    from spinlib.samplers.xy import wolff as _wolff

    xy_metropolis, xy_over_relaxation, xy_wolff = _metropolis, _over_relaxation, _wolff
else:
    __getattr__, __dir__ = attributes(__name__, _MODULES)

__all__ = ["LONG_RANGE_METHODS", "METHODS", "PLANAR_POTTS_METHODS", "XY_METHODS", "methods", *_MODULES]
