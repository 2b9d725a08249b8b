"""The table from which "auto" chooses: the time of a sweep by each method, measured on this machine.

    python benchmarks/costs.py spinlib/samplers/chains/costs.json

For each kind of kernel, ns_per_site and us_per_sweep describe a straight line through two sizes, for one chain; each
size has the median of several turns. seconds_to_compile is the time of the first call less that of the second, in a
process of its own with an empty cache. Packed spins are timed in full words, and their time is divided by the number of
chains.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np

from spinbook.records.provenance import device_name
from spinbook.records.storage import write_atomically
from spinlib.models import Ising, Potts
from spinlib.samplers.chains.contents import digest
from spinlib.samplers.chains.ensemble import Ensemble
from spinlib.samplers.contract import method as method_of

LENGTHS = (16, 64)
SECONDS, TURNS = 0.05, 9

# By the kinds of spinlib.samplers.chains.choice: method, number of chains, and a model of a given length.
KINDS: dict[str, tuple[str, int, Callable[[int], Ising | Potts]]] = {
    "multispin": ("multispin", 64, lambda length: Ising((length, length))),
    "swendsen_wang by runs": ("swendsen_wang", 1, lambda length: Ising((length, length))),
    "swendsen_wang by sites": (
        "swendsen_wang",
        1,
        lambda length: Ising((length, length), neighborhood="triangular"),
    ),
    "wolff": ("wolff", 1, lambda length: Ising((length, length))),
    "single flips, Ising, even square lattice": ("metropolis", 1, lambda length: Ising((length, length))),
    "single flips, Ising, any lattice": ("metropolis", 1, lambda length: Ising((length - 1, length - 1))),
    "single flips, Potts, even square lattice": ("metropolis", 1, lambda length: Potts((length, length))),
    "single flips, Potts, any lattice": ("metropolis", 1, lambda length: Potts((length - 1, length - 1))),
}


def chains(method: str, n_chains: int, model: Ising | Potts) -> Ensemble:
    """Near the critical temperature, from the ordered state."""
    temperature = 1.0 if isinstance(model, Potts) else 3.6 if model.lattice.coordination == 6 else 2.3
    spins = np.stack([model.cold()] * n_chains).astype(np.int8)
    keys = [digest("costs", chain) for chain in range(n_chains)]
    return method_of(method, model).ensemble(model, spins, np.full(n_chains, temperature), 0, keys)


def draw(of: Ensemble, n: int) -> float:
    begin = perf_counter()
    of.draw(n, 1, ("energy", "magnetization"), False)
    return perf_counter() - begin


def seconds_per_sweep(kind: str, length: int) -> tuple[float, int]:
    """The seconds of a sweep of one chain, and the number of sites."""
    method, n_chains, model_of = KINDS[kind]
    model = model_of(length)
    of = chains(method, n_chains, model)
    draw(of, 100)
    n = max(1, int(SECONDS / (draw(of, 100) / 100)))
    return statistics.median(draw(of, n) / n for _ in range(TURNS)) / n_chains, model.n_sites


def cost(kind: str) -> dict[str, float]:
    (small, few), (large, many) = (seconds_per_sweep(kind, length) for length in LENGTHS)
    per_site = (large - small) / (many - few)
    constant = max(small - few * per_site, 1e-9)
    numbers = {"ns_per_site": 1e9 * per_site, "us_per_sweep": 1e6 * constant, "seconds_to_compile": compiling(kind)}
    return {name: float(f"{number:.3g}") for name, number in numbers.items()}


def compiling(kind: str) -> float:
    with tempfile.TemporaryDirectory() as empty:
        command = [sys.executable, __file__, "--first-call-of", kind]
        environment = os.environ | {"NUMBA_CACHE_DIR": empty}
        printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    return float(printed)


def first_call(kind: str) -> float:
    """The time of the first call less that of the second."""
    method, n_chains, model_of = KINDS[kind]
    begin = perf_counter()
    of = chains(method, n_chains, model_of(LENGTHS[0]))
    draw(of, 1)
    return perf_counter() - begin - draw(of, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--first-call-of", choices=KINDS)
    arguments = parser.parse_args()
    if arguments.first_call_of:
        print(first_call(arguments.first_call_of))
        return
    if arguments.path is None:
        parser.error("a path for the table is needed")
    table = {"machine": device_name("cpu"), "costs": {kind: cost(kind) for kind in KINDS}}
    write_atomically(arguments.path, (json.dumps(table, indent=1) + "\n").encode())


if __name__ == "__main__":
    main()
