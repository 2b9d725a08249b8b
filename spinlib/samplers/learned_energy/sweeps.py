"""Metropolis where the energy comes from a function, such as a network that learned it (paper dnn, Sec. IV 3).

Three ways with one stationary law, exp(-E(s) / T) with the function's E:

- `sweep`: one random spin of every chain is proposed, the function is asked for the energies, and the flips are
  accepted with min(1, exp(-dE / T)), as in the paper. A sweep costs as many evaluations as there are sites.
- `sweep_table`: the same for up to 20 sites, with the energies of all states looked up in a table.
- `corrected_sweep`: a whole sweep of random flips by the exact Hamiltonian H is proposed, and accepted as a whole with
  min(1, exp(-d(E - H) / T)), the second stage of J. Christen and C. Fox, J. Comput. Graph. Stat. 14, 795 (2005). Flips
  at random sites are reversible, so this obeys detailed balance for exp(-E / T). It costs one evaluation a sweep, and
  accepts nearly all where E is near H.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from spinlib.compilation import njit
from spinlib.models import Ising, LongRangeIsing
from spinlib.models.hamiltonian import require_own_hamiltonian
from spinlib.samplers.chains import batch
from spinlib.samplers.chains.pace import Pace
from spinlib.samplers.random import advance, choose, load, next_float, next_uint64, store, to_float

Energy = Callable[[np.ndarray], Any]

MOST_TABLE_SITES = 20


def sweep(
    energy: Energy, spins: np.ndarray, energies: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int
) -> None:
    """`n` sweeps of N single-spin proposals at random sites, in place.

    energy: of int8 (chain, *shape), total, (chain,). spins: int8 (chain, *shape), C-contiguous. energies: float64
    (chain,), what the function says of the spins; kept up to date. temperatures, rng: as for every sampler, float64
    (chain,) and uint64 (chain, 4). Raises ValueError for arrays that do not belong together, and where the function's
    answer is not one finite number per chain.
    """
    rows = _checked(spins, energies, temperatures, rng, n)
    proposed = np.empty_like(spins)
    for _ in range(n * rows.shape[1]):
        proposed[:] = spins
        _flip_one(proposed.reshape(rows.shape), rng)
        answers = _asked(energy, proposed)
        _accept(rows, proposed.reshape(rows.shape), energies, answers, np.zeros(len(rows)), temperatures, rng)


def corrected_sweep(
    energy: Energy,
    model: Ising | LongRangeIsing,
    spins: np.ndarray,
    energies: np.ndarray,
    temperatures: np.ndarray,
    rng: np.ndarray,
    n: int,
) -> np.ndarray:
    """`n` sweeps proposed by `model` and corrected by `energy`, in place; the share accepted (chain,).

    model: Ising or LongRangeIsing, whose own energy H is near `energy`. The others as for `sweep`; raises where it
    does, and TypeError for a model of another kind.
    """
    neighbors, couplings, field = _interactions(model)
    rows = _checked(spins, energies, temperatures, rng, n)
    accepted = np.zeros(len(spins))
    for _ in range(n):
        proposed = spins.copy()
        flat = proposed.reshape(rows.shape)
        _random_flips(flat, neighbors, couplings, field, temperatures, rng)
        shift = model.energy(proposed) - model.energy(spins)
        accepted += _accept(rows, flat, energies, _asked(energy, proposed), shift, temperatures, rng)
    return accepted / max(n, 1)


def table_of(energy: Energy, shape: tuple[int, ...], *, block: int = 2**14) -> np.ndarray:
    """`energy` of all 2^N states, float64; bit i of a state's number is the site i in C order, 1 for +1.

    Raises ValueError for more than 20 sites, and where the function's answer is not one finite number per state.
    """
    n_sites = int(np.prod(shape))
    if n_sites > MOST_TABLE_SITES:
        raise ValueError(f"shape {shape} has {n_sites} sites: at most {MOST_TABLE_SITES} fit a table")
    numbers = np.arange(2**n_sites)
    parts = np.split(numbers, range(block, len(numbers), block))
    return np.concatenate([_asked(energy, states_of(part, shape)) for part in parts])


def states_of(numbers: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The states with these numbers, see `table_of`: int8 (*numbers.shape, *shape) of -1 and +1."""
    bits = np.asarray(numbers)[..., None] >> np.arange(int(np.prod(shape))) & 1
    return (2 * bits - 1).astype(np.int8).reshape(*np.shape(numbers), *shape)


def sweep_table(table: np.ndarray, states: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> None:
    """`sweep` for the energies in `table`, as `table_of` makes it.

    table: float64 (2^N,). states: int64 (chain,), numbers of the present states, changed in place. temperatures, rng:
    as for `sweep`. Raises ValueError for a table of another length and for states that it does not have.
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


def _interactions(model: Any) -> tuple[np.ndarray, np.ndarray, float]:
    """Neighbours and couplings, both (N, z), and the field, as `_random_flips` takes them."""
    require_own_hamiltonian(model)
    if isinstance(model, Ising):
        return model.lattice.neighbors[0].view(np.uint32), model.neighbor_couplings, model.field
    if not isinstance(model, LongRangeIsing):
        raise TypeError(f"model {model!r}: proposals come from Ising and LongRangeIsing models")
    sites = np.arange(model.n_sites)
    others = (sites[:, None] + sites[1:]) % model.n_sites  # every other site is a neighbour
    return others.astype(np.uint32), -np.take_along_axis(model.coupling_matrix, others, axis=1), 0.0


def _checked(spins: np.ndarray, energies: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> np.ndarray:
    """The spins as rows."""
    if energies.shape != (len(spins),) or energies.dtype != np.float64:
        raise ValueError(f"energies {energies.dtype} of shape {energies.shape}: float64 ({len(spins)},) is needed")
    return batch.rows(Ising(spins.shape[1:]), spins, temperatures, rng, n)


def _asked(energy: Energy, spins: np.ndarray) -> np.ndarray:
    answer = np.asarray(energy(spins), dtype=np.float64)
    if answer.shape != (len(spins),) or not np.all(np.isfinite(answer)):
        raise ValueError(f"energies of shape {answer.shape}: the function has to give {len(spins)} finite numbers")
    return answer


@njit(cache=True, nogil=True, error_model="numpy")
def _flip_one(rows, rng):
    for c in range(rows.shape[0]):
        site, _ = choose(next_uint64(rng[c]), rows.shape[1])
        rows[c, site] = -rows[c, site]


@njit(cache=True, nogil=True, error_model="numpy")
def _accept(rows, proposed, energies, answers, shift, temperatures, rng):
    """Take the proposed rows with probability min(1, exp(-(dE - shift) / T)); which were taken."""
    accepted = np.zeros(rows.shape[0], np.bool_)
    for c in range(rows.shape[0]):
        exponent = -(answers[c] - energies[c] - shift[c]) / temperatures[c]
        u = next_float(rng[c])
        if exponent >= 0.0 or u < np.exp(exponent):
            rows[c] = proposed[c]
            energies[c] = answers[c]
            accepted[c] = True
    return accepted


@njit(cache=True, nogil=True, error_model="numpy")
def _random_flips(rows, neighbors, couplings, field, temperatures, rng):
    """N Metropolis flips at random sites of every chain."""
    n_sites, z = neighbors.shape
    for c in range(rows.shape[0]):
        state = load(rng[c])
        row = rows[c]
        for _ in range(n_sites):
            bits, state = advance(state)
            x, _ = choose(bits, n_sites)
            total = field
            for j in range(z):
                total += couplings[x, j] * row[neighbors[x, j]]
            exponent = -2.0 * row[x] * total / temperatures[c]
            bits, state = advance(state)
            if exponent >= 0.0 or to_float(bits) < np.exp(exponent):
                row[x] = -row[x]
        store(rng[c], state)


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
