"""Means of independent configurations with standard errors, and divergences, under the names that records use."""

from __future__ import annotations

from typing import Any

import numpy as np

from spinlib.evaluation.divergences import Divergences


def energy_and_heat(energies: np.ndarray, n_sites: int, temperature: float) -> dict[str, Any]:
    """Energy and heat capacity per site of independent configurations with total energies (n,), and their errors."""
    off, n = energies - energies.mean(), len(energies)
    variance = off.var()
    return {
        "energy": energies.mean() / n_sites,
        "energy_error": energies.std(ddof=1) / np.sqrt(n) / n_sites,
        "heat": variance / temperature**2 / n_sites,
        "heat_error": np.sqrt(max((off**4).mean() - variance**2, 0.0) / n) / temperature**2 / n_sites,
    }


def mean_over_sites(products: list[np.ndarray]) -> dict[str, Any]:
    """Correlations with their errors, (distance,), of products of spins averaged over sites, (n,) for each distance."""
    return {
        "correlation": np.mean(products, axis=1),
        "correlation_error": np.std(products, axis=1, ddof=1) / np.sqrt(len(products[0])),
    }


def of_divergences(found: Divergences) -> dict[str, Any]:
    """In nats, less the biases of counts."""
    return {
        "kl": found.model_to_exact,
        "kl_error": found.model_to_exact_error,
        "reverse_kl": found.exact_to_model,
        "total_variation": found.total_variation,
        "total_variation_floor": found.total_variation_floor,
    }
