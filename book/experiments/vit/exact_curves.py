"""Exact ln Z, energy and specific heat of the lattices of paper vit against temperature, by boundary.

Kaufman's solution for periodic and antiperiodic boundaries, that of free fermions between fixed rows for the skewed
one. Between the temperatures of the record curves are interpolated: a cubic with the exact slopes, since de/dT = c and
d ln Z / dT = N e / T^2. `errors` says how far that is off, halfway between some of the temperatures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicHermiteSpline, PchipInterpolator

from spinlib.exact import kaufman, plus_minus

if TYPE_CHECKING:
    from spinbook import Run

# Ends and numbers of the temperatures: more near the critical one.
GRID = ((0.1, 0.5, 4), (0.5, 2.0, 30), (2.0, 2.6, 30), (2.6, 4.0, 14))
SETTINGS: dict[str, dict[str, Any]] = {"smoke": {"side": 16}, "paper": {"side": 100}}
COMPARE: dict[Any, Any] = {("T", "*_log_z", "*_energy", "*_heat"): "exact", "*_errors": "magnitude"}
KINDS = ("periodic", "antiperiodic", "skewed")
CHECKED = (0.75, 1.525, 2.01, 2.21, 2.27, 2.33, 2.55, 3.25)


def exact(kind: str, T: Any, side: int) -> tuple[Any, Any, Any]:
    """ln Z of the lattice, energy and specific heat per site, for one boundary of KINDS."""
    of: Any = plus_minus if kind == "skewed" else kaufman
    more = () if kind == "skewed" else (kind,)
    return tuple(f(T, (side, side), *more) for f in (of.log_partition, of.energy, of.specific_heat))


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """T (temperature,); curves "<kind>_log_z", "_energy", "_heat"; "_errors": the largest of interpolation.

    Of ln Z, and of the energy in standard deviations of the lattice's energy.
    """
    T = np.append(np.concatenate([np.linspace(*part, endpoint=False) for part in GRID]), GRID[-1][1])
    found: dict[str, Any] = {"T": T}
    for kind in run.progress(KINDS):
        log_z, energy, heat = run.part(kind, exact, kind, T, settings["side"])
        found |= {f"{kind}_log_z": log_z, f"{kind}_energy": energy, f"{kind}_heat": heat}
        there = run.part(f"{kind}, between", exact, kind, np.array(CHECKED), settings["side"])
        N = settings["side"] ** 2
        sigma = np.array(CHECKED) * np.sqrt(N * there[2])
        off_log_z = np.abs(_log_z(T, log_z, energy, N)(CHECKED) - there[0]).max()
        off_energy = (np.abs(CubicHermiteSpline(T, energy, heat)(CHECKED) - there[1]) * N / sigma).max()
        found[f"{kind}_errors"] = np.array([off_log_z, off_energy])
    return found


def _log_z(T: Any, log_z: Any, energy: Any, n_sites: int) -> CubicHermiteSpline:
    return CubicHermiteSpline(T, log_z, n_sites * energy / T**2)


def kind_of(system: str) -> str:
    """The boundary of KINDS; on an even torus the antiferromagnet has the ferromagnet's energies."""
    return system if system in KINDS else "periodic"


def energy_and_deviation(curves: Any, system: str, T: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    """Exact mean and standard deviation of the total energy at some temperatures, from this record."""
    kind, at = kind_of(system), np.asarray(T)
    N = curves.settings["side"] ** 2
    energy = CubicHermiteSpline(curves["T"], curves[f"{kind}_energy"], curves[f"{kind}_heat"])(at)
    # Monotone between the temperatures, so that it stays positive.
    heat = PchipInterpolator(curves["T"], curves[f"{kind}_heat"])(at)
    return N * energy, at * np.sqrt(N * heat)


def log_partition(curves: Any, system: str, T: ArrayLike) -> NDArray[Any]:
    """Exact ln Z at some temperatures, from this record."""
    kind = kind_of(system)
    at_nodes = curves["T"], curves[f"{kind}_log_z"], curves[f"{kind}_energy"]
    return _log_z(*at_nodes, curves.settings["side"] ** 2)(np.asarray(T))


def out_of_equilibrium(energies: ArrayLike, curves: Any, system: str, T: ArrayLike) -> NDArray[np.bool_]:
    """Whether total energies lie above equilibrium: by more than 5 standard deviations and 16 J.

    At low temperature a single flipped spin, 8 J, is many standard deviations, so two are allowed.
    """
    mean, deviation = energy_and_deviation(curves, system, T)
    return np.asarray(energies) > mean + 5.0 * deviation + 16.0
