"""Exact answers for reports beyond enumeration: Kaufman's solution, densities of states, and symmetry."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spinlib.exact import density_of_states, kaufman
from spinlib.models import Ising

__all__ = ["Law", "energies", "law_of", "magnetizations", "torus", "values"]

Array = NDArray[np.float64]

MOST_JOINT = 36  # sites whose (E, M) cells are counted
MOST_COUNTED = 1024  # sites whose energies are counted


class Law(NamedTuple):
    """A distribution over rising levels; n: 0 if it is exact, else the number of independent draws behind it."""

    levels: Array
    probabilities: Array
    n: int
    source: str


def torus(model: Ising) -> bool:
    """Whether it is a two-dimensional torus with one coupling J > 0, nearest neighbours and no field."""
    uniform = isinstance(model.coupling, float) and model.coupling > 0 and not model.field
    flat = len(model.shape) == 2 and "free" not in model.lattice.boundary
    return uniform and flat and model.lattice.neighborhood == "nearest"


def values(model: Ising, T: float) -> dict[str, tuple[float, float, str]]:
    """Exact values beyond enumeration: (value, 0, source)."""
    known = {} if model.field else {"magnetization": (0.0, 0.0, "symmetry")}
    if not torus(model):
        return known
    J, boundary = float(model.coupling), model.lattice.boundary
    if T / J >= kaufman.LOWEST_TEMPERATURE:
        known["energy"] = (J * float(kaufman.energy(T / J, model.shape, boundary)), 0.0, "Kaufman")
        known["heat_capacity"] = (float(kaufman.specific_heat(T / J, model.shape, boundary)), 0.0, "Kaufman")
    if model.n_sites <= MOST_JOINT:
        m, p = _joint(model, T)
        n = model.n_sites
        first, second, fourth = (float(p @ np.abs(m) ** power) for power in (1, 2, 4))
        known["abs_magnetization"] = (first, 0.0, "density of states")
        known["susceptibility"] = (n * (second - first**2) / T, 0.0, "density of states")
        known["binder_cumulant"] = (1 - fourth / (3 * second**2), 0.0, "density of states")
    return known


def _joint(model: Ising, T: float) -> tuple[Array, Array]:
    """Magnetisations per site and probabilities of all (E, M) cells."""
    levels, totals, counts = density_of_states.ising_torus_joint(model.shape, model.lattice.boundary)
    exponents = np.log(np.array(counts, np.float64)) - np.array(levels) * (float(model.coupling) / T)
    weights = np.exp(exponents - exponents.max())
    return np.array(totals) / model.n_sites, weights / weights.sum()


def energies(model: Ising, T: float) -> Law | None:
    """The distribution of the total energy, where it is counted."""
    if not torus(model) or model.n_sites > MOST_COUNTED:
        return None
    J = float(model.coupling)
    levels, p = density_of_states.energy_distribution(T / J, model.shape, model.lattice.boundary)
    return Law(np.asarray(J * levels, np.float64), p, 0, "density of states")


def magnetizations(model: Ising, T: float) -> Law | None:
    """The distribution of the magnetisation per site, where it is counted."""
    if not torus(model) or model.n_sites > MOST_JOINT:
        return None
    return law_of(*_joint(model, T), 0, "density of states")


def law_of(values: Any, weights: Any, n: int, source: str) -> Law:
    """Levels that differ by more than rounding, with their weights."""
    levels, inverse = np.unique(np.round(np.ravel(values), 9), return_inverse=True)
    p = np.bincount(inverse.ravel(), weights)
    return Law(np.asarray(levels, np.float64), p / p.sum(), n, source)
