"""Copy attempts of the cellular Potts model: one at a time, or colour by colour as on a parallel machine.

A copy attempt at a site takes the cell of one of its neighbours, drawn uniformly from the model's own neighbourhood,
and puts it on the site with probability min(1, exp(-dE/T)) (paper dp, section 'Cellular Potts model', with the
acceptance of Algorithm 1). If both sites belong to one cell nothing happens. A Monte Carlo step (MCS) is as many
attempts as there are sites.

- "serial": each attempt draws its site uniformly and sees every earlier copy; the reference (Graner and Glazier).
- "parallel": all sites of one colour of the lattice's colouring attempt at once, colour after colour in fixed order.
  No two of them are neighbours, so adhesion energies are exact; but the area of a cell is global, and all sites of a
  colour see the areas as they stood when that colour began. So two things differ from "serial": every site attempts
  exactly once per MCS, and several copies into or out of one cell are judged by one stale area.
- "ordered": the order of "parallel" with areas that are always up to date. It tells the two differences apart.

Copying obeys no detailed balance, so no stationary law is known beforehand: compare them as dynamics only.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numba
import numpy as np

from spinlib.lattice import Lattice
from spinlib.models import CellularPotts
from spinlib.samplers.random import next_float, next_uint64

DYNAMICS = ("serial", "parallel", "ordered")
MOST_CELLS = np.iinfo(np.int16).max


def refuse(model: CellularPotts, dynamics: str = "serial") -> None:
    """Raise TypeError for another model, ValueError for unknown dynamics or a lattice without valid colouring."""
    if not isinstance(model, CellularPotts):
        raise TypeError(f"{type(model).__name__}: copy attempts are for CellularPotts")
    if dynamics not in DYNAMICS:
        raise ValueError(f"dynamics {dynamics!r}: allowed are {', '.join(map(repr, DYNAMICS))}")
    if model.n_cells > MOST_CELLS:
        raise ValueError(f"{model.n_cells} cells: at most {MOST_CELLS} can be simulated")
    if dynamics != "serial":
        _ = model.lattice.coloring  # raises where there is none


def sweep(
    model: CellularPotts,
    cells: np.ndarray,
    temperatures: np.ndarray,
    rng: np.ndarray,
    n: int,
    dynamics: str = "serial",
) -> None:
    """`n` MCS of a batch of chains, in place.

    cells: int16 (chain, *shape), C-contiguous, not checked. temperatures: float64 (chain,), k_B T. rng: uint64
    (chain, 4), one stream per chain, advanced in place. Raises where `refuse` does.
    """
    refuse(model, dynamics)
    tables = _tables(model.lattice, dynamics)
    constants = (model.contact_energy, model.stiffness, model.target_area)
    for configuration, temperature, state in zip(cells, temperatures, rng, strict=True):
        flat = configuration.reshape(-1)
        areas = np.bincount(flat, minlength=model.n_cells + 1)
        if dynamics == "serial":
            _serial(flat, areas, tables.around, tables.degree, *constants, temperature, state, n)
        else:
            stale = dynamics == "parallel"
            _by_color(flat, areas, *tables, *constants, temperature, state, n, stale)


class _Tables(NamedTuple):
    around: np.ndarray  # neighbours (N, z), those that exist first
    degree: np.ndarray  # how many exist (N,)
    order: np.ndarray  # sites colour after colour; empty where no colours are needed
    starts: np.ndarray  # of each colour in `order`, and the end


@lru_cache(maxsize=16)
def _tables(lattice: Lattice, dynamics: str) -> _Tables:
    index, weight = lattice.neighbors
    existing_first = np.argsort(weight == 0, axis=1, kind="stable")
    index = np.ascontiguousarray(np.take_along_axis(index, existing_first, axis=1))
    degree = np.count_nonzero(weight, axis=1).astype(np.int32)
    sublattices = lattice.sublattices if dynamics != "serial" else []
    order = np.concatenate([np.empty(0, np.int32), *sublattices])
    starts = np.cumsum([0, *(len(sites) for sites in sublattices)])
    return _Tables(index, degree, order, starts)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _copy_energy(cells, areas, around, old, new, contact, stiffness, target):
    """Energy change of the copy old -> new at a site with the neighbours `around`; 0 is the medium."""
    change = 0.0
    for site in around:
        cell = cells[site]
        change += contact[new, cell] - contact[old, cell]
    if new != 0:
        change += stiffness * (1.0 + 2.0 * (areas[new] - target))
    if old != 0:
        change += stiffness * (1.0 - 2.0 * (areas[old] - target))
    return change


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _serial(cells, areas, index, degree, contact, stiffness, target, temperature, state, n):
    half, low = np.uint64(32), np.uint64(0xFFFFFFFF)
    for _ in range(n * len(cells)):
        # The upper half of one random number draws the site, the lower half its neighbour.
        bits = next_uint64(state)
        site = np.int64(((bits >> half) * np.uint64(len(cells))) >> half)
        source = np.int64(((bits & low) * np.uint64(degree[site])) >> half)
        old, new = cells[site], cells[index[site, source]]
        if old == new:
            continue
        around = index[site, : degree[site]]
        change = _copy_energy(cells, areas, around, old, new, contact, stiffness, target)
        if change <= 0.0 or next_float(state) < np.exp(-change / temperature):
            cells[site] = new
            areas[old] -= 1
            areas[new] += 1


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _by_color(cells, areas, index, degree, order, starts, contact, stiffness, target, temperature, state, n, stale):
    # Sites of one colour are no neighbours, so each may be written as soon as it is decided; with stale areas
    # only the counting waits until the colour is through.
    half, low = np.uint64(32), np.uint64(0xFFFFFFFF)
    gained = np.zeros_like(areas)
    counted = gained if stale else areas
    n_colors = len(starts) - 1
    for step in range(n * n_colors):
        color = step % n_colors
        for site in order[starts[color] : starts[color + 1]]:
            source = np.int64(((next_uint64(state) & low) * np.uint64(degree[site])) >> half)
            old, new = cells[site], cells[index[site, source]]
            if old == new:
                continue
            around = index[site, : degree[site]]
            change = _copy_energy(cells, areas, around, old, new, contact, stiffness, target)
            if change <= 0.0 or next_float(state) < np.exp(-change / temperature):
                cells[site] = new
                counted[old] -= 1
                counted[new] += 1
        if stale:
            areas += gained
            gained[:] = 0
