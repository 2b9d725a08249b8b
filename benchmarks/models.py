"""Rates of the other models, and times of the exact methods, on one thread."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from time import perf_counter
from typing import Any

import numpy as np
from measure import TIME, Contestant, row, timed

from spinlib.exact import density_of_states, onsager, potts
from spinlib.models import XY, CellularPotts, Ising, Potts
from spinlib.models.cell_sorting import COUPLING, TEMPERATURE, aggregate
from spinlib.samplers import METHODS, XY_METHODS, cellular_potts, coupling_from_the_past, xy_over_relaxation
from spinlib.samplers.random import streams
from spinlib.timing import median_and_spread

KOSTERLITZ_THOULESS = 0.893
POTTS_SAMPLERS = ("metropolis", "heat_bath", "swendsen_wang", "wolff")
BOUNDARIES = (("periodic", "periodic"), ("antiperiodic", "periodic"), ("antiperiodic", "antiperiodic"))


def contestants(quick: bool) -> Iterator[Contestant]:
    """Potts, XY and cellular Potts models, and coupling from the past."""
    length = 32 if quick else 512
    for q in (3, 16):
        potts_model = Potts((length, length), q=q)
        start, temperature = np.zeros((1, *potts_model.shape), np.int8), float(potts.critical_temperature(q))
        for name in POTTS_SAMPLERS:
            yield _sampler(name, METHODS[name], f"potts q={q} L={length}", potts_model, start, temperature)
    xy_model = XY((length, length))
    for name, module in XY_METHODS.items():
        # A reflection is an update of a site, too.
        updates = 1 + xy_over_relaxation.REFLECTIONS if name == "over_relaxation" else 1
        start = np.zeros((1, *xy_model.shape))
        yield _sampler(name, module, f"xy L={length}", xy_model, start, KOSTERLITZ_THOULESS, updates)
    yield cells("cells of 25 sites on 60 x 60", (60, 60), 6, 5)
    if not quick:
        yield cells("cells of 4096 sites on 512 x 512", (512, 512), 6, 64)
    yield exact_samples(16 if quick else 64)


def _sampler(
    name: str, module: Any, what: str, model: Potts | XY, start: np.ndarray, temperature: float, updates: int = 1
) -> Contestant:
    """A method on one lattice, which begins in the ground state and has made some sweeps of so many updates a site."""
    spins, temperatures, rng = start.copy(), np.array([temperature]), streams(0, name, 0, 1)

    def sweep(n: int) -> None:
        module.sweep(model, spins, temperatures, rng, n)

    sweep(50)
    return Contestant(name, f"{what} T={temperature:.3f}", 1, timed(sweep, updates * model.n_sites))


def cells(what: str, shape: tuple[int, int], cells_per_side: int, cell_side: int) -> Contestant:
    """Serial copy attempts of a cellular Potts model with the couplings of paper dp's Table II, after some MCS.

    With 8 neighbours, because with 24 these couplings make all cells vanish, and nothing is left to copy.
    """
    types = np.concatenate([[0], 1 + np.arange(cells_per_side**2) % 2])
    model = CellularPotts(shape, types, np.array(COUPLING), target_area=cell_side**2, neighborhood="moore")
    configuration = aggregate(shape, cells_per_side, cell_side)[None].copy()
    rng, temperatures = streams(0, "cells", 0, 1), np.array([TEMPERATURE])

    def sweep(n: int) -> None:
        cellular_potts.sweep(model, configuration, temperatures, rng, n, "serial")

    sweep(50)
    if len(np.unique(configuration)) < len(types):
        raise RuntimeError(f"{what}: some have vanished before the measurement")
    return Contestant("cellular_potts serial", what, 1, timed(sweep, configuration.size))


def exact_samples(length: int) -> Contestant:
    """Coupling from the past at the critical temperature: ms for one exact sample."""
    model, temperature, seeds = Ising((length, length)), float(onsager.critical_temperature()), count()
    turn = timed(lambda n: coupling_from_the_past.draw(model, temperature, n, next(seeds)), 1.0)
    return Contestant("coupling_from_the_past", f"ising L={length} T={temperature:.6f}", 1, turn, TIME)


def densities_of_states(quick: bool) -> Iterator[dict[str, Any]]:
    """Seconds for all counts g(E) of a torus, the median over three boundaries; a result is only computed once."""
    for length in (4,) if quick else (8, 16, 32):
        times = []
        for boundary in BOUNDARIES:
            begin = perf_counter()
            density_of_states.ising_torus((length, length), boundary)
            times.append(perf_counter() - begin)
        value, spread = median_and_spread(times)
        yield row("exact", "density_of_states", f"ising L={length}", value, "s", 1, spread)
