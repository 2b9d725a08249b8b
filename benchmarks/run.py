"""Rates and times of our samplers beside those of others, measured in one run: `make bench`.

    python benchmarks/run.py build/benchmarks.json [--threads 1 2] [--only NAME ...] [--full-grid] [--quick]

`--only everyday` selects all groups whose names begin so: everyday jobs, end to end, with the ratios to the best other
package in the last lines (`ratios`).

The rows of "memory" say how many bytes per site a run takes at most, beside what the process had (`peak_memory`).

Each row of the file is one measurement: benchmark, subject, work, value, unit, threads, device and spread. Rates are in
"flips/ns": attempted single-site updates per nanosecond; proposals of the present state are not counted. The samplers
of a benchmark take turns; value is their median and spread half the distance between the quartiles. Where a value comes
with a statistical error, spread is that error, and null where there is no valid one. Other work on the machine slows
whatever runs at that moment, so only ratios within one benchmark are meaningful.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import candidates
import everyday
import everyday_errors
import everyday_files
import executors
import independent
import limits
import models
import peak_memory
import peer_process
import ratios
import torch
import warm_up
from measure import Contestant, take_turns

from spinbook.records.provenance import available_cores, device_name
from spinbook.records.storage import write_atomically
from spinlib.models import Ising

# Paper dp, Fig. 3: lattices (128 k)^2 in batches. The short grid leaves out what takes seconds for one sweep.
FIG3_SIDES, FIG3_BATCHES = range(5, 21), (1, 2, 4, 8, 16)
SHORT_SIDES, SHORT_BATCHES, SHORT_LIMIT = (5, 10, 20), (1, 4, 16), 2**23

Rows = Iterator[dict[str, Any]]


class Settings(NamedTuple):
    """The settings of one run; seconds and repeats are those of a turn."""

    threads: list[int]
    full_grid: bool
    quick: bool
    peers: Path | None
    seconds: float
    repeats: int

    def take_turns(self, benchmark: str, contestants: list[Contestant]) -> list[dict[str, Any]]:
        return take_turns(benchmark, contestants, self.seconds, self.repeats)

    def for_each_count(self, make: Callable[[int], Iterator[Contestant]]) -> list[Contestant]:
        return list(chain.from_iterable(make(threads) for threads in self.threads))


def one_lattice(settings: Settings) -> Rows:
    yield from _beside_peers("one lattice", 128 if settings.quick else 1024, 1, settings)


def many_lattices(settings: Settings) -> Rows:
    yield from _beside_peers("64 lattices", 16 if settings.quick else 64, 64, settings)


def _beside_peers(benchmark: str, length: int, n_lattices: int, settings: Settings) -> Rows:
    work = candidates.ising_work(length, n_lattices)

    def contestants(threads: int) -> Iterator[Contestant]:
        yield from candidates.ising(length, n_lattices, threads)
        yield from peer_process.single_flips(settings.peers, length, n_lattices, candidates.CRITICAL, threads, work)

    yield from settings.take_turns(benchmark, settings.for_each_count(contestants))


def clusters(settings: Settings) -> Rows:
    length = 32 if settings.quick else 512
    peers = peer_process.clusters(settings.peers, length, candidates.CRITICAL, candidates.ising_work(length))
    yield from settings.take_turns("clusters", [*candidates.clusters(length, 50 if settings.quick else 3000), *peers])


def ising_and_potts(settings: Settings) -> Rows:
    length = 128 if settings.quick else 1024
    made = settings.for_each_count(lambda threads: candidates.convolution_of_ising_and_potts(length, threads))
    yield from settings.take_turns("ising and potts", made)


def convolution_grid(settings: Settings) -> Rows:
    sides = FIG3_SIDES if settings.full_grid else SHORT_SIDES[:1] if settings.quick else SHORT_SIDES
    for side in sides:
        length = 16 * side if settings.quick else 128 * side
        fits = [batch for batch in SHORT_BATCHES if batch * length**2 <= SHORT_LIMIT]
        for batch in FIG3_BATCHES if settings.full_grid else fits:
            model, work = Ising((length, length)), candidates.ising_work(length, batch)
            made = [
                candidates.convolution(model, candidates.CRITICAL, batch, work, threads) for threads in settings.threads
            ]
            yield from take_turns("convolution grid", made, settings.seconds, min(3, settings.repeats))


def against_size(settings: Settings) -> Rows:
    for length in (16, 128) if settings.quick else (16, 32, 64, 128, 256, 512, 1024, 2048, 4096):
        yield from settings.take_turns("against size", list(candidates.by_size(length)))


def against_replicas(settings: Settings) -> Rows:
    length, counts = (8, (1, 64)) if settings.quick else (32, (1, 4, 16, 64, 256, 1024, 4096))
    for n_lattices in counts:
        yield from settings.take_turns("against replicas", list(candidates.by_replicas(length, n_lattices)))


def other_models(settings: Settings) -> Rows:
    yield from settings.take_turns("other models", list(models.contestants(settings.quick)))
    yield from models.densities_of_states(settings.quick)


def independent_samples(settings: Settings) -> Rows:
    lengths = (8, 16) if settings.quick else (16, 32, 64, 128, 256)
    yield from independent.rows(lengths, settings.seconds, settings.repeats, settings.quick)


def machine_limits(settings: Settings) -> Rows:
    yield from limits.rows(max(settings.threads), settings.seconds, settings.repeats, settings.quick)


def memory_of_runs(settings: Settings) -> Rows:
    yield from peak_memory.rows(settings.quick)


def warm_ups(settings: Settings) -> Rows:
    yield from warm_up.rows(settings.quick)


def executors_of_one_sweep(settings: Settings) -> Rows:
    yield from executors.rows(settings.quick)


def on_a_gpu(settings: Settings) -> Rows:
    if not torch.cuda.is_available():
        print("skipped: gpu: torch sees no CUDA device", flush=True)
        return
    import gpu  # needs triton

    yield from gpu.rows(torch.device("cuda"), settings.quick)


def _everyday(rows: Callable[..., Rows]) -> Callable[[Settings], Rows]:
    return lambda settings: rows(settings.threads, settings.peers, settings.quick)


EVERYDAY: dict[str, Callable[[Settings], Rows]] = {
    "everyday curve": _everyday(everyday.curves),
    "everyday error": _everyday(everyday_errors.errors),
    "everyday crossing": _everyday(everyday_errors.crossings),
    "everyday configurations": _everyday(everyday_files.configurations),
    "everyday first number": lambda settings: everyday.first_numbers(settings.peers, settings.quick),
    "everyday other models": _everyday(everyday.other_models),
}
BENCHMARKS: dict[str, Callable[[Settings], Rows]] = {
    **EVERYDAY,
    "one lattice": one_lattice,
    "64 lattices": many_lattices,
    "clusters": clusters,
    "ising and potts": ising_and_potts,
    "convolution grid": convolution_grid,
    "against size": against_size,
    "against replicas": against_replicas,
    "other models": other_models,
    "limits": machine_limits,
    "independent samples": independent_samples,
    "executors": executors_of_one_sweep,
    "memory": memory_of_runs,
    "gpu": on_a_gpu,
    "warm-up": warm_ups,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure samplers side by side.")
    parser.add_argument("output", type=Path, help="the JSON file to write")
    parser.add_argument("--threads", type=int, nargs="+", default=sorted({1, min(2, available_cores())}))
    groups = {name: [name] for name in BENCHMARKS} | {"everyday": list(EVERYDAY)}
    parser.add_argument("--only", nargs="+", choices=groups, default=list(BENCHMARKS), metavar="NAME")
    parser.add_argument("--full-grid", action="store_true", help="all lattices and batches of the paper's Fig. 3")
    parser.add_argument("--quick", action="store_true", help="tiny lattices, to see that everything runs")
    parser.add_argument("--no-peers", action="store_true", help="leave out other packages")
    parser.add_argument("--peers", type=Path, default=peer_process.PYTHON, help="Python of the other packages")
    options = parser.parse_args()
    settings = Settings(
        sorted(options.threads),
        options.full_grid,
        options.quick,
        None if options.no_peers else options.peers,
        *((0.002, 3) if options.quick else (0.2, 7)),
    )
    # The number of threads has a column of its own.
    device = device_name("cpu").rsplit(", ", 1)[0]
    found: list[dict[str, Any]] = []
    failed = []
    for name in chain.from_iterable(groups[name] for name in options.only):
        try:
            for row in BENCHMARKS[name](settings):
                found.append({"device": device, **row})
                print(_line(row), flush=True)
        except Exception:
            traceback.print_exc()
            failed.append(name)
        write_atomically(options.output, (json.dumps(found, indent=1) + "\n").encode())
    for line in ratios.lines(found):
        print(line, flush=True)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def _line(row: dict[str, Any]) -> str:
    spread = "no valid error" if row["spread"] is None else f"+- {row['spread']:.4g}"
    return (
        f"{row['benchmark']:32} {row['work']:44} {row['subject']:36} {row['threads']} threads "
        f"{row['value']:10.4g} {spread} {row['unit']}"
    )


if __name__ == "__main__":
    main()
