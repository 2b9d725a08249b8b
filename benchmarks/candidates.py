"""The contestants: each is a function that does n sweeps, and the flips that one sweep attempts.

With several threads, torch uses them for one batch, and packed spins share one lattice among them where "multispin"
says so; all other samplers sweep one lattice, or one batch, per thread at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import NamedTuple

import baselines
import numpy as np
import torch

from spinlib.exact import potts
from spinlib.models import Ising, Potts
from spinlib.samplers import METHODS
from spinlib.samplers.multispin import PackedSpins
from spinlib.samplers.random import streams

CRITICAL = 2.269
SAMPLERS = ("metropolis", "heat_bath", "swendsen_wang", "wolff")


class Candidate(NamedTuple):
    """`sweep(n)` does n sweeps of `work`, each of which attempts `flips` single-site updates."""

    subject: str
    work: str
    flips: int
    threads: int
    sweep: Callable[[int], object]


def ising_work(length: int, n_lattices: int = 1) -> str:
    return f"ising L={length}{f' x{n_lattices}' if n_lattices > 1 else ''} T={CRITICAL}"


@lru_cache
def equilibrium(length: int, n_lattices: int) -> np.ndarray:
    """Lattices int8 (n, L, L) near equilibrium, where clusters have their proper size."""
    model = Ising((length, length))
    spins, rng = np.ones((n_lattices, *model.shape), np.int8), streams(0, "start", 0, n_lattices)
    METHODS["swendsen_wang"].sweep(model, spins, np.full(n_lattices, CRITICAL), rng, 50)
    return spins


def ising(length: int, n_lattices: int, threads: int) -> Iterator[Candidate]:
    """All methods on a batch of square lattices at the critical temperature."""
    model, work = Ising((length, length)), ising_work(length, n_lattices)
    flips, temperatures = n_lattices * model.n_sites, np.full(n_lattices, CRITICAL)

    def starts() -> list[np.ndarray]:
        return [equilibrium(length, n_lattices).copy() for _ in range(threads)]

    packed = [
        PackedSpins(model, spins, temperatures, streams(thread, "multispin", 0, n_lattices))
        for thread, spins in enumerate(starts())
    ]
    yield Candidate("multispin", work, threads * flips, threads, _side_by_side([chains.sweep for chains in packed]))
    if threads > 1 and n_lattices == 1:
        yield Candidate(
            f"multispin, one lattice on {threads} threads", work, flips, threads, lambda n: packed[0].sweep(n, threads)
        )
    for name in SAMPLERS:
        sweeps = [
            _in_place(name, model, spins, temperatures, streams(thread, name, 0, n_lattices))
            for thread, spins in enumerate(starts())
        ]
        yield Candidate(name, work, threads * flips, threads, _side_by_side(sweeps))
    loops = [_loops(spins, np.random.default_rng(thread)) for thread, spins in enumerate(starts())]
    yield Candidate("two numba loops", work, threads * flips, threads, _side_by_side(loops))
    yield convolution(model, CRITICAL, n_lattices, work, threads)
    spins, generator = torch.from_numpy(starts()[0]).float(), torch.Generator().manual_seed(0)
    yield Candidate(
        "torch.roll",
        work,
        flips,
        threads,
        _on_torch_threads(lambda n: baselines.roll_sweep(spins, CRITICAL, generator, n), threads),
    )


def convolution(model: Ising | Potts, temperature: float, n_lattices: int, work: str, threads: int) -> Candidate:
    """Paper dp, Algorithm 1, on a batch of random lattices."""
    generator = torch.Generator().manual_seed(0)
    states = torch.randint(
        2 if isinstance(model, Ising) else model.q, (n_lattices, 1, *model.shape), generator=generator
    )
    spins = (2 * states - 1 if isinstance(model, Ising) else states).float()
    sweep = METHODS["convolution"].sweep
    return Candidate(
        "convolution",
        work,
        n_lattices * model.n_sites,
        threads,
        _on_torch_threads(lambda n: sweep(model, spins, temperature, generator, n), threads),
    )


def convolution_of_ising_and_potts(length: int, threads: int) -> Iterator[Candidate]:
    """The two models of paper dp, each at its critical temperature, on lattices of one size."""
    yield convolution(Ising((length, length)), CRITICAL, 1, ising_work(length), threads)
    temperature = float(potts.critical_temperature(3))
    yield convolution(
        Potts((length, length), q=3), temperature, 1, f"potts q=3 L={length} T={temperature:.3f}", threads
    )


def _in_place(
    name: str, model: Ising, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray
) -> Callable[[int], None]:
    sweep = METHODS[name].sweep
    return lambda n: sweep(model, spins, temperatures, rng, n)


def _loops(spins: np.ndarray, generator: np.random.Generator) -> Callable[[int], None]:
    def sweep(n: int) -> None:
        for lattice in spins:
            baselines.loop_sweep(lattice, CRITICAL, generator, n)

    return sweep


def _side_by_side(sweeps: list[Callable[[int], None]]) -> Callable[[int], object]:
    """All of them at the same time, each on its own thread; the kernels release the interpreter's lock."""
    if len(sweeps) == 1:
        return sweeps[0]
    executor = ThreadPoolExecutor(len(sweeps))
    return lambda n: [done.result() for done in [executor.submit(sweep, n) for sweep in sweeps]]


def _on_torch_threads(sweep: Callable[[int], None], threads: int) -> Callable[[int], None]:
    def on_threads(n: int) -> None:
        torch.set_num_threads(threads)
        sweep(n)

    return on_threads
