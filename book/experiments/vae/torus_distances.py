"""How far networks of the 10 x 10 Ising model are from exact values, and from Swendsen-Wang where there are none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from experiments.vae import pearson as pearson_test
from experiments.vae import torus
from experiments.vae.distances import Distances as BaseDistances
from experiments.vae.distances import from_exact
from spinlib.exact import kaufman
from spinlib.statistics import Estimate, mean_of_few


@dataclass(frozen=True)
class Distances(BaseDistances):
    """And `order` less the exact values, (temperature, seed), and its size, `order_size`, (seed,)."""

    order: np.ndarray
    order_size: np.ndarray


def distances(record: Mapping[str, Any], output: str = "sign") -> Distances:
    """Of the record `vae/ising_10x10`, with outputs discretised by "sign" or "drawn"."""
    exact = [record[f"exact_{name}"] for name in ("energy", "correlation", "heat")]
    order = record[f"{output}_order"] - record["exact_order"][:, None]
    return Distances(**vars(from_exact(record, output, *exact)), order=order, order_size=np.abs(order).mean(axis=0))


def energy_sizes(energies: ArrayLike, T: ArrayLike) -> np.ndarray:
    """Distance of energies per site (temperature, seed) from the exact ones, averaged over temperatures: (seed,)."""
    exact = np.asarray(kaufman.energy(T, torus.MODEL.shape))
    return np.abs(np.asarray(energies) - exact[:, None]).mean(axis=0)


def pearson(counts: np.ndarray, T: ArrayLike) -> tuple[float, int]:
    """Chi-square and degrees of freedom of counts of energies (temperature, seed, level) against the exact law."""
    return pearson_test.summed(counts, [torus.law_of_energies(float(temperature))[1] for temperature in np.asarray(T)])


def unlike(energy: ArrayLike) -> np.ndarray:
    """Share of the pairs of neighbours that are unlike, of energies per site: two pairs a site, each -1 or +1."""
    return (2.0 + np.asarray(energy)) / 4.0


def linear_number(spectrum: ArrayLike, weight: float = 1.0) -> np.ndarray:
    """How many latent variables a linear autoencoder keeps, for structure factors (..., 10, 10).

    These are the eigenvalues of the covariance of spins that no translation changes; `weight` is that of the divergence
    (see `spinlib.evaluation.latent_variables.linear_number`).
    """
    return (np.asarray(spectrum) > weight / 2).sum(axis=(-2, -1))


def shares_of_energies(record: Any, at: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Exact shares of the energies (level,) at one of the record's temperatures, and those counted, (seed, level).

    Of as many configurations as the paper generated, by both outputs, and of the training sets.
    """
    names = {"VAE, sign": "sign", "VAE, drawn": "drawn", "training sets": "set"}
    counts = {name: record[f"{key}_counts"][at] for name, key in names.items()}
    law = torus.law_of_energies(float(record.settings["T"][at]))[1]
    return law, {name: one / one.sum(axis=1, keepdims=True) for name, one in counts.items()}


def extreme(shares: np.ndarray, which: Callable[..., Any]) -> Estimate:
    """Mean and error over seeds of (temperature, seed) where the mean is smallest (np.argmin) or largest."""
    return mean_of_few(shares[which(shares.mean(axis=1))])
