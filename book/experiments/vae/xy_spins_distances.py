"""How far networks of six XY spins are from the exact law, and where the noise that their loss means would put them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import i0e, i1e

from experiments.vae import pearson as pearson_test
from experiments.vae import xy_energies
from experiments.vae.distances import Distances as BaseDistances
from experiments.vae.distances import from_exact
from experiments.vae.xy_spins import BONDS, EDGES, MODEL
from spinlib.exact import one_dimensional

DISTANCES = np.arange(1, MODEL.n_sites)
# Of the variants of `xy_chain_variants`, for legends; w is the weight of the divergence.
LABELS = {
    "independent": "AVB, independent set",
    "adversarial_tenth": "AVB, w = 0.1",
    "stabilised_tenth": "stabilised, w = 0.1",
    "vae": "VAE",
    "vae_quarter": "VAE, w = 0.25",
    "vae_tenth": "VAE, w = 0.1",
}


def exact_energy(T: Any) -> np.ndarray:
    """Per site, in J."""
    return np.asarray(one_dimensional.xy_energy(T, MODEL.n_sites))


def exact_heat(T: Any) -> np.ndarray:
    """Heat capacity per site, in k_B."""
    return np.asarray(one_dimensional.xy_specific_heat(T, MODEL.n_sites))


def exact_correlation(T: Any) -> np.ndarray:
    """(temperature, distance) for distances 1 to 5."""
    return np.asarray(one_dimensional.xy_correlation(np.asarray(T)[:, None], DISTANCES))


def highest_correlation(weight: float = 1.0) -> float:
    """Of two spins with the noise that the loss means: the mean cosine of that noise, squared."""
    return float((i1e(2.0 / weight) / i0e(2.0 / weight)) ** 2)


def allowed(T: Any, weight: float = 1.0) -> np.ndarray:
    """Whether any law of the outputs has the exact energy once they have the noise that the loss means."""
    return np.asarray(one_dimensional.xy_correlation(T, 1)) <= highest_correlation(weight)


def smooth_energy(T: Any, weight: float = 1.0) -> np.ndarray:
    """The energy per site of outputs that have the exact energy once noise is added; else that of parallel ones."""
    return np.maximum(exact_energy(T) / highest_correlation(weight), -BONDS / MODEL.n_sites)


@dataclass(frozen=True)
class Distances(BaseDistances):
    """And the `total_variation` over the bins of energies, averaged over temperatures, (seed,)."""

    total_variation: np.ndarray


def distances(record: Mapping[str, Any], T: Any, output: str = "bare", variant: str = "") -> Distances:
    """Of a record of `xy_spins.models`, with the outputs as they are ("bare") or "noisy"; or of one of its variants."""
    before = f"{variant}.{output}" if variant else output
    found = from_exact(record, before, exact_energy(T), exact_correlation(T), exact_heat(T))
    return Distances(**vars(found), total_variation=record[f"{before}_total_variation"].mean(axis=0))


def pearson(counts: np.ndarray, T: Any) -> tuple[float, int]:
    """Chi-square and degrees of freedom of counts of energies (temperature, seed, bin) against the exact law."""
    return pearson_test.summed(counts, [xy_energies.shares(temperature, BONDS, EDGES) for temperature in T])


def in_bins(shares: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Middles of n equal bins of energies, in J, and the shares (..., n) in them of shares or counts (..., bin)."""
    bins = len(EDGES) - 1
    if bins % n:
        raise ValueError(f"{n} bins: a divisor of {bins} is needed")
    joined = shares.reshape(*shares.shape[:-1], n, bins // n).sum(axis=-1)
    ends = EDGES[:: bins // n]
    return (ends[1:] + ends[:-1]) / 2, joined / joined.sum(axis=-1, keepdims=True)


def coarse_variation(counts: np.ndarray, T: Any, n: int = BONDS) -> np.ndarray:
    """Total variation over n bins of energies for every seed, averaged over temperatures; counts as in `pearson`."""
    exact = np.array([in_bins(xy_energies.shares(temperature, BONDS, EDGES), n)[1] for temperature in T])
    return np.abs(in_bins(counts, n)[1] - exact[:, None]).sum(axis=-1).mean(axis=0) / 2


def spread(values: np.ndarray) -> tuple[float, float]:
    """Standard deviation over seeds of (temperature, seed), averaged over temperatures, and its error."""
    each, dof = values.std(axis=1, ddof=1), values.shape[1] - 1
    return float(each.mean()), float(np.sqrt((each**2).sum() / (2 * dof)) / len(each))


def of_variants(record: Mapping[str, Any], T: Any, output: str) -> dict[str, np.ndarray]:
    """Energies less the exact one of all variants, by their labels: (temperature, seed)."""
    return {label: distances(record, T, output, name).energy for name, label in LABELS.items()}


def histograms(
    records: Mapping[str, Mapping[str, Any]], T: Any, at: Any, n: int
) -> tuple[np.ndarray, list[tuple[str, np.ndarray, dict[str, np.ndarray]]]]:
    """Middles of n bins of energies, and at some temperatures a title, exact shares, and shares by label (seed, bin).

    The shares are those of generated configurations as they are, and of the first record's with noise.
    """
    panels, (first, with_noise) = [], next(iter(records.items()))
    for place in at:
        middles, exact = in_bins(xy_energies.shares(T[place], BONDS, EDGES), n)
        counts = {label: one["bare_few_counts"][place] for label, one in records.items()}
        counts[f"{first}, with the noise"] = with_noise["noisy_few_counts"][place]
        shares = {label: in_bins(one, n)[1] for label, one in counts.items()}
        panels.append((f"T = {T[place]:g}", exact, shares))
    return middles, panels
