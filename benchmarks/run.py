"""Rates of our samplers, of the paper's method and of first attempts, all measured in one run: `make bench`.

    python benchmarks/run.py build/benchmarks.json [--threads 1 2] [--full-grid] [--quick]

Each row of the file is one rate: benchmark, subject, work, value, unit ("flips/ns": attempted single-site updates per
nanosecond; proposals of the present state are not counted), threads, device and spread, half the distance between the
quartiles. All candidates of a benchmark take turns; value is the median. Other work on the machine slows all of them,
so only ratios within one benchmark mean much.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import Any

from candidates import CRITICAL, Candidate, convolution, convolution_of_ising_and_potts, ising, ising_work

from spinbook.provenance import available_cores, device_name
from spinbook.storage import write_atomically
from spinlib.models import Ising
from spinlib.timing import interleaved_rates, median_and_spread

# Paper dp, Fig. 3: lattices (128 k)^2 in batches. The short grid leaves out what takes seconds for one sweep.
FIG3_SIDES, FIG3_BATCHES = range(5, 21), (1, 2, 4, 8, 16)
SHORT_SIDES, SHORT_BATCHES, SHORT_LIMIT = (5, 10, 20), (1, 4, 16), 2**25


def benchmarks(thread_counts: Sequence[int], full_grid: bool, quick: bool) -> Iterator[tuple[str, list[Candidate]]]:
    """Names and candidates, made only when their turn comes: large lattices take gigabytes."""
    large, small = (128, 16) if quick else (1024, 64)

    def for_each_count(make: Callable[[int], Iterator[Candidate]]) -> list[Candidate]:
        return list(chain.from_iterable(make(threads) for threads in thread_counts))

    yield "one lattice", for_each_count(lambda threads: ising(large, 1, threads))
    yield "64 lattices", for_each_count(lambda threads: ising(small, 64, threads))
    yield "ising and potts", for_each_count(lambda threads: convolution_of_ising_and_potts(large, threads))
    for side in FIG3_SIDES if full_grid else SHORT_SIDES[:1] if quick else SHORT_SIDES:
        length = 16 * side if quick else 128 * side
        batches = FIG3_BATCHES if full_grid else [b for b in SHORT_BATCHES if b * length**2 <= SHORT_LIMIT]
        for batch in batches:
            work = ising_work(length, batch)
            yield (
                "convolution grid",
                [convolution(Ising((length, length)), CRITICAL, batch, work, threads) for threads in thread_counts],
            )


def rows(name: str, candidates: list[Candidate], seconds: float, repeats: int, device: str) -> list[dict[str, Any]]:
    """The measured rows of one benchmark."""
    updates = {}
    for number, candidate in enumerate(candidates):
        n = sweeps_per_call(candidate, seconds)
        updates[str(number)] = (_call(candidate, n), float(n * candidate.flips))
    measured = interleaved_rates(updates, repeats)
    found = []
    for number, candidate in enumerate(candidates):
        value, spread = median_and_spread(measured[str(number)])
        found.append(
            {
                "benchmark": name,
                "subject": candidate.subject,
                "work": candidate.work,
                "value": value,
                "unit": "flips/ns",
                "threads": candidate.threads,
                "device": device,
                "spread": spread,
            }
        )
    return found


def sweeps_per_call(candidate: Candidate, seconds: float) -> int:
    """As many sweeps, at least one, as take about so many seconds."""
    candidate.sweep(1)  # compilation
    n = 1
    while True:
        begin = perf_counter()
        candidate.sweep(n)
        elapsed = perf_counter() - begin
        if elapsed > seconds / 4:
            return max(1, round(n * seconds / elapsed))
        n *= 4


def _call(candidate: Candidate, n: int) -> Callable[[], object]:
    return lambda: candidate.sweep(n)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure rates of samplers side by side.")
    parser.add_argument("output", type=Path, help="the JSON file to write")
    parser.add_argument("--threads", type=int, nargs="+", default=sorted({1, min(2, available_cores())}))
    parser.add_argument("--full-grid", action="store_true", help="all lattices and batches of the paper's Fig. 3")
    parser.add_argument("--quick", action="store_true", help="tiny lattices, to see that everything runs")
    options = parser.parse_args()
    seconds, repeats = (0.002, 3) if options.quick else (0.2, 7)
    # The number of threads has a column of its own.
    device = device_name("cpu").rsplit(", ", 1)[0]
    found = []
    for name, candidates in benchmarks(options.threads, options.full_grid, options.quick):
        for row in rows(name, candidates, seconds, repeats, device):
            found.append(row)
            print(
                f"{name:17}{row['work']:27}{row['subject']:36}{row['threads']} threads"
                f"{row['value']:10.4f} +- {row['spread']:.4f} {row['unit']}",
                flush=True,
            )
    write_atomically(options.output, (json.dumps(found, indent=1) + "\n").encode())


if __name__ == "__main__":
    main()
