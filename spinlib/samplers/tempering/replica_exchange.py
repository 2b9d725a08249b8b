"""The assignment of replicas to temperatures, and the exchange of temperatures between two replicas.

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

__all__ = ["Ladders"]

# The end of the ladder that a replica visited last: none, the first temperature, or the last.
_NOWHERE, _FIRST, _LAST = 0, 1, 2


class Ladders:
    """Independent ladders of replicas, whose temperatures are exchanged.

    Parameters
    ----------
    temperatures : ndarray, float64 (n,)
        Of each ladder, in J / k_B.
    rng : ndarray, uint64 (ladder, 4)
        One stream of random numbers per ladder, advanced in place.

    Attributes
    ----------
    replica_at : ndarray, int64 (ladder, n)
        The replica at each temperature; at first replica k is at temperature k.
    temperatures : ndarray, float64 (ladder, n)
        Of each replica.
    attempted : ndarray, int64 (n - 1,)
        Attempted exchanges of each pair of neighbours since the last `restart`.
    accepted : ndarray, int64 (ladder, n - 1)
        Accepted exchanges of each pair of neighbours since the last `restart`.
    round_trips : ndarray, int64 (ladder, n)
        How often each replica has gone from the first temperature to the last and back since the last `restart`.

    References
    ----------
    K. Hukushima and K. Nemoto, J. Phys. Soc. Jpn. 65, 1604 (1996).

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.samplers.random import keyed_streams
    >>> from spinlib.samplers.tempering.replica_exchange import Ladders
    >>> ladders = Ladders(np.array([1.0, 2.0]), keyed_streams(1, [b"16 bytes per key"]))
    >>> ladders.exchange(np.array([[5.0, -5.0]]))  # the warmer replica has the lower energy
    >>> ladders.replica_at.tolist(), ladders.temperatures.tolist(), ladders.accepted.tolist()
    ([[1, 0]], [[2.0, 1.0]], [[1]])
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
        """Try every other pair of neighbours once.

        Parameters
        ----------
        energies : ndarray, float64 (ladder, n)
            Total energy of each replica, in units of J.
        """
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
