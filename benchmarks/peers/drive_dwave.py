"""dwave-samplers 1.8.0, a C++ core: `SimulatedAnnealingSampler.sample` held at one temperature.

The reference of `sample` says that each spin is updated once per sweep in a fixed order by default, its faster choice;
`beta_range` with equal ends keeps the temperature. The time is the `sampling_ns` that it reports, without the
conversions before and after, less that of a call with one sweep. It has no parallel mode: `num_reads` run one after
another.
"""

from collections.abc import Callable

import dimod
import numpy as np
from dwave.samplers import SimulatedAnnealingSampler


def make(
    method: str, length: int, n_lattices: int, temperature: float, threads: int
) -> Callable[[int], tuple[float, float]]:
    """Work: attempted updates. ValueError: more than one thread."""
    if threads > 1:
        raise ValueError(f"{threads} threads: it runs on one")
    sites = np.arange(length**2).reshape(length, length)
    first = np.concatenate([sites.ravel(), sites.ravel()])
    second = np.concatenate([np.roll(sites, -1, axis).ravel() for axis in (0, 1)])
    model = dimod.BinaryQuadraticModel.from_numpy_vectors(
        np.zeros(length**2), (first, second, -np.ones(first.size)), 0.0, "SPIN"
    )
    sampler = SimulatedAnnealingSampler()

    def seconds(n: int) -> float:
        drawn = sampler.sample(
            model, beta_range=(1 / temperature, 1 / temperature), beta_schedule_type="linear", num_sweeps=n
        )
        return drawn.info["timing"]["sampling_ns"] / 1e9

    set_up = min(seconds(1) for _ in range(2))

    return lambda n: (seconds(1 + n) - set_up, n * length**2)
