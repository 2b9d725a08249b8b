"""Everyday jobs of a user, end to end: ours through `spinlib.sample`, others through their own documented calls.

Here are whole curves and the first number of a process; `everyday_errors` has the times to an error, and
`everyday_files` configurations in memory and in files. Subjects "sample METHOD" are ours. Every value is in seconds of
wall time; contestants take turns. `peers/jobs_<peer>.py` holds the jobs of the others.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from measure import Skipped, row
from peer_jobs import JobPeer, running
from warm_up import FIRST_NUMBER, seconds_to_a_number

from spinlib import sample
from spinlib.models import XY, Ising, Potts
from spinlib.timing import median_and_spread

TEMPERATURES = np.linspace(1.5, 3.5, 21)
SIZES = (16, 32, 64, 128)
PEERS = ("mcising", "peapods")
SECONDS = "s"
PATIENCE = 6.0  # seconds after which a contestant has no further turn
OTHER_MODELS = {
    "potts q=3": (Potts((32, 32), q=3), np.linspace(0.8, 1.2, 21)),
    "xy": (XY((32, 32)), np.linspace(0.5, 1.5, 21)),
}
FIRST_NUMBERS = {
    "mcising": """
from mcising import LatticeConfig, Simulation, SimulationConfig
config = SimulationConfig(
    lattice=LatticeConfig(size=32), temperatures=(2.3,), n_sweeps=100, measurement_interval=1, store_configs=False
)
print(Simulation(config).run(show_progress=False).energy[2.3].mean())
""",
    "peapods": """
import numpy as np
from peapods import Ising
model = Ising((32, 32), temperatures=np.array([2.3]))
print(-model.sample(1100, sweep_mode="metropolis", warmup_ratio=1000 / 1100)["energies"][0])
""",
}


class Job(NamedTuple):
    """A whole job of one contestant; `seconds()` does it once. compiles: whether the first time is longer."""

    subject: str
    threads: int
    seconds: Callable[[], float]
    compiles: bool = False


def timed_front_door(*arguments: Any, **given: Any) -> float:
    """Seconds of one call."""
    begin = perf_counter()
    sample(*arguments, **given)
    return perf_counter() - begin


def in_turns(benchmark: str, work: str, jobs: Sequence[Job], turns: int) -> Iterator[dict[str, Any]]:
    """The rows of jobs that take turns: median, half the quartiles' distance. A job that raises Skipped has none."""
    values: dict[Job, list[float]] = {job: [] for job in jobs}
    for job in jobs:
        if job.compiles:
            job.seconds()
    for _ in range(turns):
        for job in list(values):
            if sum(values[job]) > PATIENCE:
                continue
            try:
                values[job].append(job.seconds())
            except Skipped as reason:
                del values[job]
                print(f"skipped: {job.subject}, {work}, {job.threads} threads: {reason}", flush=True)
    for job, measured in values.items():
        value, spread = median_and_spread(measured)
        yield row(benchmark, job.subject, work, value, SECONDS, job.threads, spread if len(measured) > 1 else None)


def curves(threads: Sequence[int], python: Path | None, quick: bool) -> Iterator[dict[str, Any]]:
    """21 temperatures, one chain each: 200 sweeps of burn-in, 1000 sweeps that are measured."""
    burn_in, n = (10, 20) if quick else (200, 1000)
    with running(python, PEERS, threads) as peers:
        for length in SIZES[:2] if quick else SIZES:
            jobs = [
                _curve(Ising((length, length)), TEMPERATURES, method, burn_in, n, count)
                for count in threads
                for method in ("auto", "multispin")
            ]
            jobs += [
                _curve_of_peer(peers, name, "metropolis", length, TEMPERATURES, burn_in, n, count)
                for name, count in peers
            ]
            yield from in_turns("everyday: curve", curve_work(length), jobs, 2 if quick else 9)


def curve_work(length: int) -> str:
    return f"ising L={length}, 21 temperatures"


def other_models(threads: Sequence[int], python: Path | None, quick: bool) -> Iterator[dict[str, Any]]:
    """Curves of Potts and XY models at L = 32, as above. Only spinmc among the others has XY, and none has Potts."""
    burn_in, n = (10, 20) if quick else (200, 1000)
    with running(python, ("spinmc",), threads) as peers:
        for name, (model, temperatures) in OTHER_MODELS.items():
            jobs = [_curve(model, temperatures, "auto", burn_in, n, count) for count in threads]
            if name == "xy":
                jobs += [
                    _curve_of_peer(peers, peer, method, 32, temperatures, burn_in, n, count, model=name)
                    for peer, count in peers
                    for method in ("metropolis", "wolff")
                ]
            yield from in_turns("everyday: other models", f"{name} L=32, 21 temperatures", jobs, 2 if quick else 3)


def _curve(model: Any, temperatures: np.ndarray, method: str, burn_in: int, n: int, threads: int) -> Job:
    settings: dict[str, Any] = {"method": method, "keep_spins": False}
    return Job(
        f"sample {method}",
        threads,
        lambda: timed_front_door(model, temperatures, n, burn_in=burn_in, threads=threads, **settings),
        compiles=True,
    )


def _curve_of_peer(
    peers: dict[Any, JobPeer],
    name: str,
    method: str,
    length: int,
    temperatures: np.ndarray,
    burn_in: int,
    n: int,
    threads: int,
    **model: str,
) -> Job:
    arguments = {"method": method, "length": length, "temperatures": temperatures.tolist(), "burn_in": burn_in, "n": n}
    peer = peers[name, threads]
    return Job(f"{name} {method}", threads, lambda: peer.job("curve", **arguments, **model)["seconds"])


def first_numbers(python: Path | None, quick: bool) -> Iterator[dict[str, Any]]:
    """From the start of Python to the mean energy of 100 draws at L = 32 and T = 2.3, and to the end of the imports.

    The others compile nothing: theirs are the rows "compiled before". A quick run leaves out what compiles anew.
    """
    benchmark, repeats = "everyday: first number", 1 if quick else 3
    cold, warm = "nothing compiled before", "compiled before"
    with tempfile.TemporaryDirectory() as folder:
        cache = os.environ.get("NUMBA_CACHE_DIR", "") if quick else folder
        environment = {"NUMBA_CACHE_DIR": cache} if cache else {}
        if not quick:
            seconds = seconds_to_a_number(sys.executable, FIRST_NUMBER, environment)
            yield row(benchmark, "sample auto", cold, seconds, SECONDS, 1, None)

        def job(subject: str, interpreter: Path | str, code: str) -> Job:
            return Job(subject, 1, lambda: seconds_to_a_number(interpreter, code, environment))

        # A number lets the same function measure imports.
        found: list[tuple[str, Path | str, str]] = [("sample auto", sys.executable, FIRST_NUMBER)]
        imports: list[tuple[str, Path | str, str]] = [
            ("import spinlib", sys.executable, "import spinlib\nprint(0.0)"),
            ("from spinlib import sample", sys.executable, "from spinlib import sample\nprint(0.0)"),
        ]
        if python is not None and python.exists():
            found += [(f"{name} metropolis", python, code) for name, code in FIRST_NUMBERS.items()]
            imports += [(f"import {name}", python, f"import {name}\nprint(0.0)") for name in PEERS]
        yield from in_turns(benchmark, warm, [job(*one) for one in found], repeats)
        yield from in_turns(benchmark, "imports alone", [job(*one) for one in imports], repeats)
