"""Exact samples of the ferromagnetic Ising model, by coupling from the past.

J. Propp and D. Wilson, Random Struct. Algorithms 9, 223 (1996). The Markov chain is the heat bath on single bonds of
the random-cluster model with q = 2 (C. Fortuin and P. Kasteleyn, Physica 57, 536 (1972)), swept over all bonds in a
fixed order. With p = 1 - exp(-2 J_ij / T), so that p / (2 - p) = tanh(J_ij / T), and a uniform number u, a bond becomes

    open    if u < tanh(J_ij / T), or if u < p and its two sites are connected without it,
    closed  otherwise.

More open bonds before never mean fewer after, with the same u. So a chain that starts with all bonds open and one that
starts with all closed enclose every other. Both are run from sweep -t to 0, for t = 1, 2, 4, ..., a sweep always with
its own numbers. Once they meet, their state at 0 is that of a chain run since ever: it has exactly the stationary law,
without burn-in. Then each cluster gets a random orientation (R. Edwards and A. Sokal, Phys. Rev. D 38, 2009 (1988)).

At T_c of the square lattice the chains meet after about 7 sweeps of 32 x 32 sites, 17 of 256 x 256. (Heat bath on
single spins is monotone as well, but takes some L^2 sweeps at T_c and exponentially many below.) Connections are only
searched for where u lies between the two thresholds, for 17 % of the bonds at T_c: breadth first, from both ends in
turn, until the searches meet or the smaller cluster is complete.
"""

from __future__ import annotations

import math
from operator import index as as_integer
from typing import Any

import numpy as np
from numba import uint64

from spinlib.compilation import njit
from spinlib.models import Ising
from spinlib.models.hamiltonian import require_own_hamiltonian
from spinlib.samplers.random import advance, load, store, streams, thresholds

# A call of the kernel cannot be interrupted: small lattices share one, large ones have one each.
_SITES_PER_CALL = 2**16

# What is known of a bond: bits for the chain from all closed (below) and the one from all open (above).
_CLOSED, _BELOW, _ABOVE, _OPEN = 0, 1, 2, 3


def refuse(model: Any) -> None:
    """Raise TypeError for other models than Ising, ValueError for a field and for any coupling < 0.

    A negative bond, also one across an antiperiodic seam, breaks the order between the two chains.
    """
    if not isinstance(model, Ising):
        raise TypeError(f"model {model!r}: coupling_from_the_past samples Ising models")
    require_own_hamiltonian(model)
    if model.field != 0.0:
        raise ValueError(f"field {model.field}: coupling_from_the_past needs field 0, as clusters turn at random")
    if model.bond_strengths.min() < 0.0:
        raise ValueError(
            f"coupling {model.bond_strengths.min()} of a bond (antiperiodic seams change its sign): "
            "coupling_from_the_past needs all >= 0, because only then two chains enclose all others"
        )


def draw(model: Ising, temperature: float, n_samples: int, seed: int, *, temperature_index: int = 0) -> np.ndarray:
    """Independent samples from exactly the Boltzmann distribution, int8 (n_samples, *shape) of -1 and +1.

    model: Ising without field, all couplings >= 0, any lattice, periodic or free. temperature: J / k_B. Sample k has
    a random stream of its own, which follows from seed, temperature_index (to tell apart the samples of several
    temperatures) and k alone. Raises where `refuse` does; TypeError or ValueError for numbers that are not positive
    and finite (temperature) or integers >= 0.
    """
    refuse(model)
    n_samples = _whole(n_samples)
    if not (np.ndim(temperature) == 0 and math.isfinite(temperature) and temperature > 0.0):
        raise ValueError(f"temperature {temperature}: has to be one number, positive and finite")
    spins = np.empty((n_samples, model.n_sites), dtype=np.int8)
    with np.errstate(over="ignore"):
        ratio = model.bond_strengths / temperature
    always, never = thresholds(np.tanh(ratio)), thresholds(-np.expm1(-2.0 * ratio))
    i, j, _, _ = model.lattice.bonds
    incidence = _incidence(model)
    step = max(1, _SITES_PER_CALL // model.n_sites)
    for low in range(0, n_samples, step):
        block = range(low, min(low + step, n_samples))
        rng = streams(seed, "coupling_from_the_past", temperature_index, block)
        _draw(spins[low : block.stop], i, j, *incidence, always, never, rng)
    return spins.reshape(n_samples, *model.shape)


def _incidence(model: Ising) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The bonds of every site: those of x are bond[first[x] : first[x + 1]], and lead to other[...]. All int32."""
    i, j, _, _ = model.lattice.bonds
    ends, others = np.concatenate([i, j]), np.concatenate([j, i])
    order = np.argsort(ends, kind="stable")
    first = np.searchsorted(ends[order], np.arange(model.n_sites + 1))
    return first.astype(np.int32), others[order], (order % i.size).astype(np.int32)


def _whole(n_samples: Any) -> int:
    try:
        number = as_integer(n_samples)
    except TypeError as error:
        raise TypeError(f"n_samples {n_samples!r}: has to be an integer") from error
    if number < 0:
        raise ValueError(f"n_samples {number}: cannot be negative")
    return number


@njit(cache=True, nogil=True, error_model="numpy")
def _draw(spins, i, j, first, other, bond, always, never, rng):
    n_sites, n_bonds = spins.shape[1], i.size
    chains = np.empty(n_bonds, dtype=np.uint8)
    # The last search that visited a site: searches are numbered by 2, plus 1 for the second end.
    mark = np.zeros(n_sites, dtype=np.int64)
    queue = np.empty((2, n_sites), dtype=np.int32)
    search = 0
    n_sweeps = 1
    for c in range(spins.shape[0]):
        # Orientations come first in the stream, so that they do not depend on how far back the sweeps begin.
        state = load(rng[c])
        for x in range(n_sites):
            bits, state = advance(state)
            spins[c, x] = 1 - 2 * np.int64(bits >> uint64(63))
        # Row t is the generator's state at the beginning of sweep -(t + 1).
        states = np.empty((1, 4), dtype=np.uint64)
        store(states[0], state)
        # The sample does not depend on the first attempt either; half of what the last sample took is a good guess.
        n_sweeps = max(1, n_sweeps // 2)
        while True:
            states = _further_back(states, n_sweeps, n_bonds)
            chains[:] = _ABOVE
            apart = n_bonds
            for t in range(n_sweeps - 1, -1, -1):
                apart, search = _sweep(
                    chains, apart, i, j, first, other, bond, always, never, states[t], mark, queue, search
                )
            if apart == 0:
                break
            n_sweeps *= 2
        search += 2
        _orient(spins[c], chains, first, other, bond, mark, queue[0], search)


@njit(cache=True, nogil=True, error_model="numpy")
def _further_back(states, n_sweeps, n_bonds):
    """The states at the beginning of `n_sweeps` sweeps, from those of fewer."""
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
def _sweep(chains, apart, i, j, first, other, bond, always, never, start, mark, queue, search):
    """One sweep of both chains; returns the number of bonds in which they differ, and of the last search."""
    state = load(start)
    for b in range(chains.size):
        bits, state = advance(state)
        u = bits >> uint64(11)
        if u < always[b]:
            new = _OPEN
        elif u >= never[b]:
            new = _CLOSED
        else:
            search += 2
            met, side, size = _search(_BELOW, i[b], j[b], b, chains, first, other, bond, mark, queue, search)
            if met:
                new = _OPEN
            elif apart == 0 or not _leaves(queue[side, :size], b, chains, first, bond):
                new = _CLOSED
            else:
                search += 2
                met, _, _ = _search(_ABOVE, i[b], j[b], b, chains, first, other, bond, mark, queue, search)
                new = _ABOVE if met else _CLOSED
        apart += np.int64(new == _ABOVE) - np.int64(chains[b] == _ABOVE)
        chains[b] = new
    return apart, search


@njit(cache=True, nogil=True, error_model="numpy")
def _search(chain, a, b, without, chains, first, other, bond, mark, queue, search):
    """Are sites a and b connected by open bonds of one chain other than `without`?

    The clusters of both grow in turn by one site. Returns whether they met and, if not, which of the two (0 or 1) is
    complete, and its size; queue[side, :size] has its sites.
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
                    return True, side, size
                if mark[y] != search + side:
                    mark[y] = search + side
                    queue[side, size] = y
                    size += 1
        if grown == size:
            return False, side, size
        side = 1 - side
        grown, grown_there = grown_there, grown
        size, size_there = size_there, size


@njit(cache=True, nogil=True, error_model="numpy")
def _leaves(sites, without, chains, first, bond):
    """Does a bond other than `without` that is open in the chain above only touch one of the sites?"""
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
