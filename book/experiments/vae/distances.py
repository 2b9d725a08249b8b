"""How far networks are from exact energies, correlations and heat capacities: what all systems of paper vae share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Distances:
    """Of one kind of network: `energy`, `correlation` (averaged over distances) and `heat` less the exact values.

    Each (temperature, seed). And their sizes for every seed, (seed,), averaged over temperatures, and for correlations
    over distances: `energy_size`, `correlation_size`, `heat_size` (relative).
    """

    energy: np.ndarray
    correlation: np.ndarray
    heat: np.ndarray
    energy_size: np.ndarray
    correlation_size: np.ndarray
    heat_size: np.ndarray


def from_exact(
    record: Mapping[str, Any], before: str, energy: np.ndarray, correlation: np.ndarray, heat: np.ndarray
) -> Distances:
    """Of a record's "..._energy", "..._correlation" and "..._heat", (temperature, seed[, distance]).

    before: what stands before these names in the record. energy, correlation, heat: the exact values, (temperature,),
    and (temperature, distance).
    """
    energy_off = record[f"{before}_energy"] - energy[:, None]
    each = record[f"{before}_correlation"] - correlation[:, None]
    heat_off = record[f"{before}_heat"] - heat[:, None]
    return Distances(
        energy_off,
        each.mean(axis=2),
        heat_off,
        np.abs(energy_off).mean(axis=0),
        np.abs(each).mean(axis=(0, 2)),
        np.abs(heat_off / heat[:, None]).mean(axis=0),
    )
