"""peapods 0.2.0, a Rust core: `Ising.sample(n_sweeps, sweep_mode="metropolis", warmup_ratio=...)`, as in its README.

Observables are measured after every sweep that is no warm-up, so all sweeps but the last are declared warm-up. Replicas
share the threads through Rayon ("Replicas are parallelized over threads with rayon", the core's documentation). A
cluster update always comes on top of a Metropolis sweep (`run_sweep_loop`); its time is the difference between a call
with cluster updates and one without.
"""

from collections.abc import Callable
from time import perf_counter

import numpy as np
from peapods import Ising


def make(
    method: str, length: int, n_lattices: int, temperature: float, threads: int
) -> Callable[[int], tuple[float, float]]:
    """Work: attempted updates ("metropolis") or cluster updates ("swendsen_wang")."""
    replicas = max(n_lattices, threads)
    model = Ising((length, length), temperatures=np.array([temperature]), n_replicas=replicas)
    clusters = {"cluster_update_interval": 1, "cluster_mode": "sw"}

    def seconds(n: int, **options: object) -> float:
        begin = perf_counter()
        model.sample(n, sweep_mode="metropolis", warmup_ratio=1 - 1 / n, sequential=threads == 1, **options)
        return perf_counter() - begin

    seconds(100, **clusters)

    def turn(n: int) -> tuple[float, float]:
        n = max(n, 2)  # one sweep at least is warm-up
        if method == "swendsen_wang":
            return seconds(n, **clusters) - seconds(n), n
        return seconds(n), n * replicas * length**2

    return turn
