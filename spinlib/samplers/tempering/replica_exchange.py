"""Which replica of a ladder is at which temperature, and the exchange of temperatures between two of them.

K. Hukushima and K. Nemoto, J. Phys. Soc. Jpn. 65, 1604 (1996). Two replicas at neighbouring temperatures, with the
energies E and E', exchange them with probability

    min(1, exp((1/T - 1/T') (E - E'))),

which keeps the joint distribution, each temperature's Boltzmann distribution times the others'. The pairs (0, 1),
(2, 3), ... and (1, 2), (3, 4), ... are tried in turn.
"""

from __future__ import annotations

import math

import numpy as np

from spinlib.compilation import njit
from spinlib.samplers.random import advance, load, store, to_float

# Where a replica comes from: neither end of the ladder, the first temperature, or the last.
_NOWHERE, _FIRST, _LAST = 0, 1, 2


class Ladders:
    """Independent ladders of replicas, whose temperatures are exchanged.

    temperatures: float64 (n,), of each ladder. rng: uint64 (ladder, 4), one stream per ladder, advanced in place.

    replica_at: int64 (ladder, n), the replica at each temperature; at first replica k is at temperature k.
    temperatures: float64 (ladder, n), of each replica. attempted, int64 (n - 1,), and accepted, int64 (ladder, n - 1):
    exchanges of each pair of neighbours since the last `restart`.
    round_trips: int64 (ladder, n), how often each replica has gone from the first temperature to the last and back.
    """

    def __init__(self, temperatures: np.ndarray, rng: np.ndarray) -> None:
        n_ladders, n = len(rng), len(temperatures)
        self._betas, self._rng, self._parity = 1.0 / temperatures, rng, 0
        self.replica_at = np.tile(np.arange(n), (n_ladders, 1))
        self.temperatures = np.tile(temperatures, (n_ladders, 1))
        self.restart()

    def restart(self) -> None:
        """Count exchanges and round trips from now on."""
        n_ladders, n = self.replica_at.shape
        self.attempted = np.zeros(n - 1, dtype=np.int64)
        self.accepted = np.zeros((n_ladders, n - 1), dtype=np.int64)
        self.round_trips = np.zeros((n_ladders, n), dtype=np.int64)
        self._from = np.full((n_ladders, n), _NOWHERE, dtype=np.int8)

    def exchange(self, energies: np.ndarray) -> None:
        """Try every other pair of neighbours once. energies: of the replicas, in all, float64 (ladder, n)."""
        _exchange(
            *(energies, self._betas, self._parity, self.replica_at, self.temperatures),
            *(self.accepted, self._from, self.round_trips, self._rng),
        )
        self.attempted[self._parity :: 2] += 1
        self._parity = 1 - self._parity


@njit(cache=True, nogil=True, error_model="numpy")
def _exchange(energies, betas, first, replica_at, temperatures, accepted, come_from, round_trips, rng):
    n_ladders, n = replica_at.shape
    for ladder in range(n_ladders):
        state = load(rng[ladder])
        for k in range(first, n - 1, 2):
            a, b = replica_at[ladder, k], replica_at[ladder, k + 1]
            exponent = (betas[k] - betas[k + 1]) * (energies[ladder, a] - energies[ladder, b])
            bits, state = advance(state)
            if to_float(bits) < math.exp(min(exponent, 0.0)):
                replica_at[ladder, k], replica_at[ladder, k + 1] = b, a
                temperatures[ladder, a], temperatures[ladder, b] = temperatures[ladder, b], temperatures[ladder, a]
                accepted[ladder, k] += 1
        store(rng[ladder], state)
        bottom, top = replica_at[ladder, 0], replica_at[ladder, n - 1]
        round_trips[ladder, bottom] += come_from[ladder, bottom] == _LAST
        come_from[ladder, bottom] = _FIRST
        if come_from[ladder, top] == _FIRST:
            come_from[ladder, top] = _LAST
