"""Rates on a GPU: packed spins in Triton beside the paper's method and torch.roll on the same device.

    PYTHONPATH=.:book python benchmarks/gpu.py build/gpu_benchmarks.json [--device cuda:0] [--quick]

The rows are those of `run.py`. This needs neither an installation nor a network: numpy, scipy, numba, mpmath, xarray,
tqdm, and a torch with CUDA and triton are enough.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import baselines
import numpy as np
import torch
from candidates import CRITICAL, ising_work
from measure import Contestant, take_turns, timed

from spinbook.records.provenance import device_name
from spinbook.records.storage import write_atomically
from spinlib.models import Ising
from spinlib.samplers import METHODS
from spinlib.samplers.multispin.gpu import PackedSpins
from spinlib.samplers.random import streams, torch_generator

# One lattice, or many. Batches of more than UNPACKED_SITES sites are for packed spins only: float64 noise takes 8 bytes
# per site.
LATTICES = {"one lattice": [(2**k, 1) for k in (10, 12, 13, 14, 15)], "many lattices": [(64, 2**14), (1024, 64)]}
QUICK_LATTICES = {"one lattice": [(64, 1)], "many lattices": [(16, 40)]}
UNPACKED_SITES = 2**26


def rows(device: torch.device, quick: bool) -> Iterator[dict[str, Any]]:
    """The measured rows, benchmark after benchmark."""
    seconds, repeats, burn_in = (0.0, 1, 0) if quick else (0.2, 7, 200)
    for name, sizes in (QUICK_LATTICES if quick else LATTICES).items():
        for length, n_lattices in sizes:
            turns = list(contestants(length, n_lattices, device, burn_in))
            for row in take_turns(f"{name}, gpu", turns, seconds, repeats):
                yield row | {"device": device_name(str(device))}


def contestants(length: int, n_lattices: int, device: torch.device, burn_in: int) -> Iterator[Contestant]:
    """All methods on a batch of lattices at T = 2.269; packed spins have made `burn_in` sweeps from a cold start."""
    work, flips = ising_work(length, n_lattices), n_lattices * length**2
    sweeps = {
        "multispin_triton": _packed(length, n_lattices, device, "metropolis", burn_in),
        "multispin_triton heat_bath": _packed(length, n_lattices, device, "heat_bath", burn_in),
    }
    if flips <= UNPACKED_SITES:
        sweeps["convolution"] = _convolution(length, n_lattices, device)
        sweeps["torch.roll"] = _roll(length, n_lattices, device)
    for subject, sweep in sweeps.items():
        yield Contestant(subject, work, 1, timed(_to_the_end(sweep, device), flips))


def _packed(length: int, n_lattices: int, device: torch.device, dynamics: str, burn_in: int) -> Callable[[int], None]:
    spins = torch.ones((n_lattices, length, length), dtype=torch.int8, device=device)
    temperatures, rng = np.full(n_lattices, CRITICAL), streams(0, "multispin_triton", 0, n_lattices)
    chains = PackedSpins(Ising((length, length)), spins, temperatures, rng, dynamics=dynamics)
    chains.sweep(burn_in)
    return chains.sweep


def _convolution(length: int, n_lattices: int, device: torch.device) -> Callable[[int], None]:
    """Paper dp, Algorithm 1."""
    spins, generator = _random(length, n_lattices, device), torch_generator(0, "convolution", 0, 0, device)
    model, sweep = Ising((length, length)), METHODS["convolution"].sweep
    return lambda n: sweep(model, spins[:, None], CRITICAL, generator, n)


def _roll(length: int, n_lattices: int, device: torch.device) -> Callable[[int], None]:
    spins, generator = _random(length, n_lattices, device), torch_generator(0, "roll", 0, 0, device)
    return lambda n: baselines.roll_sweep(spins, CRITICAL, generator, n)


def _random(length: int, n_lattices: int, device: torch.device) -> torch.Tensor:
    states = torch.randint(
        2, (n_lattices, length, length), generator=torch_generator(0, "start", 0, 0, device), device=device
    )
    return states.float() * 2.0 - 1.0


def _to_the_end(sweep: Callable[[int], None], device: torch.device) -> Callable[[int], None]:
    """The same function, returning when the device is done."""

    def until_done(n: int) -> None:
        sweep(n)
        if device.type == "cuda":
            torch.cuda.synchronize(device)

    return until_done


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure rates of samplers on a GPU, side by side.")
    parser.add_argument("output", type=Path, help="the JSON file to write")
    parser.add_argument("--device", default="cuda", help="a CUDA device")
    parser.add_argument("--quick", action="store_true", help="tiny lattices, to see that everything runs")
    options = parser.parse_args()
    if torch.device(options.device).type != "cuda" or not torch.cuda.is_available():
        parser.error(f"device {options.device!r}: a CUDA device is needed, and torch {torch.__version__} has to see it")
    found = []
    for row in rows(torch.device(options.device), options.quick):
        found.append(row)
        print(
            f"{row['benchmark']:22}{row['work']:30}{row['subject']:30}{row['value']:12.4f} +- {row['spread']:.4f} "
            f"{row['unit']}",
            flush=True,
        )
        write_atomically(options.output, (json.dumps(found, indent=1) + "\n").encode())


if __name__ == "__main__":
    main()
