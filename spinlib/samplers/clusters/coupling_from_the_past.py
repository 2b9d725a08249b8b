"""Exact samples of the ferromagnetic Ising model, by coupling from the past.

J. Propp and D. Wilson, Random Struct. Algorithms 9, 223 (1996). The Markov chain is the heat bath on single bonds of
the random-cluster model with q = 2 (C. Fortuin and P. Kasteleyn, Physica 57, 536 (1972)), swept over all bonds in a
fixed order. With p = 1 - exp(-2 J_ij / T), so that p / (2 - p) = tanh(J_ij / T), and a uniform number u, a bond becomes

    open    if u < tanh(J_ij / T), or if u < p and its two sites are connected without it,
    closed  otherwise.

The update is monotone: with the same u, more open bonds before the update never lead to fewer after it. So all chains
lie between the chain that starts with all bonds open and the one that starts with all bonds closed. Both run from sweep
-t to 0, for t = 1, 2, 4, ...; each sweep keeps its own random numbers. Once they meet, their state at 0 is the state of
a chain that has run for ever. It has exactly the stationary distribution, without burn-in. Then each cluster gets a
random orientation (R. Edwards and A. Sokal, Phys. Rev. D 38, 2009 (1988)).

At T_c of the square lattice the chains meet after about 7 sweeps of 32 x 32 sites, 17 of 256 x 256. (Heat bath on
single spins is monotone as well, but takes some L^2 sweeps at T_c and exponentially many below.) The sampler searches
for a connection only where u lies between the two thresholds, which is 17 % of the bonds at T_c. The search is breadth
first, from both ends in turn, until the two searches meet or the smaller cluster is complete.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import uint64

from spinlib.arguments import at_least
from spinlib.compilation import njit
from spinlib.models import Ising
from spinlib.samplers.chains import batch
from spinlib.samplers.chains.contents import digest
from spinlib.samplers.chains.pace import Pace
from spinlib.samplers.random import advance, keyed_streams, load, store, thresholds

__all__ = ["draw", "refuse"]

# The least number of steps in a call of the kernel; so many cost little more than one. A step is a bond that is updated
# or a site that a search visits: near the critical temperature one search may visit most of the lattice, another none.
_STEPS = 10_000

# The state of a bond: one bit for the chain from all bonds closed (below) and one for the chain from all open (above).
_CLOSED, _BELOW, _ABOVE, _OPEN = 0, 1, 2, 3


def refuse(model: Any) -> None:
    """Refuse a model that this method does not sample.

    Parameters
    ----------
    model : object
        What is to be sampled.

    Raises
    ------
    TypeError
        For models other than Ising.
    ValueError
        For a field, and for any coupling < 0. A negative bond, also one across an antiperiodic seam, breaks the order
        between the two chains.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import coupling_from_the_past
    >>> coupling_from_the_past.refuse(Ising((4, 4), field=0.5))
    Traceback (most recent call last):
    ValueError: field 0.5: coupling_from_the_past needs field 0, as clusters turn at random
    """
    batch.require_kind(model, ("Ising",), "coupling_from_the_past")
    if model.field != 0.0:
        raise ValueError(f"field {model.field}: coupling_from_the_past needs field 0, as clusters turn at random")
    if model.bond_strengths.min() < 0.0:
        raise ValueError(
            f"coupling {model.bond_strengths.min()} of a bond (antiperiodic seams change its sign): "
            "coupling_from_the_past needs all >= 0, because only then two chains enclose all others"
        )


def draw(model: Ising, temperature: float, n_samples: int, seed: int, *, temperature_index: int = 0) -> np.ndarray:
    """Draw independent samples from exactly the Boltzmann distribution.

    Sample k has a random stream of its own, which follows from seed, model, temperature, temperature_index and k alone.
    Samples of calls with one seed that differ in any of these are independent.

    Parameters
    ----------
    model : Ising
        Without field, all couplings >= 0, any lattice, periodic or free.
    temperature : float
        In J / k_B, positive and finite.
    n_samples : int
        Number of samples.
    seed : int
        Of the random numbers, at least 0.
    temperature_index : int
        Distinguishes samples at equal temperatures.

    Returns
    -------
    numpy.ndarray
        int8 (n_samples, *shape) of -1 and +1.

    Raises
    ------
    TypeError, ValueError
        Where `refuse` does, for a temperature that is not one positive, finite number, and for other numbers that are
        not integers >= 0.

    References
    ----------
    J. Propp and D. Wilson, Random Struct. Algorithms 9, 223 (1996).

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import coupling_from_the_past
    >>> spins = coupling_from_the_past.draw(Ising((8, 8)), 0.1, 3, seed=1)
    >>> abs(spins.sum(axis=(1, 2))).tolist()  # far below the critical temperature all spins of a sample agree
    [64, 64, 64]
    """
    refuse(model)
    n_samples, temperature_index = (
        at_least(0, "n_samples", n_samples),
        at_least(0, "temperature_index", temperature_index),
    )
    if not (np.ndim(temperature) == 0 and math.isfinite(temperature) and temperature > 0.0):
        raise ValueError(f"temperature {temperature}: has to be one number, positive and finite")
    spins = np.empty((n_samples, model.n_sites), dtype=np.int8)
    with np.errstate(over="ignore"):
        ratio = model.bond_strengths / temperature
    i, j, _, _ = model.lattice.bonds
    bonds = _Bonds(i, j, *_incidence(model), thresholds(np.tanh(ratio)), thresholds(-np.expm1(-2.0 * ratio)))
    call = digest("coupling_from_the_past", model, float(temperature), temperature_index)
    rng = keyed_streams(seed, [digest(call, k) for k in range(n_samples)])
    work, pace, states = _work(model), Pace(), np.empty((0, 4), dtype=np.uint64)

    def update(n: int) -> None:
        nonlocal states
        states = _draw(spins, bonds, rng, work, states, n * _STEPS)

    while work.at[_SAMPLE] < n_samples:
        pace.sweep(update, i.size * n_samples)
    return spins.reshape(n_samples, *model.shape)


class _Bonds(NamedTuple):
    """i, j: the sites of each bond. first, other, bond: see `_incidence`. always, never: thresholds of u."""

    i: np.ndarray
    j: np.ndarray
    first: np.ndarray
    other: np.ndarray
    bond: np.ndarray
    always: np.ndarray
    never: np.ndarray


class _Work(NamedTuple):
    """The state that one call of the kernel hands on to the next.

    at: int64 (5,), see below. chains: uint8 (bond,), the state of each bond. generator: uint64 (1, 4), of the present
    sweep. mark: int64 (N,), the last search that visited a site; searches are numbered by 2, plus 1 for the second end.
    queue: int32 (2, N), scratch.
    """

    at: np.ndarray
    chains: np.ndarray
    generator: np.ndarray
    mark: np.ndarray
    queue: np.ndarray


# Places in `_Work.at`: the current sample; the sweeps of the current attempt; its remaining bond updates; the number of
# bonds in which the chains differ; the number of the last search.
_SAMPLE, _SWEEPS, _LEFT, _APART, _SEARCH = range(5)


def _work(model: Ising) -> _Work:
    n_bonds = model.lattice.bonds[0].size
    return _Work(
        at=np.array([0, 1, 0, 0, 0]),
        chains=np.empty(n_bonds, dtype=np.uint8),
        generator=np.empty((1, 4), dtype=np.uint64),
        mark=np.zeros(model.n_sites, dtype=np.int64),
        queue=np.empty((2, model.n_sites), dtype=np.int32),
    )


def _incidence(model: Ising) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The bonds of every site: x has the bonds bond[first[x] : first[x + 1]], to the sites other[...]. All int32."""
    i, j, _, _ = model.lattice.bonds
    ends, others = np.concatenate([i, j]), np.concatenate([j, i])
    order = np.argsort(ends, kind="stable")
    first = np.searchsorted(ends[order], np.arange(model.n_sites + 1))
    return first.astype(np.int32), others[order], (order % i.size).astype(np.int32)


@njit(cache=True, nogil=True, error_model="numpy")
def _draw(spins, bonds, rng, work, states, n_steps):
    """Continue for about so many steps, or until all samples are drawn.

    states: row t holds the generator's state at the beginning of sweep -(t + 1) of the current sample; empty before it
    has begun. Returns them for the next call.
    """
    at, n_bonds = work.at, bonds.i.size
    while n_steps > 0 and at[_SAMPLE] < spins.shape[0]:
        row = spins[at[_SAMPLE]]
        if states.shape[0] == 0:
            # Orientations are drawn first, so that they do not depend on how far back the sweeps begin.
            state = load(rng[at[_SAMPLE]])
            for x in range(row.size):
                bits, state = advance(state)
                row[x] = 1 - 2 * np.int64(bits >> uint64(63))
            states = np.empty((1, 4), dtype=np.uint64)
            store(states[0], state)
            # The sample does not depend on the length of the first attempt; half of the last sample's is a good guess.
            at[_SWEEPS] = max(1, at[_SWEEPS] // 2)
        if at[_LEFT] == 0:
            states = _further_back(states, at[_SWEEPS], n_bonds)
            work.chains[:] = _ABOVE
            at[_APART], at[_LEFT] = n_bonds, at[_SWEEPS] * n_bonds
        begin = -at[_LEFT] % n_bonds
        if begin == 0:
            work.generator[0] = states[at[_LEFT] // n_bonds - 1]
        end, at[_APART], at[_SEARCH], n_steps = _sweep(
            work.chains, at[_APART], bonds, begin, n_steps, work.generator[0], work.mark, work.queue, at[_SEARCH]
        )
        at[_LEFT] -= end - begin
        if at[_LEFT] == 0 and at[_APART] == 0:
            at[_SEARCH] += 2
            _orient(row, work.chains, bonds.first, bonds.other, bonds.bond, work.mark, work.queue[0], at[_SEARCH])
            at[_SAMPLE] += 1
            states = states[:0]
        elif at[_LEFT] == 0:
            at[_SWEEPS] *= 2
    return states


@njit(cache=True, nogil=True, error_model="numpy")
def _further_back(states, n_sweeps, n_bonds):
    """Extend the list of states to `n_sweeps` sweeps."""
    known = states.shape[0]
    if known >= n_sweeps:
        return states
    longer = np.empty((n_sweeps, 4), dtype=np.uint64)
    longer[:known] = states
    state = load(states[known - 1])
    for t in range(known, n_sweeps):
        for _ in range(n_bonds):
            state = advance(state)[1]
        store(longer[t], state)
    return longer


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep(chains, apart, bonds, begin, n_steps, generator, mark, queue, search):
    """A sweep of both chains from bond `begin` on, until the steps are used up; generator, uint64 (4,), is advanced.

    Returns where it ends, the number of bonds in which the chains differ, that of the last search, and the steps left.
    """
    state = load(generator)
    first, other, bond = bonds.first, bonds.other, bonds.bond
    b = begin
    while b < chains.size and n_steps > 0:
        n_steps -= 1
        bits, state = advance(state)
        u = bits >> uint64(11)
        if u < bonds.always[b]:
            new = _OPEN
        elif u >= bonds.never[b]:
            new = _CLOSED
        else:
            search += 2
            i, j = bonds.i[b], bonds.j[b]
            met, side, size, visited = _search(_BELOW, i, j, b, chains, first, other, bond, mark, queue, search)
            if met:
                new = _OPEN
            elif apart == 0 or not _leaves(queue[side, :size], b, chains, first, bond):
                new = _CLOSED
            else:
                search += 2
                met, _, _, also = _search(_ABOVE, i, j, b, chains, first, other, bond, mark, queue, search)
                new = _ABOVE if met else _CLOSED
                visited += also
            n_steps -= visited
        apart += np.int64(new == _ABOVE) - np.int64(chains[b] == _ABOVE)
        chains[b] = new
        b += 1
    store(generator, state)
    return b, apart, search, n_steps


@njit(cache=True, nogil=True, error_model="numpy")
def _search(chain, a, b, without, chains, first, other, bond, mark, queue, search):
    """Are sites a and b connected by open bonds of one chain other than `without`?

    The clusters of a and b grow in turn by one site. Returns whether they met; if not, which of the two (0 or 1) is
    complete, and its size: queue[side, :size] holds its sites. And how many sites were visited.
    """
    queue[0, 0], queue[1, 0] = a, b
    mark[a], mark[b] = search, search + 1
    side, grown, size = 0, 0, 1
    grown_there, size_there = 0, 1
    while True:
        x = queue[side, grown]
        grown += 1
        for k in range(first[x], first[x + 1]):
            if chains[bond[k]] & chain and bond[k] != without:
                y = other[k]
                if mark[y] == search + 1 - side:
                    return True, side, size, grown + grown_there
                if mark[y] != search + side:
                    mark[y] = search + side
                    queue[side, size] = y
                    size += 1
        if grown == size:
            return False, side, size, grown + grown_there
        side = 1 - side
        grown, grown_there = grown_there, grown
        size, size_there = size_there, size


@njit(cache=True, nogil=True, error_model="numpy")
def _leaves(sites, without, chains, first, bond):
    """Whether any of the sites has a bond, other than `without`, that is open in the chain above only."""
    for x in sites:
        for k in range(first[x], first[x + 1]):
            if chains[bond[k]] == _ABOVE and bond[k] != without:
                return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def _orient(spins, chains, first, other, bond, mark, queue, search):
    """Give every cluster the spin of its first site."""
    for start in range(spins.size):
        if mark[start] == search:
            continue
        mark[start], queue[0] = search, start
        grown, size = 0, 1
        while grown < size:
            x = queue[grown]
            grown += 1
            spins[x] = spins[start]
            for k in range(first[x], first[x + 1]):
                y = other[k]
                if chains[bond[k]] and mark[y] != search:
                    mark[y] = search
                    queue[size] = y
                    size += 1
