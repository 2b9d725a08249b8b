"""Orientations of clusters in a field: the ghost spin of Swendsen-Wang, with its bonds summed over.

A field acts like a bond from every site to one more spin, the ghost (A. Coniglio, F. di Liberto, G. Monroy and F.
Peruggi, J. Phys. A 22, L837 (1989)). These bonds are not drawn here but summed over: each cluster takes an orientation
with its Boltzmann probability, given the clusters. Let S be the sum of a cluster's present Ising spins: the cluster is
turned with probability 1 / (1 + exp(2 B S / T)). A Potts cluster of n sites takes state 0 with probability 1 / (1 + (q
- 1) exp(-B n / T)), else one of the other states with equal probability. This holds for either sign of B and of the
bonds, because the relative orientations within a cluster do not change.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from spinlib.compilation import njit
from spinlib.samplers.bits.row_bits import count_bits
from spinlib.samplers.random import advance, choose, load, store, to_float

_JIT: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
_ZERO, _ONE, _LAST, _ALL_BITS = np.uint64(0), np.uint64(1), np.uint64(63), np.uint64(2**64 - 1)


@njit(**_JIT)
def orientation(total, field, temperature, n_states, state):
    """The new orientation or state of a cluster, and the generator's next state.

    Ising (n_states 0): 1 to stay or -1 to turn, `total` being the sum of the spins. Potts: the new state, `total` being
    the number of sites.
    """
    bits, state = advance(state)
    # Multiplied first: no infinite field / temperature meets a total of 0.
    energy = field * total
    if n_states == 0:
        turned = to_float(bits) < 1.0 / (1.0 + math.exp(2.0 * energy / temperature))
        return np.int64(-1 if turned else 1), state
    if to_float(bits) < 1.0 / (1.0 + (n_states - 1) * math.exp(-energy / temperature)):
        return np.int64(0), state
    bits, state = advance(state)
    return np.int64(1) + np.int64(choose(bits, n_states - 1)[0]), state


@njit(**_JIT)
def sum_clusters(sums, planes, bonds, runs, n_runs, is_ising):
    """Fill sums, int32, for each first run of a cluster: the sum of its Ising spins, or the number of its sites.

    planes: as `spinlib.samplers.bits.row_bits.pack` fills them. bonds, runs: as in `spinlib.samplers.clusters.runs`.
    """
    sums[:n_runs] = 0
    run, word = 0, 0
    beyond = _ALL_BITS << np.uint64((bonds.width - 1) & 63) << _ONE
    for _ in range(bonds.before.shape[1]):
        for column in range(bonds.words_per_row):
            left = ~runs.joined[word] | _ONE
            sites = ~beyond if column + 1 == bonds.words_per_row else _ALL_BITS
            while left != _ZERO:
                lowest = left & (_ZERO - left)
                left ^= lowest
                # From this bit to the one before the next run begins, or to the last.
                inside = ((left & (_ZERO - left)) - lowest) & sites
                total = np.int64(count_bits(inside))
                if is_ising:
                    total -= 2 * np.int64(count_bits(inside & planes[0, word]))
                sums[runs.parent[run]] += total
                run += 1
            word += 1


@njit(**_JIT)
def fill_with_orientations(drawn, sums, runs, n_runs, field, temperature, n_states, stream):
    """Fill drawn[k], for the first run of each cluster, with the bits of weight 2^k of its orientation.

    Ising: a bit that is set where the cluster turns. Potts: the binary digits of the new state. stream: uint64 (4,).
    """
    state = load(stream)
    drawn[:, : (n_runs + _LAST) >> np.uint64(6)] = 0
    for run in range(n_runs):
        if runs.parent[run] == run:
            value, state = orientation(sums[run], field, temperature, n_states, state)
            if n_states == 0:
                value = np.int64(value < 0)
            for k in range(drawn.shape[0]):
                bit = np.uint64((value >> k) & 1)
                drawn[k, run >> np.uint64(6)] |= bit << (np.uint64(run) & _LAST)
    store(stream, state)
