"""Contestants that take turns, and the rows of their measurements.

A contestant's `turn(n)` does n sweeps and returns the seconds that took and the work that was done: attempted updates
of single sites for a rate ("flips/ns"), something else for a time ("ms" for one of it). A peer measures its seconds in
its own process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any, NamedTuple

from spinlib.timing import median_and_spread

RATE, TIME = "flips/ns", "ms"


class Skipped(RuntimeError):
    """Raised by a contestant that cannot take part, or cannot go on; the message says why."""


def _nothing() -> None:
    pass


class Contestant(NamedTuple):
    """One row to be measured: `turn(n)` does n sweeps of `work` and returns (seconds, work done); `close()` ends it."""

    subject: str
    work: str
    threads: int
    turn: Callable[[int], tuple[float, float]]
    unit: str = RATE
    close: Callable[[], None] = _nothing


def timed(sweep: Callable[[int], object], per_sweep: float) -> Callable[[int], tuple[float, float]]:
    """The turn of a function that does n sweeps, each of so much work."""

    def turn(n: int) -> tuple[float, float]:
        begin = perf_counter()
        sweep(n)
        return perf_counter() - begin, n * per_sweep

    return turn


def row(
    benchmark: str, subject: str, work: str, value: float, unit: str, threads: int, spread: float | None
) -> dict[str, Any]:
    """A row of the file but for its device. spread: None where the value has no valid error."""
    return {
        "benchmark": benchmark,
        "subject": subject,
        "work": work,
        "value": float(value),
        "unit": unit,
        "threads": threads,
        "spread": None if spread is None else float(spread),
    }


def take_turns(benchmark: str, contestants: Sequence[Contestant], seconds: float, repeats: int) -> list[dict[str, Any]]:
    """The rows of contestants that take turns of about so many seconds: median, and half the distance of the quartiles.

    One that raises Skipped has no row. All are closed in the end.
    """
    sweeps: dict[Contestant, int] = {}
    values: dict[Contestant, list[float]] = {one: [] for one in contestants}
    try:
        for repeat in range(-1, repeats):
            for one in list(values):
                try:
                    if repeat < 0:
                        sweeps[one] = sweeps_per_turn(one, seconds)
                    else:
                        values[one].append(_value(one, sweeps[one]))
                except Skipped as reason:
                    del values[one]
                    print(f"skipped: {one.subject}, {one.work}, {one.threads} threads: {reason}", flush=True)
    finally:
        for one in contestants:
            one.close()
    rows = []
    for one, measured in values.items():
        value, spread = median_and_spread(measured)
        rows.append(row(benchmark, one.subject, one.work, value, one.unit, one.threads, spread))
    return rows


def _value(contestant: Contestant, n: int) -> float:
    elapsed, done = contestant.turn(n)
    if elapsed <= 0:  # of a peer whose set-up is subtracted
        raise Skipped(f"its set-up hides the time of {n} sweeps")
    return done / elapsed / 1e9 if contestant.unit == RATE else 1e3 * elapsed / done


def sweeps_per_turn(contestant: Contestant, seconds: float) -> int:
    """The number of sweeps, at least 1, that take about so many seconds; the first sweep compiles and is not timed."""
    contestant.turn(1)
    n = 1
    while True:
        elapsed, _ = contestant.turn(n)
        if elapsed > seconds / 4:
            return max(1, round(n * seconds / elapsed))
        n *= 4
