"""How far generated sets are from exact answers, and from cluster samples where there are none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spinlib import sample
from spinlib.exact import kaufman
from spinlib.models import Ising
from spinlib.statistics import jackknife, mean_of_few

QUANTITIES = ("energy", "order", "heat", "chi")


def references(T: ArrayLike, size: int, monte_carlo: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Energy, <|m|>, heat capacity and susceptibility per site at temperatures T on a lattice of this size.

    monte_carlo: the record of that name, with cluster samples; those of its nearest size, in between linear in T.
    """
    at, near = np.asarray(T, np.float64), int(np.argmin(np.abs(monte_carlo["sizes"] - size)))
    return {
        "energy": np.asarray(kaufman.energy(at, (size, size))),
        "heat": np.asarray(kaufman.specific_heat(at, (size, size))),
        **{name: np.interp(at, monte_carlo["T"], monte_carlo[f"cluster_{name}"][near]) for name in ("order", "chi")},
    }


def binder(T: ArrayLike, size: int, *, draws: int = 500) -> tuple[np.ndarray, np.ndarray]:
    """Binder's cumulant of cluster samples of this lattice and its error, at rising temperatures (temperature,)."""
    found = sample(
        Ising((size, size)), np.asarray(T, np.float64), draws, method="swendsen_wang", sweeps_between=5, n_chains=8,
        observables=("magnetization",), keep_spins=False, seed=0, threads=1,
    ).magnetization.values  # fmt: skip
    estimates = [jackknife(lambda two, four: 1 - four / (3 * two**2), m**2, m**4) for m in found]
    return np.array([one.value for one in estimates]), np.array([one.error for one in estimates])


def curves(T: np.ndarray, size: int, monte_carlo: Mapping[str, Any]) -> dict[str, tuple[np.ndarray, np.ndarray, str]]:
    """The references of the four quantities as smooth lines (T, values, label)."""
    x = np.linspace(T[0], T[-1], 241)
    found = references(x, size, monte_carlo)
    return {name: (x, found[name], "exact" if name in ("energy", "heat") else "cluster sample") for name in QUANTITIES}


def of(record: Mapping[str, Any], name: str, quantity: str, T: Iterable[float] | None = None) -> np.ndarray:
    """A quantity (temperature, seed, ...) of one model in a record, at temperatures T or at all that it has."""
    found = np.moveaxis(np.asarray(record[quantity])[list(record["models"]).index(name)], 0, 1)
    return found if T is None else found[[int(np.argmin(np.abs(record["T"] - t))) for t in T]]


def between(T: ArrayLike, low: float, high: float) -> np.ndarray:
    """Which temperatures lie in [low, high]; ValueError where none does."""
    found = (np.asarray(T) >= low - 1e-6) & (np.asarray(T) <= high + 1e-6)
    if not found.any():
        raise ValueError(f"no temperature between {low:g} and {high:g}")
    return found


def largest(values: ArrayLike, exact: ArrayLike, *, relative: bool = False) -> tuple[float, float]:
    """The largest distance of means over seeds (temperature, seed) from exact values (temperature,), and its error."""
    off = np.asarray(values, np.float64) - np.asarray(exact, np.float64)[:, None]
    if relative:
        off = off / np.asarray(exact, np.float64)[:, None]
    found = [mean_of_few(row) for row in off]
    worst = max(found, key=lambda one: abs(one.value))
    return abs(worst.value), worst.error


def farthest(T: ArrayLike, values: ArrayLike, exact: ArrayLike, *, relative: bool = False) -> float:
    """The temperature of the largest distance, as of `largest`."""
    off = np.asarray(values, np.float64).mean(axis=1) - np.asarray(exact, np.float64)
    off = off / np.asarray(exact, np.float64) if relative else off
    return float(np.asarray(T)[np.argmax(np.abs(off))])


def one_sided(T: ArrayLike, values: ArrayLike, exact: ArrayLike) -> dict[str, list[float]]:
    """The temperatures at which every training (temperature, seed) lies "above" the exact value, and "below" it."""
    off = np.asarray(values, np.float64) - np.asarray(exact, np.float64)[:, None]
    sides = {"above": (off > 0).all(axis=1), "below": (off < 0).all(axis=1)}
    return {side: [float(t) for t in np.asarray(T)[where]] for side, where in sides.items()}


def spans(temperatures: Iterable[float], known: ArrayLike) -> str:
    """Temperatures as words, neighbours among the known ones as a range; "no temperature" where there is none."""
    grid = [float(t) for t in np.asarray(known)]
    runs: list[list[int]] = []
    for place in sorted(grid.index(t) for t in temperatures):
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    told = [f"{grid[one[0]]:g}" + (f" to {grid[one[-1]]:g}" if len(one) > 1 else "") for one in runs]
    return "T = " + ", ".join(told) if told else "no temperature"


def mean_distance(values: ArrayLike, exact: ArrayLike, *, relative: bool = False) -> np.ndarray:
    """The distance from exact values, mean over temperatures, of every seed (seed,)."""
    off = np.abs(np.asarray(values, np.float64) - np.asarray(exact, np.float64)[:, None])
    return (off / np.abs(np.asarray(exact, np.float64))[:, None] if relative else off).mean(axis=0)
