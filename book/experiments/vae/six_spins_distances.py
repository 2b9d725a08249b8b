"""How far networks of the six-spin chain are from the exact law in energy, correlations, heat capacity and states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.vae import pearson as pearson_test
from experiments.vae.distances import Distances as BaseDistances
from experiments.vae.distances import from_exact
from experiments.vae.six_spins import MODEL
from spinlib.exact import enumeration, one_dimensional

DISTANCES = np.arange(1, MODEL.n_sites)


def exact_energy(T: Any) -> np.ndarray:
    """Per site, in J."""
    return np.asarray(one_dimensional.ising_energy(T, MODEL.n_sites))


def exact_heat(T: Any) -> np.ndarray:
    """Heat capacity per site, in k_B."""
    return np.asarray(one_dimensional.ising_specific_heat(T, MODEL.n_sites))


def exact_correlation(T: Any) -> np.ndarray:
    """(temperature, distance) for distances 1 to 5."""
    return np.asarray(one_dimensional.ising_correlation(np.asarray(T)[:, None], DISTANCES))


@dataclass(frozen=True)
class Distances(BaseDistances):
    """And the divergence `kl`, averaged over temperatures, (seed,)."""

    kl: np.ndarray


def distances(record: Mapping[str, Any], T: Any, output: str = "sign") -> Distances:
    """Of a record of `six_spins.models`, with outputs discretised by "sign" or "drawn"."""
    found = from_exact(record, output, exact_energy(T), exact_correlation(T), exact_heat(T))
    return Distances(**vars(found), kl=record[f"{output}_kl"].mean(axis=0))


def pearson(counts: np.ndarray, T: Any) -> tuple[float, int]:
    """Chi-square and degrees of freedom of counts of states (temperature, seed, state) against the exact law."""
    return pearson_test.summed(counts, [enumeration.boltzmann(MODEL, temperature) for temperature in T])


def by_energy(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The energies, and what share (..., level) of the configurations has them, from counts of states (..., state)."""
    levels, places = np.unique(enumeration.energies(MODEL), return_inverse=True)
    shares = counts @ np.equal.outer(places, np.arange(len(levels))).astype(float)
    return levels, shares / shares.sum(axis=-1, keepdims=True)
