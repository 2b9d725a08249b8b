"""Swendsen-Wang sweeps by runs: consecutive joined sites of a row are one element of the union-find.

The sites of a row are bits of words (`spinlib.samplers.bits.row_bits`), and so are the bonds. 64 bonds are drawn and
tested at a time. A word in which bit j says whether site j is joined to the site before it gives the runs of a row; the
number of zeros up to a site is the number of its run. At the critical temperature of the square lattice a run is two
sites long on average.

Two rows are joined bond by bond. A bond is left out if an earlier one in the word joins the same two runs. The first
bond of a run to the row before needs no search, because no other row refers to this run yet: the run becomes a child of
the run there or of that run's parent. Only the remaining bonds use the union-find with splicing of
`spinlib.samplers.clusters.swendsen_wang`. Earlier bonds are found as G. Myers, J. ACM 46, 395 (1999), does it: the
carries of an addition run through consecutive ones (`_reached`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from spinlib.compilation import njit
from spinlib.samplers.bits.random_words import fill_with_bits, fill_with_states, seed
from spinlib.samplers.bits.row_bits import Bonds, count_bits, pack, unpack
from spinlib.samplers.bits.word_vectors import WIDTH, widest
from spinlib.samplers.clusters.field import fill_with_orientations, sum_clusters

_JIT: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
_ZERO, _ONE, _LAST = np.uint64(0), np.uint64(1), np.uint64(63)


class _Runs(NamedTuple):
    """joined: uint64 (words,), bit set where a site is joined to the one before it, and beyond the end of a row.

    first: uint64 (words,), the number of the first run that begins in a word. parent: uint32 (N,), for each run.
    """

    joined: np.ndarray
    first: np.ndarray
    parent: np.ndarray


@njit(**_JIT)
def _close_unsatisfied(active, planes, bonds):
    """Clear the bits of bonds that are missing or not satisfied."""
    words_per_row, last = bonds.words_per_row, np.uint64((bonds.width - 1) & 63)
    inner = (_ONE << last) - _ONE
    n_axes, n_rows = bonds.present.shape[0], bonds.before.shape[1]
    for row in range(n_rows):
        start = row * words_per_row
        stop = start + words_per_row
        for axis in range(n_axes - 1):
            neighbor = bonds.after[axis, row] * words_per_row - start
            for word in range(start, stop):
                unequal = _ZERO
                for k in range(planes.shape[0]):
                    unequal |= planes[k, word] ^ planes[k, word + neighbor]
                active[axis, word] &= bonds.present[axis, word] & ~(unequal ^ bonds.unlike[axis, word])
        axis = n_axes - 1
        for word in range(start, stop):
            unequal = _ZERO
            for k in range(planes.shape[0]):
                site = planes[k, word]
                if word + 1 < stop:
                    right = (site >> _ONE) | (planes[k, word + 1] << _LAST)
                else:
                    right = ((site >> _ONE) & inner) | ((planes[k, start] & _ONE) << last)
                unequal |= site ^ right
            active[axis, word] &= bonds.present[axis, word] & ~(unequal ^ bonds.unlike[axis, word])


@njit(**_JIT)
def _reached(seeds, joined):
    """The bits of `joined` that are seeds, or that come after a seed and only bits of `joined` between them."""
    seeds &= joined
    return (((seeds + joined) ^ joined) | seeds) & joined


@njit(**_JIT)
def unite(parent, a, b):
    """Join the clusters of a and b in a forest whose parents never have a larger index than their children."""
    while parent[a] != parent[b]:
        if parent[a] < parent[b]:
            a, b = b, a
        above = parent[a]
        parent[a] = parent[b]
        if above == a:
            return
        a = above


@njit(**_JIT)
def _find_runs(row, n_runs, active, bonds, runs):
    """Number the runs of a row from `n_runs` on; returns the number after the last.

    A word begins a run in any case, which takes the run before as its parent if it is joined to it.
    """
    carried = _ZERO
    stop = (row + 1) * bonds.words_per_row
    for word in range(stop - bonds.words_per_row, stop):
        joined = (active[word] << _ONE) | carried
        if word + 1 == stop:
            joined |= (~_ONE) << np.uint64((bonds.width - 1) & 63)
        runs.joined[word], runs.first[word] = joined, n_runs
        after = n_runs + count_bits(~joined | _ONE)
        for run in range(n_runs, after):
            runs.parent[run] = run
        if carried:
            runs.parent[n_runs] = runs.parent[n_runs - _ONE]
        n_runs = after
        carried = active[word] >> _LAST
    return n_runs


@njit(**_JIT)
def _join_rows(row, other, active, words_per_row, runs, is_first):
    """Join a row to one before it by the active bonds, uint64 (words_per_row,), between them.

    is_first: whether no run of the row has been joined to another row yet, nor to one of its own but the run before.
    """
    parent = runs.parent
    for column in range(words_per_row):
        here, there = row * words_per_row + column, other * words_per_row + column
        joined, joined_there = runs.joined[here], runs.joined[there]
        starts, starts_there = ~joined | _ONE, ~joined_there | _ONE
        # Runs are counted from 1.
        run, run_there = runs.first[here] - _ONE, runs.first[there] - _ONE
        left = active[column]
        left &= ~_reached(left << _ONE, joined & joined_there)
        if is_first:
            # The first run of a word has a parent if it is joined to the word before.
            new = left & ~_reached((left << _ONE) | (joined & _ONE), joined)
            left ^= new
            while new != _ZERO:
                up_to = new ^ (new - _ONE)
                new &= new - _ONE
                above = parent[run_there + count_bits(starts_there & up_to)]
                parent[run + count_bits(starts & up_to)] = parent[above]
        while left != _ZERO:
            up_to = left ^ (left - _ONE)
            left &= left - _ONE
            unite(parent, run + count_bits(starts & up_to), run_there + count_bits(starts_there & up_to))


@njit(**_JIT)
def _find_clusters(active, bonds, runs):
    """The clusters: afterwards runs.parent is the first run of each run's cluster. Returns the number of runs."""
    words_per_row = bonds.words_per_row
    n_others, n_rows = bonds.before.shape
    last = np.uint64((bonds.width - 1) & 63)
    n_runs = _ZERO
    for row in range(n_rows):
        first = n_runs
        n_runs = _find_runs(row, n_runs, active[n_others], bonds, runs)
        # A variable: numba would compile `_join_rows` a second time for a literal.
        is_first: Any = np.bool_(True)
        for axis in range(n_others):
            # Every pair of rows is treated at the later row, with the bonds of the earlier one.
            before, after = bonds.before[axis, row], bonds.after[axis, row]
            if before < row:
                words = active[axis, before * words_per_row : (before + 1) * words_per_row]
                _join_rows(row, before, words, words_per_row, runs, is_first)
                is_first = False
            if after < row:
                words = active[axis, row * words_per_row : (row + 1) * words_per_row]
                _join_rows(row, after, words, words_per_row, runs, is_first)
                is_first = False
        if (active[n_others, (row + 1) * words_per_row - 1] >> last) & _ONE:
            unite(runs.parent, first, n_runs - _ONE)
    for run in range(n_runs):
        runs.parent[run] = runs.parent[runs.parent[run]]
    return n_runs


@njit(**_JIT)
def _turn(planes, drawn, n_words, runs, is_ising):
    """Flip the Ising spins of every cluster for which a bit is drawn, or give its Potts spins the state drawn."""
    for k in range(planes.shape[0]):
        run = 0
        for word in range(n_words):
            left = ~runs.joined[word] | _ONE
            value, bits = _ZERO, _ZERO
            while left != _ZERO:
                root = np.uint64(runs.parent[run])
                run += 1
                lowest = left & (_ZERO - left)
                left ^= lowest
                # All bits from here on, where this run's value differs from that of the run before.
                new = _ZERO - ((drawn[k, root >> np.uint64(6)] >> (root & _LAST)) & _ONE)
                bits ^= (new ^ value) & (_ZERO - lowest)
                value = new
            planes[k, word] = planes[k, word] ^ bits if is_ising else bits


@njit(**_JIT)
def _label(labels, bonds, runs):
    """Write the number of every site's cluster."""
    site = 0
    for row in range(bonds.before.shape[1]):
        for column in range(bonds.words_per_row):
            word = row * bonds.words_per_row + column
            starts = ~runs.joined[word] | _ONE
            run = runs.first[word] - _ONE
            for bit in range(min(64, bonds.width - 64 * column)):
                run += (starts >> np.uint64(bit)) & _ONE
                labels[site] = runs.parent[run]
                site += 1


@njit(**_JIT)
def sweep(
    spins: np.ndarray,
    bonds: Bonds,
    digits: np.ndarray,
    tails: np.ndarray,
    n_states: int,
    field: float | None,
    temperatures: np.ndarray,
    rng: np.ndarray,
    n: int,
    labels: np.ndarray,
) -> None:
    """`n` sweeps of a batch of chains, in place.

    spins: int8 (chain, N) of -1 and +1 (n_states 0), or of 0 .. n_states - 1. digits: uint64 (chain, axis, PLANES) and
    tails: uint64 (chain, axis), the probability that a satisfied bond along an axis is active, as
    `random_words.digit_words` gives it. field: B, None for 0. temperatures: float64 (chain,). rng: uint64 (chain, 4),
    advanced. labels: uint32 (chain, N), filled with the clusters of the last sweep, or (0, 0).
    """
    is_ising = n_states == 0
    n_planes = 1
    while n_states > 1 << n_planes:
        n_planes += 1
    n_axes, n_padded = bonds.present.shape
    n_words = bonds.before.shape[1] * bonds.words_per_row
    active = np.empty((n_axes, n_padded), np.uint64)
    planes = np.empty((n_planes, n_words), np.uint64)
    drawn = np.empty((n_planes, n_words), np.uint64)
    lanes = np.empty((4, WIDTH), np.uint64)
    runs = _Runs(np.empty(n_words, np.uint64), np.empty(n_words, np.uint64), np.empty(spins.shape[1], np.uint32))
    sums = np.empty(spins.shape[1] if field is not None else 0, np.int32)
    for c in range(spins.shape[0]):
        pack(spins[c], planes, bonds.width, is_ising)
        for _ in range(n):
            seed(lanes, rng[c])
            for axis in range(n_axes):
                fill_with_bits(active, axis, n_words, digits[c, axis], tails[c, axis], lanes, rng[c], widest(_ZERO))
            _close_unsatisfied(active, planes, bonds)
            n_runs = _find_clusters(active, bonds, runs)
            if field is not None:
                sum_clusters(sums, planes, bonds, runs, n_runs, is_ising)
                fill_with_orientations(drawn, sums, runs, n_runs, field, temperatures[c], n_states, rng[c])
            else:
                fill_with_states(drawn, (n_runs + _LAST) >> np.uint64(6), 2 if is_ising else n_states, rng[c])
            _turn(planes, drawn, n_words, runs, is_ising)
        unpack(planes, spins[c], bonds.width, is_ising)
        if labels.size:
            _label(labels[c], bonds, runs)
