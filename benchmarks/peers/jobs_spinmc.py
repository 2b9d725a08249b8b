"""spinmc 0.3.0: `Spinmc().set_grid(...).set_simulation(...).add_exchange(...).run()`, as in its README.

It measures after every step past the equilibration. Temperatures are its unit of parallelism (`num_threads`).
"""

from time import perf_counter
from typing import Any

from spinmc import Spinmc

OUTPUT = (
    "heat_capacit", "magnetization", "susceptibility", "susceptibility_abs", "group_magnetization",
    "group_susceptibility", "group_magnetization_abs", "group_susceptibility_abs",
)  # fmt: skip


def curve(
    threads: int, method: str, length: int, temperatures: list[float], burn_in: int, n: int, model: str
) -> dict[str, Any]:
    """Seconds of n measured sweeps at each temperature, model "xy" or "ising"."""
    begin = perf_counter()
    run = Spinmc()
    run.set_grid((length, length, 1), 1, [1.0], (True, True, False))
    run.set_simulation("random", model, burn_in, n, method, threads, temperatures, 1.0)
    run.add_exchange(1.0, 0, 0, [[0, -1, 0], [0, 1, 0], [-1, 0, 0], [1, 0, 0]])
    run.set_output(energy=True, magnetization_abs=True, **dict.fromkeys(OUTPUT, False))
    run.run()
    return {"seconds": perf_counter() - begin}
