"""mcising 1.1.0, a Rust core: `IsingSimulation.production_sweeps`, which lets other threads run while it sweeps.

Its reference (the package's `_core.pyi`, "one FFI crossing for the whole block") and its own benchmark
(`mcising.benchmarks.bench_mcising`) time sweeps without observables. Here a block is measured once, at its end. One
Metropolis sweep attempts every site once; one Wolff sweep is one cluster, whose size `sweep` returns. Threads sweep a
lattice each, as its mode INDEPENDENT does; the package has no other parallel mode for one temperature.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from mcising._core import IsingSimulation


def make(
    method: str, length: int, n_lattices: int, temperature: float, threads: int
) -> Callable[[int], tuple[float, float]]:
    """Work: attempted updates ("metropolis"), sweeps ("swendsen_wang") or spins flipped over 1e4 ("wolff")."""
    n_lattices = max(n_lattices, threads)
    simulations = [IsingSimulation(length, 1.0, 0.0, 0.0, 0.0, seed, method, "square") for seed in range(n_lattices)]
    for simulation in simulations:
        simulation.sweep(100, temperature=temperature)
        if method == "wolff":  # from a random start clusters are small at first
            simulation.sweep(2000, temperature=temperature)
    executor = ThreadPoolExecutor(threads)

    def sweep(thread: int, n: int) -> None:
        for simulation in simulations[thread::threads]:
            simulation.production_sweeps(1, n, temperature=temperature, store_configs=False)

    def turn(n: int) -> tuple[float, float]:
        begin = perf_counter()
        if method == "wolff":
            _, flipped, _ = simulations[0].sweep(n, temperature=temperature)
            return perf_counter() - begin, flipped / 1e4
        if threads == 1:
            sweep(0, n)
        else:
            list(executor.map(sweep, range(threads), [n] * threads))
        seconds = perf_counter() - begin
        return seconds, n if method == "swendsen_wang" else n * n_lattices * length**2

    return turn
