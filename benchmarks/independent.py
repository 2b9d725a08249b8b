"""The cost of an independent sample at the critical temperature: 2 tau_int sweeps (Madras and Sokal 1988).

tau_int of the energy and of m^2, in sweeps, comes from long runs; the time of a sweep from samplers that take turns.
Packed spins have the dynamics of the checkerboard samplers on int8, so both share their tau_int. A chain shorter than
50 tau_int gives a value without a valid error. The tau_int of Wolff's algorithm is given in N spins flipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from candidates import STRIPS, in_place, spins_per_sweep
from measure import TIME, Contestant, row, take_turns, timed

from spinlib.exact import onsager
from spinlib.models import Ising
from spinlib.samplers.chains import measure
from spinlib.samplers.multispin import PackedSpins
from spinlib.samplers.random import streams
from spinlib.statistics import MIN_TIMES, WINDOW, integrated_autocorrelation_time

TEMPERATURE = float(onsager.critical_temperature())
OBSERVABLES = ("energy", "m^2")
# Samplers by the dynamics that they share.
SUBJECTS = {
    "metropolis": ("multispin", "metropolis"),
    "heat_bath": ("multispin heat_bath", "heat_bath"),
    "swendsen_wang": ("swendsen_wang",),
    "wolff": ("wolff",),
}


class Plan(NamedTuple):
    """The length of the runs of one size: chains, draws of each, and sweeps from draw to draw."""

    n_chains: int
    n_draws: int
    interval: int


def plan(dynamics: str, length: int, quick: bool) -> Plan:
    """Runs long enough for some thousand tau_int in all, with about ten draws in one tau_int of the energy."""
    if dynamics in ("swendsen_wang", "wolff"):
        return Plan(2, 100 if quick else 32_000 * 64 // max(length, 64), 1)
    interval = max(1, length**2 // 400)
    chains = 64 if length % STRIPS else 2
    return Plan(chains, 200 if quick else 4_000 if chains == 64 else 60_000, interval)


def rows(lengths: Sequence[int], seconds: float, repeats: int, quick: bool) -> Iterator[dict[str, Any]]:
    """Times of a sweep, tau_int in sweeps, and the time of an independent sample, for each size in turn."""
    for length in lengths:
        work = f"ising L={length} T={TEMPERATURE:.6f}"
        sweeps = take_turns("sweep at Tc", list(_contestants(length, work)), seconds, repeats)
        yield from sweeps
        times = {one["subject"]: one for one in sweeps}
        for dynamics, subjects in SUBJECTS.items():
            runs = plan(dynamics, length, quick)
            drawn = series(dynamics, length, runs)
            full = flips_per_site(dynamics, length, float(drawn[1].mean()))
            for observable, chains in zip(OBSERVABLES, drawn, strict=True):
                tau, error = time_and_error(chains, runs.interval)
                in_full = None if error is None else full * error
                yield row("autocorrelation time", dynamics, f"{work} {observable}", full * tau, "sweeps", 2, in_full)
                for subject in subjects:
                    sweep, spread = times[subject]["value"], times[subject]["spread"]
                    cost_error = None if error is None else 2 * float(np.hypot(tau * spread, sweep * error))
                    yield row(
                        "independent sample", subject, f"{work} {observable}", 2 * tau * sweep, TIME, 1, cost_error
                    )


def flips_per_site(dynamics: str, length: int, square: float) -> float:
    """Flips per site in one sweep: 1, except for Wolff's whole number of clusters; square is the mean of m^2."""
    model = Ising((length, length))
    return spins_per_sweep(model, TEMPERATURE, square) / model.n_sites if dynamics == "wolff" else 1.0


def time_and_error(chains: np.ndarray, interval: int) -> tuple[float, float | None]:
    """tau_int in sweeps of a series (chain, draw), and its error (Madras and Sokal 1988, eq. E.14)."""
    tau = integrated_autocorrelation_time(chains)
    if chains.shape[1] < MIN_TIMES * tau:
        return interval * tau, None
    return interval * tau, interval * tau * float(np.sqrt((4 * WINDOW * tau + 2) / chains.size))


def series(dynamics: str, length: int, runs: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Energy per site and m^2 of chains in equilibrium, (chain, draw) each; two threads share the chains."""
    halves = np.array_split(np.arange(runs.n_chains), 2) if length % STRIPS == 0 else [np.arange(runs.n_chains)]
    with ThreadPoolExecutor(2) as executor:
        drawn = list(executor.map(lambda members: _draw(dynamics, length, members, runs), halves))
    return np.concatenate([e for e, _ in drawn]), np.concatenate([m2 for _, m2 in drawn])


def _draw(dynamics: str, length: int, members: np.ndarray, runs: Plan) -> tuple[np.ndarray, np.ndarray]:
    model = Ising((length, length))
    chains = _chains(dynamics, model, members)
    energies, squares = np.empty((2, len(members), runs.n_draws))
    chains.sweep(runs.n_draws * runs.interval // 10)
    for draw in range(runs.n_draws):
        chains.sweep(runs.interval)
        energies[:, draw], squares[:, draw] = chains.energy(), chains.magnetization() ** 2
    return energies, squares


class _Chains(NamedTuple):
    sweep: Callable[[int], None]
    energy: Callable[[], np.ndarray]
    magnetization: Callable[[], np.ndarray]


def _chains(dynamics: str, model: Ising, members: np.ndarray) -> _Chains:
    """Chains from a cold start, in the fastest form that has these dynamics; observables per site."""
    spins, temperatures = np.ones((len(members), *model.shape), np.int8), np.full(len(members), TEMPERATURE)
    rng = streams(0, f"independent {dynamics}", 0, members)
    if dynamics in ("metropolis", "heat_bath"):
        packed = PackedSpins(model, spins, temperatures, rng, dynamics=dynamics)
        n = model.n_sites
        return _Chains(packed.sweep, lambda: packed.energy() / n, lambda: packed.magnetization() / n)
    return _Chains(
        in_place(dynamics, model, spins, TEMPERATURE, rng),
        lambda: measure.energy(model, spins),
        lambda: measure.magnetization(model, spins),
    )


def _contestants(length: int, work: str) -> Iterator[Contestant]:
    """Samplers on one thread: ms for a sweep of one lattice; small lattices of packed spins 64 at a time."""
    model = Ising((length, length))
    at_once = 64 if length % STRIPS else 1
    for dynamics, subjects in SUBJECTS.items():
        for subject in subjects:
            members = np.arange(at_once if subject.startswith("multispin") else 1)
            if subject.startswith("multispin"):
                sweep = _chains(dynamics, model, members).sweep
            else:
                spins = np.ones((1, *model.shape), np.int8)
                sweep = in_place(subject, model, spins, TEMPERATURE, streams(0, subject, 0, 1))
            sweep(100)
            yield Contestant(subject, work, 1, timed(sweep, float(len(members))), TIME)
