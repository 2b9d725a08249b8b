"""Pilot runs of our samplers and others: cost and statistical value of a draw, by the estimators of spinlib."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from measure import Skipped
from peer_jobs import JobPeer

from spinlib import sample
from spinlib.exact import kaufman
from spinlib.models import Ising
from spinlib.statistics import Estimate, jackknife, mean_and_error

# Sweeps before the first draw of others; ours use the default of `sample`. A random start can leave single flips in
# stripes for long, so mcising starts from the next higher temperature.
BURN_IN = {"metropolis": 2000, "swendsen_wang": 200, "wolff": 200}
FIRST = 250  # draws of the first pilot
CLEAR = 0.2  # a shorter burn-in would be lost in the difference of two runs, from which ours is measured
TOO_FAR = 5.0  # errors from Kaufman's energy at which a pilot has not forgotten its start


class Pilot(NamedTuple):
    """Draws of one Ising lattice at one temperature: series per site (chain, draw), seconds of burn-in and of draws."""

    temperature: float
    n_sites: int
    burn_in: float
    drawing: float
    energy: np.ndarray
    magnetization: np.ndarray

    def seconds(self, n_draws: float) -> float:
        """The seconds of a run with so many draws of all chains together."""
        return self.burn_in + self.drawing * n_draws / self.energy.size


class Sampler(NamedTuple):
    """A contestant: `run(length, temperatures, n)` draws n times per chain.

    together: one call has all temperatures, and each of its pilots has the time of the whole call; the worst
    temperature decides its length. Otherwise each temperature has a call, and its own number of draws.
    curve(length, temperatures, threads): seconds of a short run of all temperatures.
    """

    subject: str
    run: Callable[[int, np.ndarray, int], list[Pilot]]
    curve: Callable[[int, np.ndarray, int], float]
    together: bool = False


def ours(method: str, n_chains: int = 1, sweeps_between: int = 1, *, together: bool = False) -> Sampler:
    settings: dict[str, Any] = {"method": method, "sweeps_between": sweeps_between, "keep_spins": False}

    def run(length: int, temperatures: np.ndarray, n: int) -> list[Pilot]:
        model, found = Ising((length, length)), []
        for grid in [temperatures] if together else temperatures.reshape(-1, 1):
            begin = perf_counter()
            sample(model, grid, 1, n_chains=n_chains, **settings)
            ready = perf_counter()
            draws = sample(model, grid, 1 + n, n_chains=n_chains, **settings)
            burn_in = ready - begin
            drawing = max(perf_counter() - ready - burn_in, 1e-6)
            found += [
                Pilot(float(temperature), model.n_sites, burn_in, drawing, energy[:, 1:], magnetization[:, 1:])
                for temperature, energy, magnetization in zip(
                    grid, draws.energy.values, draws.magnetization.values, strict=True
                )
            ]
        return found

    def curve(length: int, temperatures: np.ndarray, threads: int) -> float:
        begin = perf_counter()
        sample(Ising((length, length)), temperatures, 200, n_chains=n_chains, threads=threads, **settings)
        return perf_counter() - begin

    shape = ", one call" if together else ""
    return Sampler(f"sample {method}" + (f", {n_chains} chains" if n_chains > 1 else "") + shape, run, curve, together)


def of_peer(peers: dict[Any, JobPeer], name: str, method: str) -> Sampler:
    def run(length: int, temperatures: np.ndarray, n: int) -> list[Pilot]:
        found = []
        for temperature in temperatures.tolist():
            answer, energy, magnetization = peers[name, 1].series(
                method=method, length=length, temperature=temperature, burn_in=BURN_IN[method], n=n
            )
            burn_in = answer["burn_in"]
            drawing = answer["seconds"] - burn_in
            found.append(Pilot(temperature, length**2, burn_in, drawing, energy, magnetization))
        return found

    def curve(length: int, temperatures: np.ndarray, threads: int) -> float:
        if (name, threads) not in peers:
            raise Skipped("it did not start")
        arguments = {"method": method, "length": length, "temperatures": temperatures.tolist()}
        return peers[name, threads].job("curve", burn_in=50, n=200, **arguments)["seconds"]

    return Sampler(f"{name} {method}", run, curve)


def pilots(
    sampler: Sampler,
    length: int,
    temperatures: np.ndarray,
    draws_for: Sequence[Callable[[Pilot], float]],
    least: float,
    most: float,
) -> list[Pilot]:
    """Pilots of at least so many seconds of drawing, longer until all of `draws_for` have their number.

    No pilot starts that would take more than `most` seconds; the last ones may then lack a valid error.
    """
    n = FIRST
    while True:
        found = sampler.run(length, temperatures, n)
        drawing = found[0].drawing if sampler.together else sum(pilot.drawing for pilot in found)
        clear = not least or all(pilot.drawing >= CLEAR * pilot.burn_in for pilot in found)
        if 4 * drawing > most or (drawing >= least and clear and all(_known(needed, found) for needed in draws_for)):
            return found
        n *= 4


def _known(needed: Callable[[Pilot], float], found: Sequence[Pilot]) -> bool:
    try:
        return all(needed(pilot) >= 0.0 for pilot in found)
    except Skipped:
        return False


def draws_for_energy(error: float) -> Callable[[Pilot], float]:
    """Draws that give the energy per site this error. Skipped: no valid error, or a mean other than Kaufman's."""

    def needed(pilot: Pilot) -> float:
        found = _valid("energy", pilot, mean_and_error(pilot.energy))
        side = round(pilot.n_sites**0.5)
        exact = float(kaufman.energy(pilot.temperature, (side, side)))
        if abs(found.value - exact) > TOO_FAR * found.error:
            away = abs(found.value - exact) / found.error
            raise Skipped(f"T={pilot.temperature:.4g}: its energy lies {away:.1f} errors from Kaufman's")
        return pilot.energy.size * (found.error / error) ** 2

    return needed


def draws_for_susceptibility(relative: float) -> Callable[[Pilot], float]:
    """The number of draws that give chi = N (<m^2> - <|m|>^2) / T this relative error. Skipped: no valid error."""

    def needed(pilot: Pilot) -> float:
        size = np.abs(pilot.magnetization)
        found = _valid("susceptibility", pilot, jackknife(lambda m, m2: m2 - m**2, size, size**2))
        return pilot.energy.size * (found.error / found.value / relative) ** 2

    return needed


def draws_for_independent(count: int) -> Callable[[Pilot], float]:
    """The draws that contain so many independent ones, by the smaller effective number of energy and m^2."""

    def needed(pilot: Pilot) -> float:
        series = {"energy": pilot.energy, "m^2": pilot.magnetization**2}
        found = [_valid(name, pilot, mean_and_error(one)) for name, one in series.items()]
        return count * max(1.0, *(pilot.energy.size / one.n_effective for one in found))

    return needed


def _valid(name: str, pilot: Pilot, found: Estimate) -> Estimate:
    if not found.valid:
        raise Skipped(f"{name} at T={pilot.temperature:.4g} has no valid error: {found.reason}")
    return found
