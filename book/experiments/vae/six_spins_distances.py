"""How far networks of the six-spin chain are from the exact law in energy, correlations, heat capacity and states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from experiments.vae import pearson as pearson_test
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


class Distances(NamedTuple):
    """Of one kind of network: `energy`, `correlation` (averaged over distances) and `heat` less the exact values, each
    (temperature, seed); and their sizes for every seed, (seed,), averaged over temperatures, and for correlations over
    distances: `energy_size`, `correlation_size`, `heat_size` (relative), and the divergence `kl`."""

    energy: np.ndarray
    correlation: np.ndarray
    heat: np.ndarray
    energy_size: np.ndarray
    correlation_size: np.ndarray
    heat_size: np.ndarray
    kl: np.ndarray


def distances(record: Mapping[str, Any], T: Any, output: str = "sign") -> Distances:
    """Of a record of `six_spins.models`, with outputs discretised by "sign" or "drawn"."""
    energy = record[f"{output}_energy"] - exact_energy(T)[:, None]
    each = record[f"{output}_correlation"] - exact_correlation(T)[:, None]
    heat = record[f"{output}_heat"] - exact_heat(T)[:, None]
    return Distances(
        energy,
        each.mean(axis=2),
        heat,
        np.abs(energy).mean(axis=0),
        np.abs(each).mean(axis=(0, 2)),
        np.abs(heat / exact_heat(T)[:, None]).mean(axis=0),
        record[f"{output}_kl"].mean(axis=0),
    )


def pearson(counts: np.ndarray, T: Any) -> tuple[float, int]:
    """Chi-square and degrees of freedom of counts of states (temperature, seed, state) against the exact law."""
    return pearson_test.summed(counts, [enumeration.boltzmann(MODEL, temperature) for temperature in T])


def by_energy(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The energies, and what share (..., level) of the configurations has them, from counts of states (..., state)."""
    levels, places = np.unique(enumeration.energies(MODEL), return_inverse=True)
    shares = counts @ np.equal.outer(places, np.arange(len(levels))).astype(float)
    return levels, shares / shares.sum(axis=-1, keepdims=True)
