"""Sweeps of chains with an energy given by a function, such as a trained network (paper dnn, Sec. IV 3).

Two methods with the stationary distribution exp(-E(s) / T), E being the function; `table` has a third:

- `sweep`: one random spin of every chain is proposed, the function gives the new energies, and the flips are accepted
  with min(1, exp(-dE / T)), as in the paper. A sweep costs as many evaluations as there are sites.
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
from spinlib.samplers.random import advance, choose, load, next_float, next_uint64, store, to_float

__all__ = ["corrected_sweep", "sweep"]

Energy = Callable[[np.ndarray], Any]


def sweep(
    energy: Energy, spins: np.ndarray, energies: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int
) -> None:
    """Sweeps of single-spin proposals at random sites, in place.

    Parameters
    ----------
    energy : callable
        Of int8 spins (chain, *shape): the total energy of each, (chain,).
    spins : numpy.ndarray
        int8 (chain, *shape) of -1 and +1, C-contiguous.
    energies : numpy.ndarray
        float64 (chain,), the function's values for the spins; kept up to date.
    temperatures : numpy.ndarray
        float64 (chain,), in the units of the energy.
    rng : numpy.ndarray
        uint64 (chain, 4), as `spinlib.samplers.random.streams` makes it.
    n : int
        Sweeps: of N proposals each.

    Raises
    ------
    ValueError
        For arrays that do not belong together, and where the function's answer is not one finite number per chain.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import learned_energy
    >>> from spinlib.samplers.random import streams
    >>> model, spins = Ising((3, 3)), np.ones((4, 3, 3), np.int8)
    >>> energies = model.energy(spins)
    >>> learned_energy.sweep(model.energy, spins, energies, np.full(4, 3.0), streams(1, "example", 0, 4), 5)
    >>> bool(np.all(energies == model.energy(spins)))
    True
    """
    rows = _checked(spins, energies, temperatures, rng, n)
    proposed = np.empty_like(spins)
    for _ in range(n * rows.shape[1]):
        proposed[:] = spins
        _flip_one(proposed.reshape(rows.shape), rng)
        answers = evaluated(energy, proposed)
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
    """Sweeps proposed by a model and corrected by the function, in place.

    Parameters
    ----------
    energy, spins, energies, temperatures, rng, n
        As for `sweep`.
    model : Ising or LongRangeIsing
        The model that proposes; its energy should be close to `energy`.

    Returns
    -------
    numpy.ndarray
        The share of the sweeps that was accepted, float64 (chain,).

    Raises
    ------
    ValueError
        Where `sweep` does.
    TypeError
        For a model of another kind.

    References
    ----------
    J. Christen and C. Fox, J. Comput. Graph. Stat. 14, 795 (2005).

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import learned_energy
    >>> from spinlib.samplers.random import streams
    >>> model, spins = Ising((3, 3)), np.ones((4, 3, 3), np.int8)
    >>> rng, temperatures = streams(1, "example", 0, 4), np.full(4, 3.0)
    >>> learned_energy.corrected_sweep(model.energy, model, spins, model.energy(spins), temperatures, rng, 5).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    neighbors, couplings, field = _interactions(model)
    rows = _checked(spins, energies, temperatures, rng, n)
    accepted = np.zeros(len(spins))
    for _ in range(n):
        proposed = spins.copy()
        flat = proposed.reshape(rows.shape)
        _random_flips(flat, neighbors, couplings, field, temperatures, rng)
        shift = model.energy(proposed) - model.energy(spins)
        accepted += _accept(rows, flat, energies, evaluated(energy, proposed), shift, temperatures, rng)
    return accepted / max(n, 1)


def _interactions(model: Any) -> tuple[np.ndarray, np.ndarray, float]:
    """Neighbours and couplings, both (N, z), and the field, as `_random_flips` takes them."""
    require_own_hamiltonian(model)
    if isinstance(model, Ising):
        batch.require_free_spins(model, "the correction")
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


def evaluated(energy: Energy, spins: np.ndarray) -> np.ndarray:
    """The function's energies of spins, float64 (chain,); ValueError where they are not one finite number per chain."""
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
    """Accept proposed rows with probability min(1, exp(-(dE - shift) / T)); returns which were accepted."""
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
