"""spinmc 0.3.0, a Rust core: a run of `Spinmc().set_grid(...).set_simulation(...).add_exchange(...).run()`.

As in its README, with Metropolis, all sweeps as equilibration, one measurement, and the energy as the only output. A
run builds the lattice anew; that time, of a run with one sweep, is subtracted. Temperatures are its unit of parallelism
(`num_threads`), so that several threads have a lattice each at the same temperature.
"""

from collections.abc import Callable
from time import perf_counter

from spinmc import Spinmc

OUTPUT = (
    "heat_capacit", "magnetization", "susceptibility", "magnetization_abs", "susceptibility_abs",
    "group_magnetization", "group_susceptibility", "group_magnetization_abs", "group_susceptibility_abs",
)  # fmt: skip


def make(
    method: str, length: int, n_lattices: int, temperature: float, threads: int
) -> Callable[[int], tuple[float, float]]:
    """Work: attempted updates."""

    def seconds(n: int) -> float:
        run = Spinmc()
        run.set_grid((length, length, 1), 1, [1.0], (True, True, False))
        run.set_simulation("random", "ising", n, 1, method, threads, [temperature] * threads, 1.0)
        run.add_exchange(1.0, 0, 0, [[0, -1, 0], [0, 1, 0], [-1, 0, 0], [1, 0, 0]])
        run.set_output(energy=True, **dict.fromkeys(OUTPUT, False))
        begin = perf_counter()
        run.run()
        return perf_counter() - begin

    set_up = min(seconds(1) for _ in range(3))
    return lambda n: (seconds(1 + n) - set_up, n * threads * length**2)
