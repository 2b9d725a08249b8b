"""All states of a small model: exact thermodynamics, and exact probabilities to test samplers with.

At most 2^20 states are enumerated: 20 Ising spins, or 12 Potts spins with q = 3.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp

from spinlib.exact.temperature import Numbers, like_input, positive
from spinlib.models import CellularPotts, Ising, LongRangeIsing, Potts

__all__ = [
    "Thermodynamics",
    "boltzmann",
    "energies",
    "energy_magnetization_distribution",
    "log_partition",
    "n_states",
    "states",
    "thermodynamics",
]

Array = NDArray[np.float64]
Magnetic = Ising | LongRangeIsing | Potts
Model = Magnetic | CellularPotts

MAXIMUM_STATES = 2**20
# With random couplings, energies that differ only by rounding belong to one cell.
ENERGY_DECIMALS = 9


class Thermodynamics(NamedTuple):
    """Averages per site, floats or arrays of the temperatures' shape.

    m is `spinlib.observables.magnetization`: for Potts (q x - 1) / (q - 1) with x the share of the most frequent state,
    else the mean spin.

    Attributes
    ----------
    free_energy, energy : float or ndarray
        In J per site.
    specific_heat, entropy : float or ndarray
        In k_B per site.
    magnetization, abs_magnetization, squared_magnetization, fourth_magnetization : float or ndarray
        <m>, <|m|>, <m^2>, <m^4>.

    Examples
    --------
    >>> from spinlib.exact import enumeration
    >>> from spinlib.models import Ising
    >>> averages = enumeration.thermodynamics(Ising((3, 3)), 2.0)
    >>> round(averages.energy, 6), round(averages.abs_magnetization, 6)
    (-1.767678, 0.925985)
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
    """Number of states of a model.

    Parameters
    ----------
    model : Ising, LongRangeIsing, Potts or CellularPotts
        A model of at most 2^20 states.

    Returns
    -------
    int
        Values per site to the power of the number of sites whose spin is not fixed.

    Raises
    ------
    TypeError
        Another model.
    ValueError
        More than 2^20 states.

    Examples
    --------
    >>> from spinlib.exact import enumeration
    >>> from spinlib.models import Potts
    >>> enumeration.n_states(Potts((2, 3), q=3))
    729
    """
    n_values, n_free = len(_values(model)), len(_free_sites(model))
    number = n_values**n_free
    if number > MAXIMUM_STATES:
        raise ValueError(f"{model!r} has {n_values}^{n_free} states: at most 2^20 can be enumerated")
    return number


def states(model: Model) -> NDArray[Any]:
    """All states, in the model's values.

    State number n has at flat site x the digit (n // b^x) mod b, where b is the number of values per site. For Ising
    the digit 0 is -1 and 1 is +1. Where a boundary fixes spins, x numbers the others.

    Parameters
    ----------
    model : Ising, LongRangeIsing, Potts or CellularPotts
        A model of at most 2^20 states.

    Returns
    -------
    ndarray, int8 (n_states, *shape)
        int16 for more than 127 cells.

    Raises
    ------
    TypeError, ValueError
        As `n_states`.

    Examples
    --------
    >>> from spinlib.exact import enumeration
    >>> from spinlib.models import Ising
    >>> enumeration.states(Ising((2,))).tolist()
    [[-1, -1], [1, -1], [-1, 1], [1, 1]]
    """
    numbers = np.arange(n_states(model))
    values = _values(model)
    result = np.empty((len(numbers), model.n_sites), dtype=values.dtype)
    if model.fixed is not None:
        result[:] = model.fixed.ravel()
    for site in _free_sites(model):
        numbers, digits = np.divmod(numbers, len(values))
        result[:, site] = values[digits]
    return result.reshape(-1, *model.shape)


def energies(model: Model) -> Array:
    """Total energy of every state, in the order of `states`.

    Parameters
    ----------
    model : Ising, LongRangeIsing, Potts or CellularPotts
        A model of at most 2^20 states.

    Returns
    -------
    ndarray, float64 (n_states,)
        Total energies in J.

    Raises
    ------
    TypeError, ValueError
        As `n_states`.

    Examples
    --------
    >>> from spinlib.exact import enumeration
    >>> from spinlib.models import Ising
    >>> enumeration.energies(Ising((3,))).tolist()
    [-3.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, -3.0]
    """
    return model.energy(states(model))


def log_partition(model: Model, T: ArrayLike) -> Numbers:
    """ln Z of the whole lattice, Z = sum over states of exp(-H / T).

    Parameters
    ----------
    model : Ising, LongRangeIsing, Potts or CellularPotts
        A model of at most 2^20 states.
    T : float or array_like
        Temperature in J / k_B, positive.

    Returns
    -------
    float or ndarray, shape of T
        ln Z.

    Raises
    ------
    TypeError, ValueError
        As `n_states`, or T that is not positive and finite.

    Examples
    --------
    >>> from spinlib.exact import enumeration
    >>> from spinlib.models import Ising
    >>> round(enumeration.log_partition(Ising((3, 3)), 2.0), 6)
    9.92515
    """
    temperatures = positive(T)
    levels, counts = np.unique(energies(model), return_counts=True)
    result = [logsumexp(-levels / t, b=counts) for t in temperatures.ravel()]
    return like_input(np.reshape(result, temperatures.shape))


def boltzmann(model: Model, T: ArrayLike) -> Array:
    """Probability exp(-H / T) / Z of every state, in the order of `states`.

    Parameters
    ----------
    model, T
        As in `log_partition`.

    Returns
    -------
    ndarray, float64 (*T.shape, n_states)
        Probabilities that add up to 1.

    Raises
    ------
    TypeError, ValueError
        As `log_partition`.

    Examples
    --------
    >>> from spinlib.exact import enumeration
    >>> from spinlib.models import Ising
    >>> enumeration.boltzmann(Ising((2,), boundary="free"), 2.0).round(4).tolist()
    [0.3655, 0.1345, 0.1345, 0.3655]
    """
    return _probabilities(energies(model), np.ones(()), positive(T))


def energy_magnetization_distribution(model: Magnetic, T: ArrayLike) -> tuple[Array, NDArray[np.int64], Array]:
    """Exact probabilities of total energy E and total magnetisation M: the (E, M) cells of a sampler's chi-square.

    M is for Potts the number of sites in the most frequent state, else the sum of the spins. Energies equal to 9
    decimals are one.

    Parameters
    ----------
    model : Ising, LongRangeIsing or Potts
        A model of at most 2^20 states.
    T : float or array_like
        Temperature in J / k_B, positive.

    Returns
    -------
    energies : ndarray, float64 (cell,)
        E in J, rising.
    magnetizations : ndarray, int64 (cell,)
        M, rising among cells of one energy.
    probabilities : ndarray, float64 (*T.shape, cell)
        Probabilities of the cells.

    Raises
    ------
    TypeError, ValueError
        As `log_partition`, or a model without a magnetisation.

    Examples
    --------
    >>> from spinlib.exact import enumeration
    >>> from spinlib.models import Ising
    >>> energies, totals, p = enumeration.energy_magnetization_distribution(Ising((2,), boundary="free"), 2.0)
    >>> energies.tolist(), totals.tolist(), p.round(4).tolist()
    ([-1.0, -1.0, 1.0], [-2, 2, 0], [0.3655, 0.3655, 0.2689])
    """
    levels, magnetizations, counts = _cells(model)
    return levels, magnetizations, _probabilities(levels, counts, positive(T))


def thermodynamics(model: Magnetic, T: ArrayLike) -> Thermodynamics:
    """Exact averages per site at one temperature or an array of them.

    Parameters
    ----------
    model : Ising, LongRangeIsing or Potts
        A model of at most 2^20 states.
    T : float or array_like
        Temperature in J / k_B, positive.

    Returns
    -------
    Thermodynamics
        Floats, or arrays of the shape of T.

    Raises
    ------
    TypeError, ValueError
        As `energy_magnetization_distribution`.

    Examples
    --------
    >>> from spinlib.exact import enumeration
    >>> from spinlib.models import Ising
    >>> enumeration.thermodynamics(Ising((3, 3)), [2.0, 3.0]).energy.round(6).tolist()
    [-1.767678, -1.154886]
    """
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
    """The values of one site; cell numbers are stored in one byte each where they fit."""
    if not isinstance(model, Model):
        raise TypeError(f"{model!r}: has to be an Ising, LongRangeIsing, Potts or CellularPotts model")
    return model.values.astype(np.int8) if len(model.values) <= 128 else model.values


def _free_sites(model: Model) -> NDArray[np.intp]:
    """The flat indices of the sites whose spin is not fixed."""
    return np.arange(model.n_sites) if model.fixed is None else np.flatnonzero(model.fixed == 0)


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
