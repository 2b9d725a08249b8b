"""Energies of all states of a small lattice, looked up in a table, and chains of states by their numbers.

The stationary law is that of `sweeps`, exp(-E / T), and so are the proposals: single flips at random sites.
"""

from __future__ import annotations

import numpy as np

from spinlib.compilation import njit
from spinlib.samplers.chains.pace import Pace
from spinlib.samplers.learned_energy.sweeps import Energy, evaluated
from spinlib.samplers.random import advance, choose, load, store, to_float

__all__ = ["MOST_TABLE_SITES", "numbers_of", "states_of", "sweep_table", "table_of"]

MOST_TABLE_SITES = 20


def table_of(energy: Energy, shape: tuple[int, ...], *, block: int = 2**14) -> np.ndarray:
    """A function's energies of all 2^N states; bit i of a state's number is the site i in C order, 1 for +1.

    Parameters
    ----------
    energy : callable
        Of int8 spins (n, *shape): the total energy of each, (n,).
    shape : tuple of int
        Of the lattice, with at most 20 sites.
    block : int
        The number of states per call of the function.

    Returns
    -------
    numpy.ndarray
        float64 (2^N,).

    Raises
    ------
    ValueError
        For more than 20 sites, and where the function's answer is not one finite number per state.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers.learned_energy import table_of
    >>> table = table_of(Ising((2, 2)).energy, (2, 2))
    >>> len(table), float(table.min()), float(table.max())
    (16, -8.0, 8.0)
    """
    n_sites = int(np.prod(shape))
    if n_sites > MOST_TABLE_SITES:
        raise ValueError(f"shape {shape} has {n_sites} sites: at most {MOST_TABLE_SITES} fit a table")
    numbers = np.arange(2**n_sites)
    parts = np.split(numbers, range(block, len(numbers), block))
    return np.concatenate([evaluated(energy, states_of(part, shape)) for part in parts])


def states_of(numbers: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The states with these numbers, see `table_of`.

    Parameters
    ----------
    numbers : array of int
        (...).
    shape : tuple of int
        Of the lattice.

    Returns
    -------
    numpy.ndarray
        int8 (..., *shape) of -1 and +1.

    Examples
    --------
    >>> from spinlib.samplers.learned_energy import states_of
    >>> states_of(5, (2, 2)).tolist()
    [[1, -1], [1, -1]]
    """
    bits = np.asarray(numbers)[..., None] >> np.arange(int(np.prod(shape))) & 1
    return (2 * bits - 1).astype(np.int8).reshape(*np.shape(numbers), *shape)


def numbers_of(spins: np.ndarray) -> np.ndarray:
    """The numbers of states, see `table_of`: what `states_of` takes.

    Parameters
    ----------
    spins : numpy.ndarray
        (n, *shape) of -1 and +1, of at most 62 sites.

    Returns
    -------
    numpy.ndarray
        int64 (n,).

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.samplers.learned_energy import numbers_of
    >>> numbers_of(np.array([[[1, -1], [1, -1]]])).tolist()
    [5]
    """
    rows = np.asarray(spins).reshape(len(spins), -1)
    return (rows > 0).astype(np.int64) @ (1 << np.arange(rows.shape[1], dtype=np.int64))


def sweep_table(table: np.ndarray, states: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> None:
    """Sweeps of single-spin proposals at random sites, with the energies of all states looked up, in place.

    Parameters
    ----------
    table : numpy.ndarray
        float64 (2^N,), as `table_of` makes it.
    states : numpy.ndarray
        int64 (chain,), the numbers of the present states.
    temperatures, rng, n
        As for `sweep`.

    Raises
    ------
    ValueError
        For a table of another length and for states that it does not have.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers.learned_energy import sweep_table, table_of
    >>> from spinlib.samplers.random import streams
    >>> states = np.zeros(4, np.int64)
    >>> sweep_table(table_of(Ising((2, 2)).energy, (2, 2)), states, np.full(4, 0.01), streams(1, "example", 0, 4), 5)
    >>> states.tolist()
    [0, 0, 0, 0]
    """
    n_sites = len(table).bit_length() - 1
    if len(table) != 2**n_sites or n_sites < 1:
        raise ValueError(f"table of {len(table)} energies: a power of two is needed")
    if states.dtype != np.int64 or np.any((states < 0) | (states >= len(table))):
        raise ValueError(f"states: int64 numbers from 0 to {len(table) - 1} are needed")
    if temperatures.shape != states.shape or rng.shape != (len(states), 4) or not np.all(temperatures > 0):
        raise ValueError(
            f"temperatures of shape {temperatures.shape} and rng of shape {rng.shape}: positive ones, and one row of "
            f"each for {len(states)} chains, are needed"
        )
    Pace().sweep_all(lambda k: _sweep_table(table, states, temperatures, rng, k, n_sites), n)


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep_table(table, states, temperatures, rng, n, n_sites):
    for c in range(states.size):
        generator = load(rng[c])
        present = states[c]
        for _ in range(n * n_sites):
            bits, generator = advance(generator)
            site, _ = choose(bits, n_sites)
            other = present ^ (1 << np.int64(site))
            exponent = -(table[other] - table[present]) / temperatures[c]
            bits, generator = advance(generator)
            if exponent >= 0.0 or to_float(bits) < np.exp(exponent):
                present = other
        states[c] = present
        store(rng[c], generator)
