"""Copy attempts of the cellular Potts model: one by one, or colour by colour as on a parallel machine.

A copy attempt at a site takes the cell of one of its neighbours, drawn uniformly from the model's own neighbourhood,
and puts it on the site with probability min(1, exp(-dE/T)) (paper dp, section 'Cellular Potts model', with the
acceptance of Algorithm 1). If both sites belong to one cell nothing happens. A Monte Carlo step (MCS) is as many
attempts as there are sites.

- "serial": each attempt draws its site uniformly and sees every earlier copy; the reference (Graner and Glazier).
  Where the cells are large, most attempts fall on sites inside a cell and do nothing. The sampler then draws the number
  of attempts that precede the next one on a boundary site, as in the n-fold way (A. B. Bortz, M. H. Kalos and J. L.
  Lebowitz, J. Comput. Phys. 17, 10 (1975)). This changes the samples but not their distribution.
- "parallel": all sites of one colour of the lattice's colouring attempt at once, colour after colour in fixed order.
  No two of them are neighbours, so adhesion energies are exact; but the area of a cell is global, and all sites of a
  colour see the areas as they stood when that colour began. So two things differ from "serial": every site attempts
  exactly once per MCS, and several copies into or out of one cell see the same outdated area.
- "ordered": the order of "parallel" with areas that are always up to date. It separates the two effects.

Copying obeys no detailed balance, and the stationary distribution is unknown: the three can be compared as dynamics
only.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numba import uint64

from spinlib.compilation import njit
from spinlib.lattice import Lattice
from spinlib.models import CellularPotts
from spinlib.models.hamiltonian import require_own_hamiltonian
from spinlib.samplers.exponential import to_exponential
from spinlib.samplers.random import advance, load, store, to_float

DYNAMICS = ("serial", "parallel", "ordered")
MOST_CELLS = np.iinfo(np.int16).max

# Which sites make attempts: random sites; random sites, skipping those not in a list; or the sites of a list in order.
EVERYWHERE, LISTED, IN_TURN = range(3)

# Listing the boundary sites pays below this share of them. The share is estimated from every _STRIDE-th site; a prime
# stride keeps the sample from following the rows.
LISTED_BELOW = 0.2
_STRIDE = 61

_JIT: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)


def refuse(model: CellularPotts, dynamics: str = "serial") -> None:
    """Refuse a model or dynamics that cannot be simulated.

    Parameters
    ----------
    model : CellularPotts
        What is to be simulated.
    dynamics : {"serial", "parallel", "ordered"}
        How copies are attempted.

    Raises
    ------
    TypeError
        The model is another one, or a subclass with its own Hamiltonian.
    ValueError
        The dynamics is unknown; there are too many cells; or the dynamics needs a valid colouring that the lattice
        lacks.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import cellular_potts
    >>> cellular_potts.refuse(Ising((4, 4)))
    Traceback (most recent call last):
    TypeError: Ising: copy attempts are for CellularPotts
    """
    if not isinstance(model, CellularPotts):
        raise TypeError(f"{type(model).__name__}: copy attempts are for CellularPotts")
    require_own_hamiltonian(model)
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
    """Make `n` Monte Carlo steps of a batch of chains, in place.

    Parameters
    ----------
    model : CellularPotts
        A model that `refuse` lets pass.
    cells : numpy.ndarray
        int16 (chain, *shape), C-contiguous; changed in place. Their values are not checked.
    temperatures : numpy.ndarray
        float64 (chain,), k_B T.
    rng : numpy.ndarray
        uint64 (chain, 4), one stream per chain (`spinlib.samplers.random.streams`), advanced in place.
    n : int
        Number of MCS, of as many attempts as there are sites.
    dynamics : {"serial", "parallel", "ordered"}
        How copies are attempted.

    Raises
    ------
    TypeError, ValueError
        Where `refuse` does.

    References
    ----------
    F. Graner and J. A. Glazier, Phys. Rev. Lett. 69, 2013 (1992).
    A. B. Bortz, M. H. Kalos and J. L. Lebowitz, J. Comput. Phys. 17, 10 (1975): the n-fold way.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import CellularPotts
    >>> from spinlib.samplers import cellular_potts
    >>> from spinlib.samplers.random import streams
    >>> model = CellularPotts((10, 10), types=[0, 1], coupling=[[0, 2], [2, 1]], target_area=25.0)
    >>> cells = np.zeros((1, 10, 10), np.int16)
    >>> cells[0, 3:8, 3:8] = 1  # one cell in the medium
    >>> cellular_potts.sweep(model, cells, np.array([1.0]), streams(0, "example", 0, 1), 20)
    >>> bool(15 < model.areas(cells)[0, 1] < 35)
    True
    """
    refuse(model, dynamics)
    tables = _tables(model.lattice, dynamics)
    for configuration, temperature, stream in zip(cells, temperatures, rng, strict=True):
        flat = configuration.reshape(-1)
        areas = np.bincount(flat, minlength=model.n_cells + 1)
        constants = _Constants(model.stiffness, model.target_area, float(temperature))
        system = (flat, areas, tables.around, tables.degree, model.contact_energy, constants)
        if dynamics == "serial":
            _serial(*system, stream, n, LISTED_BELOW)
        else:
            _by_color(*system, tables.order, tables.starts, stream, n, dynamics == "parallel")


class _Constants(NamedTuple):
    stiffness: float
    target: float
    temperature: float


class _Tables(NamedTuple):
    around: np.ndarray  # neighbours, uint32 (N, z), existing ones first
    degree: np.ndarray  # how many exist, int32 (N,)
    order: np.ndarray  # sites sorted by colour, uint32; empty where no colours are needed
    starts: np.ndarray  # first place of each colour in `order`, and the end


@lru_cache(maxsize=16)
def _tables(lattice: Lattice, dynamics: str) -> _Tables:
    index, weight = lattice.neighbors
    existing_first = np.argsort(weight == 0, axis=1, kind="stable")
    index = np.ascontiguousarray(np.take_along_axis(index, existing_first, axis=1))
    degree = np.count_nonzero(weight, axis=1).astype(np.int32)
    sublattices = lattice.sublattices if dynamics != "serial" else []
    order = np.concatenate([np.empty(0, np.int32), *sublattices])
    starts = np.cumsum([0, *(len(sites) for sites in sublattices)])
    # Unsigned indices spare numba's test for negative ones.
    return _Tables(index.view(np.uint32), degree, order.view(np.uint32), starts)


@njit(**_JIT)
def _attempts(cells, areas, counted, around, degree, contact, constants, way, sites, size, marked, state):
    """One MCS of attempts, or with IN_TURN one at each of `sites`; returns the generator's state.

    LISTED: the first `size` of `sites` are all that have a neighbour of another cell; attempts elsewhere do nothing and
    are skipped. Sites that get such a neighbour are marked and added. A site that has lost its last one stays in the
    list: attempts on it have no effect.

    counted: the array in which areas are updated; `areas` itself unless a colour sees outdated areas.
    """
    n_sites = uint64(cells.size)
    n = sites.size if way == IN_TURN else cells.size
    done, known, scale = 0, uint64(0), 0.0
    # One loop, no calls with arrays: numba would count references to the arrays at each attempt.
    while done < n:
        if way == LISTED:
            if size == uint64(0):
                break
            if size != known:
                known, scale = size, -1.0 / np.log1p(-np.float64(size) / n_sites)
            # A geometric number of attempts falls on other sites first.
            bits, state = advance(state)
            skipped = np.floor(to_exponential(bits) * scale)
            if skipped >= n - done:
                break
            done += int(skipped)
        # The upper half of one random number draws the site, the lower half its neighbour.
        bits, state = advance(state)
        if way == EVERYWHERE:
            site = ((bits >> _HALF) * n_sites) >> _HALF
        elif way == LISTED:
            site = uint64(sites[((bits >> _HALF) * size) >> _HALF])
        else:
            site = uint64(sites[done])
        done += 1
        n_neighbors = uint64(degree[site])
        source = ((bits & _LOW) * n_neighbors) >> _HALF
        old, new = cells[site], cells[around[site, source]]
        if old == new:
            continue
        # The medium, cell 0, has no target area.
        change = 0.0
        for j in range(n_neighbors):
            cell = uint64(cells[around[site, j]])
            change += contact[uint64(new), cell] - contact[uint64(old), cell]
        if new != 0:
            change += constants.stiffness * (1.0 + 2.0 * (areas[uint64(new)] - constants.target))
        if old != 0:
            change += constants.stiffness * (1.0 - 2.0 * (areas[uint64(old)] - constants.target))
        if change > 0.0:
            bits, state = advance(state)
            if to_float(bits) >= np.exp(-change / constants.temperature):
                continue
        cells[site] = new
        counted[uint64(old)] -= 1
        counted[uint64(new)] += 1
        if way == LISTED:
            for j in range(n_neighbors):
                neighbor = around[site, j]
                if marked[neighbor] == 0 and cells[neighbor] != new:
                    marked[neighbor] = 1
                    sites[size] = neighbor
                    size += uint64(1)
    return state


@njit(**_JIT)
def _serial(cells, areas, around, degree, contact, constants, stream, n, listed_below):
    # Whether a site may have a neighbour of another cell; padded to whole words of 8 bytes.
    marked = np.zeros((cells.size + 7) // 8 * 8, np.uint8)
    sites = np.empty(marked.size, np.uint32)
    sampled = np.arange(0, cells.size, _STRIDE).astype(np.uint32)
    marks_hold = False
    state = load(stream)
    for _ in range(n):
        # The choice depends on the configuration alone, so a run does not depend on how it is split into calls.
        sites[: sampled.size] = sampled
        n_found = _keep_boundary(cells, around, degree, marked, sites, sampled.size)
        way, size = EVERYWHERE, uint64(0)
        if n_found < listed_below * sampled.size:
            if not marks_hold:
                marked[: cells.size] = 1
            way, size = LISTED, _keep_boundary(cells, around, degree, marked, sites, _list_marked(marked, sites))
        marks_hold = way == LISTED
        state = _attempts(cells, areas, areas, around, degree, contact, constants, way, sites, size, marked, state)
    store(stream, state)


@njit(**_JIT)
def _list_marked(marked, sites):
    """Write the marked sites, in their order, to the beginning of `sites`; returns their number."""
    size = uint64(0)
    words = marked.view(np.uint64)
    for word in range(uint64(words.size)):
        if words[word] != uint64(0):
            for site in range(uint64(8) * word, uint64(8) * (word + uint64(1))):
                sites[size] = site
                size += uint64(marked[site])
    return size


@njit(**_JIT)
def _keep_boundary(cells, around, degree, marked, sites, n):
    """Keep those of the first `n` of `sites` that have a neighbour of another cell; returns their number.

    They are marked, the others unmarked.
    """
    size = uint64(0)
    for k in range(uint64(n)):
        site = sites[k]
        n_unlike = 0
        for j in range(uint64(degree[site])):
            n_unlike += cells[around[site, j]] != cells[site]
        marked[site] = n_unlike > 0
        sites[size] = site
        size += uint64(n_unlike > 0)
    return size


@njit(**_JIT)
def _by_color(cells, areas, around, degree, contact, constants, order, starts, stream, n, stale):
    # Sites of one colour are no neighbours, so each is written as soon as it is decided. In "parallel" the areas alone
    # are updated after the whole colour.
    counted = areas.copy() if stale else areas
    unmarked = np.empty(0, np.uint8)
    state = load(stream)
    for _ in range(n):
        for color in range(starts.size - 1):
            sites = order[starts[color] : starts[color + 1]]
            state = _attempts(
                *(cells, areas, counted, around, degree, contact, constants, IN_TURN, sites, uint64(0), unmarked, state)
            )
            areas[:] = counted
    store(stream, state)
