"""thrml 0.1.4 on JAX: block Gibbs sampling in two colours by `sample_states`, the README's "Quick example".

One sweep is one pass over both blocks; the schedule has all sweeps as warm-up and one sample at the end. Batches are
vectorised with `jax.vmap`, and the whole is compiled by `jax.jit`, as in the package's own examples. XLA takes as many
threads as the process may have cores. It compiles for one number of sweeps: turns are rounded up to that.
"""

import os
from collections.abc import Callable
from time import perf_counter

SWEEPS = 10  # of one compiled call


def make(
    method: str, length: int, n_lattices: int, temperature: float, threads: int
) -> Callable[[int], tuple[float, float]]:
    """Work: attempted (heat bath) updates."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])
    import jax
    import jax.numpy as jnp
    import numpy as np
    from thrml import Block, SamplingSchedule, SpinNode, sample_states
    from thrml.models import IsingEBM, IsingSamplingProgram, hinton_init

    nodes = [SpinNode() for _ in range(length**2)]
    sites = np.arange(length**2).reshape(length, length)
    edges = [
        (nodes[a], nodes[b])
        for axis in (0, 1)
        for a, b in zip(sites.ravel(), np.roll(sites, -1, axis).ravel(), strict=True)
    ]
    model = IsingEBM(nodes, edges, jnp.zeros(len(nodes)), jnp.ones(len(edges)), jnp.array(1 / temperature))
    colors = (sites // length + sites % length).ravel() % 2
    blocks = [Block([nodes[site] for site in np.flatnonzero(colors == color)]) for color in (0, 1)]
    program = IsingSamplingProgram(model, blocks, clamped_blocks=[])
    state = hinton_init(jax.random.key(0), model, blocks, (n_lattices,))
    schedule = SamplingSchedule(n_warmup=SWEEPS, n_samples=1, steps_per_sample=1)
    chains = jax.jit(jax.vmap(lambda start, key: sample_states(key, program, schedule, start, [], blocks)))
    random = jax.random.key(1)

    def turn(n: int) -> tuple[float, float]:
        nonlocal state, random
        calls = -(-n // SWEEPS)
        begin = perf_counter()
        for _ in range(calls):
            random, key = jax.random.split(random)
            state = [block[:, 0] for block in chains(state, jax.random.split(key, n_lattices))]
        jax.block_until_ready(state)
        return perf_counter() - begin, calls * SWEEPS * n_lattices * length**2

    return turn
