"""Contestants on the square Ising model at T = 2.269: our samplers, the convolution method and simple baselines.

With several threads, torch uses them for one batch, and packed spins share one lattice among them where the subject
says so; all other samplers sweep one lattice, or one batch, per thread at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import baselines
import numpy as np
import torch
from measure import TIME, Contestant, timed

from spinlib.exact import potts
from spinlib.models import Ising, Potts
from spinlib.samplers import METHODS, wolff
from spinlib.samplers.chains import measure
from spinlib.samplers.multispin import PackedSpins
from spinlib.samplers.random import streams

CRITICAL = 2.269
SAMPLERS = ("metropolis", "heat_bath", "swendsen_wang", "wolff")
STRIPS = 128  # sizes of which one lattice fills the words of packed spins
LONGEST_CONVOLUTION, LONGEST_REPLICAS = 2048, 1024


def ising_work(length: int, n_lattices: int = 1) -> str:
    return f"ising L={length}{f' x{n_lattices}' if n_lattices > 1 else ''} T={CRITICAL}"


@lru_cache(maxsize=4)
def relaxed(length: int, n_lattices: int) -> np.ndarray:
    """Lattices int8 (n, L, L) with the energy, though not the long waves, of equilibrium: for single flips."""
    model = Ising((length, length))
    spins, rng = np.ones((n_lattices, *model.shape), np.int8), streams(0, "start", 0, n_lattices)
    METHODS["multispin"].sweep(model, spins, np.full(n_lattices, CRITICAL), rng, 200)
    return spins


@lru_cache(maxsize=4)
def equilibrium(length: int, n_lattices: int) -> np.ndarray:
    """Lattices int8 (n, L, L) near equilibrium, where clusters have their proper size."""
    spins = relaxed(length, n_lattices).copy()
    model, rng = Ising((length, length)), streams(0, "clusters", 0, n_lattices)
    METHODS["swendsen_wang"].sweep(model, spins, np.full(n_lattices, CRITICAL), rng, 50)
    return spins


def ising(length: int, n_lattices: int, threads: int) -> Iterator[Contestant]:
    """All methods on a batch of lattices."""
    yield packed(length, n_lattices, threads)
    yield packed(length, n_lattices, threads, dynamics="heat_bath")
    if threads > 1 and n_lattices == 1:
        yield packed_together(length, threads)
    for name in SAMPLERS:
        yield sampler(name, length, n_lattices, threads)
    work, flips = ising_work(length, n_lattices), n_lattices * length**2
    loops = [_loops(relaxed(length, n_lattices).copy(), np.random.default_rng(k)) for k in range(threads)]
    yield Contestant("two numba loops", work, threads, timed(_side_by_side(loops), threads * flips))
    yield convolution(Ising((length, length)), CRITICAL, n_lattices, work, threads)
    spins, generator = torch.from_numpy(relaxed(length, n_lattices)).float(), torch.Generator().manual_seed(0)
    roll = _on_torch_threads(lambda n: baselines.roll_sweep(spins, CRITICAL, generator, n), threads)
    yield Contestant("torch.roll", work, threads, timed(roll, flips))


def packed(length: int, n_lattices: int, threads: int, *, dynamics: str = "metropolis") -> Contestant:
    """Packed spins, a batch per thread."""
    batches = [_packed_spins(length, n_lattices, thread, dynamics) for thread in range(threads)]
    subject = "multispin" if dynamics == "metropolis" else f"multispin {dynamics}"
    flips = threads * n_lattices * length**2
    turn = timed(_side_by_side([batch.sweep for batch in batches]), flips)
    return Contestant(subject, ising_work(length, n_lattices), threads, turn)


def packed_together(length: int, threads: int) -> Contestant:
    """One lattice of packed spins that all threads share."""
    batch = _packed_spins(length, 1, 0, "metropolis")
    subject = f"multispin, one lattice on {threads} threads"
    return Contestant(subject, ising_work(length), threads, timed(lambda n: batch.sweep(n, threads), length**2))


def _packed_spins(length: int, n_lattices: int, thread: int, dynamics: str) -> PackedSpins:
    temperatures, rng = np.full(n_lattices, CRITICAL), streams(thread, "multispin", 0, n_lattices)
    return PackedSpins(Ising((length, length)), relaxed(length, n_lattices), temperatures, rng, dynamics=dynamics)


def sampler(name: str, length: int, n_lattices: int, threads: int) -> Contestant:
    """One of METHODS on int8 spins, a batch per thread."""
    start = equilibrium if name in ("swendsen_wang", "wolff") else relaxed
    model = Ising((length, length))
    sweeps = [
        in_place(name, model, start(length, n_lattices).copy(), CRITICAL, streams(thread, name, 0, n_lattices))
        for thread in range(threads)
    ]
    flips = threads * n_lattices * model.n_sites
    return Contestant(name, ising_work(length, n_lattices), threads, timed(_side_by_side(sweeps), flips))


def in_place(
    name: str, model: Ising | Potts, spins: np.ndarray, temperature: float, rng: np.ndarray
) -> Callable[[int], None]:
    """A function that does n sweeps of the method on these spins, all at one temperature."""
    sweep, temperatures = METHODS[name].sweep, np.full(len(spins), temperature)
    return lambda n: sweep(model, spins, temperatures, rng, n)


def convolution(model: Ising | Potts, temperature: float, n_lattices: int, work: str, threads: int) -> Contestant:
    """Paper dp, Algorithm 1, on a batch of random lattices."""
    generator = torch.Generator().manual_seed(0)
    states = torch.randint(
        2 if isinstance(model, Ising) else model.q, (n_lattices, 1, *model.shape), generator=generator
    )
    spins = (2 * states - 1 if isinstance(model, Ising) else states).float()
    sweep = METHODS["convolution"].sweep
    on_threads = _on_torch_threads(lambda n: sweep(model, spins, temperature, generator, n), threads)
    return Contestant("convolution", work, threads, timed(on_threads, n_lattices * model.n_sites))


def convolution_of_ising_and_potts(length: int, threads: int) -> Iterator[Contestant]:
    """The two models of paper dp, each at its critical temperature, on lattices of one size."""
    yield convolution(Ising((length, length)), CRITICAL, 1, ising_work(length), threads)
    temperature = float(potts.critical_temperature(3))
    model = Potts((length, length), q=3)
    yield convolution(model, temperature, 1, f"potts q=3 L={length} T={temperature:.3f}", threads)


def clusters(length: int, n_draws: int) -> Iterator[Contestant]:
    """Cluster updates of one lattice on one thread: ms for a sweep, or for 1e4 spins that Wolff's clusters flip."""
    work, model = ising_work(length), Ising((length, length))
    spins, rng = equilibrium(length, 1).copy(), streams(0, "mean square", 0, 1)
    squares = []
    for _ in range(n_draws):
        METHODS["swendsen_wang"].sweep(model, spins, np.array([CRITICAL]), rng, 1)
        squares.append(measure.magnetization(model, spins)[0] ** 2)
    flipped = spins_per_sweep(model, CRITICAL, float(np.mean(squares)))
    for name, per_sweep in (("swendsen_wang", 1.0), ("wolff", flipped / 1e4)):
        sweep = in_place(name, model, equilibrium(length, 1).copy(), CRITICAL, streams(0, name, 0, 1))
        yield Contestant(name, work, 1, timed(sweep, per_sweep), TIME)


def spins_per_sweep(model: Ising, temperature: float, square: float) -> float:
    """Spins that a sweep of `clusters.wolff` flips: clusters of N <m^2> sites on average, <m^2> = square."""
    return wolff.clusters_per_sweep(model, temperature) * model.n_sites * square


def by_size(length: int) -> Iterator[Contestant]:
    """One thread, one lattice of this size, and 64 of them in the words of packed spins, where that is affordable."""
    if length % STRIPS == 0:
        yield packed(length, 1, 1)
    if length <= LONGEST_REPLICAS:
        yield packed(length, 64, 1)
    yield sampler("metropolis", length, 1, 1)
    if length <= LONGEST_CONVOLUTION:
        yield convolution(Ising((length, length)), CRITICAL, 1, ising_work(length), 1)


def by_replicas(length: int, n_lattices: int) -> Iterator[Contestant]:
    """One thread, so many lattices of this size."""
    yield packed(length, n_lattices, 1)
    yield sampler("metropolis", length, n_lattices, 1)
    yield convolution(Ising((length, length)), CRITICAL, n_lattices, ising_work(length, n_lattices), 1)


def _loops(spins: np.ndarray, generator: np.random.Generator) -> Callable[[int], None]:
    def sweep(n: int) -> None:
        for lattice in spins:
            baselines.loop_sweep(lattice, CRITICAL, generator, n)

    return sweep


def _side_by_side(sweeps: list[Callable[[int], None]]) -> Callable[[int], object]:
    """Run all of them at the same time, each on its own thread; the kernels release the interpreter's lock."""
    if len(sweeps) == 1:
        return sweeps[0]
    executor = ThreadPoolExecutor(len(sweeps))
    return lambda n: [done.result() for done in [executor.submit(sweep, n) for sweep in sweeps]]


def _on_torch_threads(sweep: Callable[[int], None], threads: int) -> Callable[[int], None]:
    def on_threads(n: int) -> None:
        torch.set_num_threads(threads)
        sweep(n)

    return on_threads
