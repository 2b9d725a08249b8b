"""mcising 1.1.0: jobs through `Simulation(SimulationConfig(...)).run()`, series through `IsingSimulation`.

Curves run in the mode INDEPENDENT, "each temperature runs in parallel", its own way to several threads; on one thread
it is no slower than the cool-down. A series at one temperature comes from `production_sweeps`, "one FFI crossing for
the whole block"; one simulation goes from temperature to temperature, as the cool-down does, so that temperatures have
to fall. A draw of Wolff's algorithm is as many clusters as flip about every site once, as the reference of `sweep`
asks.
"""

from time import perf_counter
from typing import Any

import numpy as np
from mcising import Algorithm, ExecutionMode, LatticeConfig, Simulation, SimulationConfig, save_hdf5
from mcising._core import IsingSimulation

_simulations: dict[tuple[str, int], IsingSimulation] = {}


def curve(
    threads: int, method: str, length: int, temperatures: list[float], burn_in: int, n: int, **_: Any
) -> dict[str, Any]:
    """Seconds of n measured sweeps at each temperature."""
    begin = perf_counter()
    _run(method, length, temperatures, burn_in, n, 1, keep=False)
    return {"seconds": perf_counter() - begin}


def configurations(
    threads: int, method: str, length: int, temperatures: list[float], burn_in: int, n: int, interval: int, out: str
) -> dict[str, Any]:
    """Seconds until n configurations at each temperature are in memory, or in the HDF5 file `out`."""
    begin = perf_counter()
    results = _run(method, length, temperatures, burn_in, n * interval, interval, keep=out != "nothing")
    if out == "file":
        save_hdf5(results, "configurations.h5")
    return {"seconds": perf_counter() - begin}


def _run(method: str, length: int, temperatures: list[float], burn_in: int, n: int, interval: int, keep: bool) -> Any:
    config = SimulationConfig(
        lattice=LatticeConfig(size=length),
        algorithm=Algorithm(method),
        temperatures=tuple(temperatures),
        n_sweeps=n,
        n_thermalization=burn_in,
        measurement_interval=interval,
        store_configs=keep,
        mode=ExecutionMode.INDEPENDENT,
    )
    return Simulation(config).run(show_progress=False)


def series(
    threads: int, method: str, length: int, temperature: float, burn_in: int, n: int, path: str
) -> dict[str, Any]:
    """Energy and magnetisation per site of n draws, (2, 1, n) in the file `path`, and the seconds of both parts."""
    if (method, length) not in _simulations:
        _simulations[method, length] = IsingSimulation(length, 1.0, 0.0, 0.0, 0.0, 1, method, "square")
    simulation, interval = _simulations[method, length], 1
    begin = perf_counter()
    if method == "wolff":
        flipped = clusters = 0
        while flipped < burn_in * length**2:
            flipped, clusters = flipped + simulation.sweep(10, temperature=temperature)[1], clusters + 10
        # The start may have been far from equilibrium: the size of clusters is that of a second look.
        interval = max(1, round(100 * length**2 / simulation.sweep(100, temperature=temperature)[1]))
    else:
        simulation.sweep(burn_in, temperature=temperature)
    ready = perf_counter()
    drawn = simulation.production_sweeps(n, interval, temperature=temperature, store_configs=False)
    end = perf_counter()
    np.save(path, np.array([[drawn["energies"]], [drawn["magnetizations"]]]))
    return {"seconds": end - begin, "burn_in": ready - begin}
