"""The first call of one method in this process: `python first_call.py multispin` prints the seconds it took as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from time import perf_counter


def first_calls() -> dict[str, Callable[[], object]]:
    """The smallest use of each method; imports what they need, xarray for the Dataset too."""
    import numpy as np
    import xarray  # noqa: F401

    from spinlib import sample
    from spinlib.models import XY, Ising, Potts
    from spinlib.models.cell_sorting import TEMPERATURE, aggregate, sorting_model
    from spinlib.samplers import METHODS, XY_METHODS, cellular_potts, coupling_from_the_past, multispin
    from spinlib.samplers.random import streams

    ising, potts, xy = Ising((64, 64)), Potts((64, 64), q=3), XY((64, 64))
    compiled = [method for method in METHODS if method != "convolution"]

    def drawn(model: Ising | Potts | XY, method: str) -> Callable[[], object]:
        return lambda: sample(model, 2.0, 1, method=method, burn_in=1)

    def packed_heat_bath() -> None:
        spins = np.ones((64, 64, 64), np.int8)
        multispin.sweep(ising, spins, np.full(64, 2.0), streams(0, "x", 0, 64), 1, dynamics="heat_bath")

    return {
        **{method: drawn(ising, method) for method in compiled},
        "multispin heat_bath": packed_heat_bath,
        **{f"potts {method}": drawn(potts, method) for method in compiled if method != "multispin"},
        **{f"xy {method}": drawn(xy, method) for method in XY_METHODS},
        "cellular_potts": lambda: cellular_potts.simulate(
            sorting_model(seed=0), aggregate(), 1, TEMPERATURE, dynamics="serial"
        ),
        "coupling_from_the_past": lambda: coupling_from_the_past.draw(ising, 3.0, 1, 0),
    }


def main(name: str) -> None:
    begin = perf_counter()
    import spinlib  # noqa: F401

    imported = perf_counter()
    call = first_calls()[name]
    ready = perf_counter()
    call()
    print(json.dumps({"import": imported - begin, "call": perf_counter() - ready}))


if __name__ == "__main__":
    main(sys.argv[1])
