"""All states of a small model: exact thermodynamics and exact probabilities to test samplers with.

Up to 2^20 states: 20 Ising spins, 12 Potts spins with q = 3.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp

from spinlib.exact.temperature import Numbers, like_input, positive
from spinlib.models import CellularPotts, Ising, LongRangeIsing, Potts

Array = NDArray[np.float64]
Magnetic = Ising | LongRangeIsing | Potts
Model = Magnetic | CellularPotts

MAXIMUM_STATES = 2**20
# Energies of random couplings that differ by rounding only belong to one cell.
ENERGY_DECIMALS = 9


class Thermodynamics(NamedTuple):
    """Averages per site, floats or arrays of the temperatures' shape.

    m is `spinlib.observables.magnetization`: Potts, (q x - 1) / (q - 1) with x the share of the most frequent state;
    the others, the mean spin. Moments are those of m itself, <|m|>, <m^2>, <m^4>.
    """

    free_energy: Any
    energy: Any
    specific_heat: Any
    entropy: Any
    magnetization: Any
    abs_magnetization: Any
    squared_magnetization: Any
    fourth_magnetization: Any


def n_states(model: Model) -> int:
    """Number of states. Raises ValueError above 2^20, TypeError for what is none of the models."""
    number = len(_values(model)) ** model.n_sites
    if number > MAXIMUM_STATES:
        raise ValueError(f"{model!r} has {len(_values(model))}^{model.n_sites} states: at most 2^20 can be enumerated")
    return number


def states(model: Model) -> NDArray[Any]:
    """All states in the model's values, int8 (n_states, *shape); int16 for more than 127 cells.

    State number n has at flat site x the digit (n // b^x) mod b, b values per site; Ising: digit 0 is -1, 1 is +1.
    """
    numbers = np.arange(n_states(model))
    values = _values(model)
    result = np.empty((len(numbers), model.n_sites), dtype=values.dtype)
    for site in range(model.n_sites):
        numbers, digits = np.divmod(numbers, len(values))
        result[:, site] = values[digits]
    return result.reshape(-1, *model.shape)


def energies(model: Model) -> Array:
    """Total energy of every state, (n_states,) in the order of `states`."""
    return model.energy(states(model))


def log_partition(model: Model, T: ArrayLike) -> Numbers:
    """ln Z of the whole lattice, Z = sum over states of exp(-H / T). ValueError: T not positive."""
    temperatures = positive(T)
    levels, counts = np.unique(energies(model), return_counts=True)
    result = [logsumexp(-levels / t, b=counts) for t in temperatures.ravel()]
    return like_input(np.reshape(result, temperatures.shape))


def boltzmann(model: Model, T: ArrayLike) -> Array:
    """Probability exp(-H / T) / Z of every state, (*T.shape, n_states) in the order of `states`."""
    return _probabilities(energies(model), np.ones(()), positive(T))


def energy_magnetization_distribution(model: Magnetic, T: ArrayLike) -> tuple[Array, NDArray[np.int64], Array]:
    """Exact probabilities of total energy E and total magnetisation M: the (E, M) cells of a sampler's chi-square.

    M is for Potts the number of sites in the most frequent state, else the sum of the spins. Returns E (cell,),
    M (cell,) and the probabilities (*T.shape, cell), sorted by E, then M; energies equal to 9 decimals are one.
    ValueError: T not positive; TypeError: a model without a magnetisation.
    """
    levels, magnetizations, counts = _cells(model)
    return levels, magnetizations, _probabilities(levels, counts, positive(T))


def thermodynamics(model: Magnetic, T: ArrayLike) -> Thermodynamics:
    """Exact averages per site at one temperature or an array of them. Raises as the functions above."""
    temperatures = positive(T)
    levels, magnetizations, counts = _cells(model)
    m = magnetizations / model.n_sites
    if model.n_labels:
        m = (model.n_labels * m - 1) / (model.n_labels - 1)
    rows = []
    for t in temperatures.ravel():
        weights = _probabilities(levels, counts, np.asarray(t))
        energy = weights @ levels
        free_energy = -t * logsumexp(-levels / t, b=counts)
        specific_heat = weights @ (levels - energy) ** 2 / t**2
        extensive = np.array([free_energy, energy, specific_heat, (energy - free_energy) / t]) / model.n_sites
        rows.append([*extensive, *(weights @ power for power in (m, np.abs(m), m**2, m**4))])
    columns = np.reshape(rows, (*temperatures.shape, len(Thermodynamics._fields)))
    return Thermodynamics(*(like_input(columns[..., k]) for k in range(columns.shape[-1])))


def _values(model: Model) -> NDArray[Any]:
    """The values of one site; cells take one byte each where they fit."""
    if not isinstance(model, Model):
        raise TypeError(f"{model!r}: has to be an Ising, LongRangeIsing, Potts or CellularPotts model")
    return model.values.astype(np.int8) if len(model.values) <= 128 else model.values


def _cells(model: Magnetic) -> tuple[Array, NDArray[np.int64], NDArray[np.int64]]:
    """Energies, magnetisations and numbers of states of all (E, M) cells that have states."""
    if not isinstance(model, Magnetic):
        raise TypeError(f"{model!r}: has to be an Ising, LongRangeIsing or Potts model")
    rows = states(model).reshape(-1, model.n_sites)
    if model.n_labels:
        magnetizations = np.max([np.count_nonzero(rows == k, axis=1) for k in range(model.n_labels)], axis=0)
    else:
        magnetizations = rows.sum(axis=1, dtype=np.int64)
    levels = model.energy(rows.reshape(-1, *model.shape))
    keys = np.round(levels, ENERGY_DECIMALS)
    order = np.lexsort((magnetizations, keys))
    keys, levels, magnetizations = keys[order], levels[order], magnetizations[order]
    first = np.flatnonzero(np.append(True, (np.diff(keys) != 0) | (np.diff(magnetizations) != 0)))
    return levels[first], magnetizations[first], np.diff(first, append=len(levels))


def _probabilities(levels: Array, counts: NDArray[Any], temperatures: Array) -> Array:
    """counts exp(-levels / T), normalised, (*temperatures.shape, n)."""
    exponents = -(levels - levels.min()) / temperatures[..., None]
    weights = counts * np.exp(exponents)
    return weights / weights.sum(axis=-1, keepdims=True)
