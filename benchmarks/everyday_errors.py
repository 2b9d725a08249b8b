"""Time to a given error, of an energy curve, of a susceptibility near Tc, and of a Binder crossing.

No run reaches the target error: a pilot run gives the error of the mean for its number of draws, by integrated
autocorrelation times (`spinlib.statistics`, the same estimator for all), and

    seconds = burn-in + time of a draw x draws that the error needs,

so every row except "seconds of the draws" is extrapolated. Each temperature stops when its own error is reached, in a
call of its own. For subjects "one call", which draw all temperatures at once, the worst temperature decides. Rows on
more threads are those on one thread multiplied by the ratio of times of a short run of all temperatures, with the
package's own way to use threads. A contestant without a valid error has no row, but a line with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from everyday import PEERS, SECONDS, TEMPERATURES
from measure import Skipped, row
from peer_jobs import JobPeer, running
from pilots import (
    Pilot,
    Sampler,
    draws_for_energy,
    draws_for_independent,
    draws_for_susceptibility,
    of_peer,
    ours,
    pilots,
)

from spinlib.exact import onsager
from spinlib.finite_size import CriticalRun, binder_crossing
from spinlib.statistics import Estimate

CRITICAL = float(onsager.critical_temperature())
NEAR = CRITICAL * np.array([1.025, 1.0, 0.975])
ENERGY_ERROR, SUSCEPTIBILITY_ERROR, CROSSING_ERROR = 1e-3, 0.01, 1e-3
INDEPENDENT = 10_000
CROSSING_SIZES, CROSSING_DRAWS, CROSSING_GRID = (16, 32, 64), 8192, np.linspace(2.2, 2.34, 29)
# Single flips of peapods are slower than those of mcising, and as correlated.
METHODS = {"mcising": ("metropolis", "swendsen_wang", "wolff"), "peapods": ("swendsen_wang", "wolff")}

Quantities = dict[str, tuple[str, Callable[[Pilot], float]]]


def _contestants(peers: dict[Any, JobPeer]) -> list[Sampler]:
    """Our methods, each with suitable numbers of chains, and the others that run on one thread."""
    return [
        ours("auto", 64, 8),
        ours("auto", 3, 8, together=True),
        ours("swendsen_wang"),
        *(of_peer(peers, name, method) for name in PEERS if (name, 1) in peers for method in METHODS[name]),
    ]


def errors(threads: Sequence[int], python: Path | None, quick: bool) -> Iterator[dict[str, Any]]:
    """Seconds to an error, at 21 temperatures and near Tc, and to 10,000 independent draws at 21 temperatures."""
    length = 8 if quick else 64
    whole: Quantities = {
        f"ising L={length}, 21 temperatures, 1e-3": ("energy error", draws_for_energy(ENERGY_ERROR)),
        f"ising L={length}, 21 temperatures, {INDEPENDENT} draws": (
            "independent draws",
            draws_for_independent(INDEPENDENT),
        ),
    }
    near: Quantities = {
        f"ising L={length}, 3 temperatures near Tc, 1 %": (
            "susceptibility error",
            draws_for_susceptibility(SUSCEPTIBILITY_ERROR),
        )
    }
    falling = TEMPERATURES[::-5] if quick else TEMPERATURES[::-1]
    with running(python, PEERS, threads) as peers:
        contestants = _contestants(peers)
        for temperatures, quantities, least, most in (
            (falling, whole, 0.0 if quick else 2.5, 0.3 if quick else 16.0),
            (NEAR, near, 0.0 if quick else 2.5, 0.3 if quick else 12.0),
        ):
            found: dict[str, list[Pilot]] = {}
            for sampler in contestants:
                yield from _times(sampler, length, temperatures, quantities, threads, least, most, found)
            for name in PEERS:
                methods = [drawn for subject, drawn in found.items() if subject.startswith(name)]
                yield from _best_rows(f"{name}, best at each temperature", methods, quantities)


def _best_rows(subject: str, methods: Sequence[Sequence[Pilot]], quantities: Quantities) -> Iterator[dict[str, Any]]:
    """Rows of a user who knows the best method of the package at each temperature, on one thread."""
    for work, (name, needed) in quantities.items() if methods else ():
        try:
            seconds = best_at_each_temperature(methods, needed)
        except Skipped as reason:
            print(f"skipped: {subject}, {work}: {reason}", flush=True)
            continue
        yield row(f"everyday: {name}", subject, work, seconds, SECONDS, 1, None)


def best_at_each_temperature(methods: Sequence[Sequence[Pilot]], needed: Callable[[Pilot], float]) -> float:
    """Seconds of all temperatures, each with the fastest method. Skipped: none has a valid error at one of them."""
    total = 0.0
    for at_one in zip(*methods, strict=True):
        seconds, reasons = [], []
        for pilot in at_one:
            try:
                seconds.append(pilot.seconds(needed(pilot)))
            except Skipped as reason:
                reasons.append(str(reason))
        if not seconds:
            raise Skipped("; ".join(reasons))
        total += min(seconds)
    return total


def _times(
    sampler: Sampler,
    length: int,
    temperatures: np.ndarray,
    quantities: Quantities,
    threads: Sequence[int],
    least: float,
    most: float,
    kept: dict[str, list[Pilot]],
) -> Iterator[dict[str, Any]]:
    """Rows of one contestant; its pilots go to `kept`."""
    try:
        sampler.run(length, temperatures[:1], 2)  # compiles
        kept[sampler.subject] = found = pilots(
            sampler, length, temperatures, [needed for _, needed in quantities.values()], least, most
        )
        shares = _shares(sampler, length, temperatures, threads)
    except Skipped as reason:
        print(f"skipped: {sampler.subject}, {', '.join(quantities)}: {reason}", flush=True)
        return
    for work, (name, needed) in quantities.items():
        try:
            seconds = total_seconds(found, needed, together=sampler.together)
        except Skipped as reason:
            print(f"skipped: {sampler.subject}, {work}: {reason}", flush=True)
            continue
        for count, share in shares.items():
            yield row(f"everyday: {name}", sampler.subject, work, seconds * share, SECONDS, count, None)


def total_seconds(found: Sequence[Pilot], needed: Callable[[Pilot], float], *, together: bool) -> float:
    """Seconds of all temperatures: one after the other, or in one call with the draws of the worst temperature."""
    if together:
        return found[0].seconds(max(needed(pilot) for pilot in found))
    return sum(pilot.seconds(needed(pilot)) for pilot in found)


def _shares(sampler: Sampler, length: int, temperatures: np.ndarray, threads: Sequence[int]) -> dict[int, float]:
    """The time on each number of threads as a share of that on one."""
    shares = {1: 1.0} if 1 in threads else {}
    for count in threads:
        if count > 1:
            try:
                one, several = (sampler.curve(length, temperatures, n) for n in (1, count))
                shares[count] = several / one
            except Skipped as reason:
                print(f"skipped: {sampler.subject}, {count} threads: {reason}", flush=True)
    return shares


def crossings(threads: Sequence[int], python: Path | None, quick: bool) -> Iterator[dict[str, Any]]:
    """Where the Binder cumulants of L = 32 and 64 cross, from draws at Tc of L = 16, 32 and 64, reweighted.

    Every contestant draws as often; seconds are those of all three sizes.
    """
    sizes, n = ((8, 12, 16), 512) if quick else (CROSSING_SIZES, CROSSING_DRAWS)
    work = f"ising L={', '.join(map(str, sizes))} at Tc"
    with running(python, PEERS, threads) as peers:
        for sampler, n_chains in [
            (ours("auto"), 1),
            (ours("auto", 16), 16),
            (ours("auto", 64), 64),
            (ours("swendsen_wang"), 1),
            *((of_peer(peers, name, method), 1) for name in PEERS if (name, 1) in peers for method in METHODS[name]),
        ]:
            critical = np.array([CRITICAL])
            sampler.run(sizes[0], critical, 2)  # compiles
            found = [sampler.run(length, critical, n // n_chains)[0] for length in sizes]
            shares = _shares(sampler, sizes[-1], CRITICAL * np.array([1.0015, 1.001, 1.0005, 1.0]), threads)
            draws = f"{work}, {n} draws"
            for count, share in shares.items():
                seconds = share * sum(pilot.burn_in + pilot.drawing for pilot in found)
                yield row("everyday: crossing, given draws", sampler.subject, draws, seconds, SECONDS, count, None)
            place, reason = crossing(found[-2:])
            if place is None:
                print(f"skipped: {sampler.subject}, error of the crossing, {work}: {reason}", flush=True)
                continue
            yield row("everyday: crossing, its error", sampler.subject, draws, place.error, "J", 1, None)
            longer = (place.error / CROSSING_ERROR) ** 2
            for count, share in shares.items():
                seconds = share * sum(pilot.burn_in + pilot.drawing * longer for pilot in found)
                yield row("everyday: crossing error", sampler.subject, f"{work}, 1e-3", seconds, SECONDS, count, None)


def crossing(found: Sequence[Pilot]) -> tuple[Estimate | None, str]:
    """Temperature at which the cumulants of two sizes cross, or why it has no valid error."""
    runs = [CriticalRun(p.n_sites * p.energy, p.magnetization, p.temperature, p.n_sites) for p in found]
    try:
        place, _ = binder_crossing(runs[0], runs[1], CROSSING_GRID)
    except ValueError as error:
        return None, str(error)
    return (place, "") if place.valid else (None, place.reason)
