"""peapods 0.2.0: jobs through `Ising(...).sample(n, sweep_mode=..., warmup_ratio=...)`, as in its README.

It measures energy and magnetisation after every sweep that is no warm-up, and returns averages only. A series comes
from calls of one sweep each without warm-up, which continue the run; its time is that of one call for all sweeps. A
cluster update always comes on top of a Metropolis sweep. Temperatures share the threads. It reports +sum s_i s_j / N,
whose sign is turned. It has no documented way to give configurations out.
"""

from time import perf_counter
from typing import Any

import numpy as np
from peapods import Ising

METHODS: dict[str, dict[str, Any]] = {
    "metropolis": {},
    "swendsen_wang": {"cluster_update_interval": 1, "cluster_mode": "sw"},
    "wolff": {"cluster_update_interval": 1, "cluster_mode": "wolff"},
}


def curve(
    threads: int, method: str, length: int, temperatures: list[float], burn_in: int, n: int, **_: Any
) -> dict[str, Any]:
    """Seconds of n measured sweeps at each temperature."""
    begin = perf_counter()
    model = Ising((length, length), temperatures=np.array(temperatures))
    model.sample(
        burn_in + n,
        sweep_mode="metropolis",
        warmup_ratio=burn_in / (burn_in + n),
        sequential=threads == 1,
        **METHODS[method],
    )
    return {"seconds": perf_counter() - begin}


def series(
    threads: int, method: str, length: int, temperature: float, burn_in: int, n: int, path: str
) -> dict[str, Any]:
    """Energy and magnetisation per site of n draws, (2, 1, n) in the file `path`, and the seconds of both parts."""
    model = Ising((length, length), temperatures=np.array([temperature]))
    options = {"sweep_mode": "metropolis", "warmup_ratio": 0.0, "sequential": True, **METHODS[method]}
    begin = perf_counter()
    model.sample(burn_in, **options)
    ready = perf_counter()
    timed = max(1, n // 4)
    model.sample(timed, **options)
    seconds = (perf_counter() - ready) * n / timed
    drawn = np.empty((2, 1, n))
    for draw in range(n):
        found = model.sample(1, **options)
        drawn[:, 0, draw] = -found["energies"][0], found["mags"][0]
    np.save(path, drawn)
    return {"seconds": ready - begin + seconds, "burn_in": ready - begin}
