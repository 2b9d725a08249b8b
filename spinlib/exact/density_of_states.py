"""Number of states of every energy of the Ising model on a torus, as exact integers.

H = -sum s_i s_j over nearest neighbours, J = k_B = 1, no field (P. Beale, Phys. Rev. Lett. 76, 78 (1996)). Each axis is
periodic or antiperiodic; an axis of length 2 has double bonds, as in `spinlib.exact.kaufman`. The counts come from
`spinlib.exact.torus_polynomial`, those of energy and magnetisation together from `spinlib.exact.torus_transfer_matrix`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import index
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp

from spinlib.exact import torus_polynomial, torus_transfer_matrix
from spinlib.exact.temperature import Numbers, like_input, one_temperature, positive
from spinlib.lattice import Lattice

__all__ = [
    "energy",
    "energy_distribution",
    "entropy",
    "ising_torus",
    "ising_torus_joint",
    "log_partition",
    "sample_energies",
    "specific_heat",
]

Array = NDArray[np.float64]
Boundary = str | Sequence[str]

MOST_SITES = 4096
MOST_JOINT_SITES = 64  # so that rows have at most 8 sites


def ising_torus(shape: Sequence[int], boundary: Boundary = ("periodic", "periodic")) -> tuple[list[int], list[int]]:
    """Total energies and how many of the 2^N states have each.

    Parameters
    ----------
    shape : (int, int)
        Rows and columns, each at least 2; at most 4096 sites.
    boundary : str or (str, str)
        "periodic" or "antiperiodic", one name or one per axis; boundary[i] is that of the bonds along axis i.

    Returns
    -------
    energies : list of int
        Total energies in J that occur, rising.
    counts : list of int
        Numbers of states, as exact Python integers.

    Raises
    ------
    TypeError
        A side that is no integer.
    ValueError
        Another shape or boundary, or more sites.

    References
    ----------
    P. Beale, Phys. Rev. Lett. 76, 78 (1996).

    Examples
    --------
    >>> from spinlib.exact import density_of_states
    >>> density_of_states.ising_torus((3, 3))
    ([-18, -10, -6, -2, 2, 6], [2, 18, 48, 198, 144, 102])
    """
    levels, counts = torus_polynomial.counts(_torus(shape, boundary, MOST_SITES))
    return list(levels), list(counts)


def ising_torus_joint(
    shape: Sequence[int], boundary: Boundary = ("periodic", "periodic")
) -> tuple[list[int], list[int], list[int]]:
    """Total energies, total magnetisations and numbers of states of all (E, M) cells that have states.

    A transfer matrix adds one site at a time.

    Parameters
    ----------
    shape : (int, int)
        Rows and columns, each at least 2; at most 64 sites.
    boundary : str or (str, str)
        As in `ising_torus`.

    Returns
    -------
    energies, magnetizations, counts : list of int
        One entry per cell, sorted by energy, then by magnetisation; exact Python integers.

    Raises
    ------
    TypeError, ValueError
        As `ising_torus`, with at most 64 sites.

    References
    ----------
    K. Binder, Physica 62, 508 (1972).

    Examples
    --------
    >>> from spinlib.exact import density_of_states
    >>> density_of_states.ising_torus_joint((2, 2))
    ([-8, -8, 0, 0, 0, 8], [-4, 4, -2, 0, 2, 0], [1, 1, 4, 4, 4, 2])
    """
    return torus_transfer_matrix.joint_counts(_torus(shape, boundary, MOST_JOINT_SITES))


def log_partition(T: ArrayLike, shape: Sequence[int], boundary: Boundary = ("periodic", "periodic")) -> Numbers:
    """ln Z of the whole torus, from the exact counts.

    Parameters
    ----------
    T : float or array_like
        Temperature in J / k_B, positive.
    shape, boundary
        As in `ising_torus`.

    Returns
    -------
    float or ndarray, shape of T
        ln Z.

    Raises
    ------
    TypeError, ValueError
        As `ising_torus`, or T that is not positive and finite.

    Examples
    --------
    >>> from spinlib.exact import density_of_states
    >>> round(density_of_states.log_partition(2.0, (8, 8)), 6)
    66.344582
    """
    canonical = _canonical(T, shape, boundary)
    return like_input(canonical.log_z - canonical.ground / canonical.temperatures)


def energy(T: ArrayLike, shape: Sequence[int], boundary: Boundary = ("periodic", "periodic")) -> Numbers:
    """Energy per site.

    Parameters
    ----------
    T, shape, boundary
        As in `log_partition`.

    Returns
    -------
    float or ndarray, shape of T
        u in J per site.

    Raises
    ------
    TypeError, ValueError
        As `log_partition`.

    Examples
    --------
    >>> from spinlib.exact import density_of_states
    >>> round(density_of_states.energy(2.0, (8, 8)), 6)
    -1.745683
    """
    canonical = _canonical(T, shape, boundary)
    return like_input((canonical.mean + canonical.ground) / math.prod(shape))


def specific_heat(T: ArrayLike, shape: Sequence[int], boundary: Boundary = ("periodic", "periodic")) -> Numbers:
    """Specific heat per site, the variance of the total energy over N T^2.

    Parameters
    ----------
    T, shape, boundary
        As in `log_partition`.

    Returns
    -------
    float or ndarray, shape of T
        c in k_B per site.

    Raises
    ------
    TypeError, ValueError
        As `log_partition`.

    Examples
    --------
    >>> from spinlib.exact import density_of_states
    >>> round(density_of_states.specific_heat(2.0, (8, 8)), 6)
    0.714123
    """
    canonical = _canonical(T, shape, boundary)
    variance = (canonical.probabilities * (canonical.excited - canonical.mean[..., None]) ** 2).sum(axis=-1)
    return like_input(variance / canonical.temperatures / canonical.temperatures / math.prod(shape))


def entropy(T: ArrayLike, shape: Sequence[int], boundary: Boundary = ("periodic", "periodic")) -> Numbers:
    """Entropy per site, (ln Z + U / T) / N: from ln(number of ground states) / N at T = 0 to ln 2.

    Parameters
    ----------
    T, shape, boundary
        As in `log_partition`.

    Returns
    -------
    float or ndarray, shape of T
        s in k_B per site.

    Raises
    ------
    TypeError, ValueError
        As `log_partition`.

    Examples
    --------
    >>> from spinlib.exact import density_of_states
    >>> round(density_of_states.entropy(2.0, (8, 8)), 6)
    0.163793
    """
    canonical = _canonical(T, shape, boundary)
    return like_input((canonical.log_z + canonical.mean / canonical.temperatures) / math.prod(shape))


def energy_distribution(
    T: ArrayLike, shape: Sequence[int], boundary: Boundary = ("periodic", "periodic")
) -> tuple[NDArray[np.int64], Array]:
    """P(E|T): total energies and their probabilities.

    Parameters
    ----------
    T, shape, boundary
        As in `log_partition`.

    Returns
    -------
    energies : ndarray, int64 (level,)
        Total energies in J, rising.
    probabilities : ndarray, float64 (*T.shape, level)
        Their probabilities, which add up to 1.

    Raises
    ------
    TypeError, ValueError
        As `log_partition`.

    Examples
    --------
    >>> from spinlib.exact import density_of_states
    >>> energies, p = density_of_states.energy_distribution(2.0, (2, 2))
    >>> energies.tolist(), p.round(4).tolist()
    ([-8, 0, 8], [0.9007, 0.099, 0.0003])
    """
    canonical = _canonical(T, shape, boundary)
    return canonical.excited + canonical.ground, canonical.probabilities


def sample_energies(
    T: float,
    shape: Sequence[int],
    n_samples: int,
    seed: int,
    boundary: Boundary = ("periodic", "periodic"),
) -> NDArray[np.int64]:
    """Independent total energies drawn from P(E|T) at one temperature.

    The same seed gives the same energies.

    Parameters
    ----------
    T : float
        Temperature in J / k_B, positive.
    shape, boundary
        As in `ising_torus`.
    n_samples : int
        Number of energies.
    seed : int
        Not negative.

    Returns
    -------
    ndarray, int64 (n_samples,)
        Total energies in J.

    Raises
    ------
    TypeError, ValueError
        As `log_partition`; an array T; n_samples or a seed that is no integer of at least 0.

    Examples
    --------
    >>> from spinlib.exact import density_of_states
    >>> density_of_states.sample_energies(2.0, (8, 8), n_samples=3, seed=1).tolist()
    [-112, -84, -128]
    """
    levels, probabilities = energy_distribution(one_temperature(T), shape, boundary)
    return np.random.default_rng(index(seed)).choice(levels, size=n_samples, p=probabilities)


class _Canonical(NamedTuple):
    """The distribution of the energy above the ground state at some temperatures.

    log_z: logarithm of the sum of exp(-excited / T).
    """

    temperatures: Array
    ground: int
    excited: NDArray[np.int64]
    probabilities: Array
    log_z: Array
    mean: Array


def _canonical(T: ArrayLike, shape: Sequence[int], boundary: Boundary) -> _Canonical:
    temperatures = positive(T)
    levels, counts = torus_polynomial.counts(_torus(shape, boundary, MOST_SITES))
    excited = np.array(levels) - levels[0]
    log_counts = np.array([math.log(count) for count in counts])
    with np.errstate(over="ignore"):  # excited / T may reach inf, whose weight is 0
        exponents = log_counts - excited / temperatures[..., None]
    log_z = np.asarray(logsumexp(exponents, axis=-1))
    probabilities = np.exp(exponents - log_z[..., None])
    probabilities /= probabilities.sum(axis=-1, keepdims=True)
    return _Canonical(temperatures, levels[0], excited, probabilities, log_z, np.asarray(probabilities @ excited))


def _torus(shape: Sequence[int], boundary: Boundary, most_sites: int) -> Lattice:
    sides = Lattice(shape).shape
    if len(sides) != 2:
        raise ValueError(f"shape {sides}: a torus has two sides")
    lattice = Lattice(sides, boundary)
    if "free" in lattice.boundary:
        raise ValueError(f'boundary {boundary!r}: allowed are "periodic" and "antiperiodic"')
    if lattice.n_sites > most_sites:
        raise ValueError(f"shape {lattice.shape}: at most {most_sites} sites are counted, not {lattice.n_sites}")
    return lattice
