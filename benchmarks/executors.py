"""One sweep over temperatures by executors with one and with two worker processes.

    python benchmarks/executors.py [--quick]

prints the rows as JSON. It is a program of its own because each spawned worker imports the program that spawned it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from typing import Any

from measure import Contestant, take_turns, timed

from spinlib import sample
from spinlib.models import Ising

# Two blocks of 16 chains, so one for each of two workers.
MODEL, TEMPERATURES, CHAINS = Ising((64, 64)), (2.2, 2.4), 16
# Seconds of one turn; a chain takes half of it, or all of it with two workers.
SECONDS, REPEATS = 3.0, 7


def rows(quick: bool) -> list[dict[str, Any]]:
    """The rate of whole calls of `spinlib.sample`, measured in a process of its own."""
    command = [sys.executable, __file__, *(["--quick"] if quick else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def contestants(quick: bool) -> Iterator[Contestant]:
    """`sample` without an executor, and with each kind of executor and number of workers; quick: no cluster."""
    yield _contestant("no executor", 1, None)
    for n_workers in (1, 2):
        pool = ProcessPoolExecutor(n_workers, mp_context=get_context("spawn"))
        yield _contestant("process pool", n_workers, pool)._replace(close=pool.shutdown)
    if quick or find_spec("distributed") is None:
        return
    from distributed import LocalCluster

    for n_workers in (1, 2):
        cluster = LocalCluster(n_workers=n_workers, threads_per_worker=1, dashboard_address="127.0.0.1:0")
        executor = cluster.get_client().get_executor(pure=False)
        yield _contestant("dask LocalCluster", n_workers, executor)._replace(close=cluster.close)


def _contestant(subject: str, n_workers: int, executor: Executor | None) -> Contestant:
    work = f"ising L={MODEL.shape[0]} x{len(TEMPERATURES) * CHAINS} metropolis"

    def sweep(n: int) -> None:
        sample(
            MODEL,
            TEMPERATURES,
            1,
            method="metropolis",
            n_chains=CHAINS,
            burn_in=0,
            sweeps_between=n,
            keep_spins=False,
            executor=executor,
        )

    return Contestant(subject, work, n_workers, timed(sweep, len(TEMPERATURES) * CHAINS * MODEL.n_sites))


def main(quick: bool) -> None:
    seconds, repeats = (0.02, 3) if quick else (SECONDS, REPEATS)
    print(json.dumps(take_turns("executors", list(contestants(quick)), seconds, repeats)))


if __name__ == "__main__":
    main("--quick" in sys.argv[1:])
