"""Boltzmann averages of 4 x 4 spins, exactly, over a table with the energies of all states."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from experiments.dnn.example_sets import model


def boltzmann(table: np.ndarray, observable: np.ndarray, temperatures: ArrayLike) -> np.ndarray:
    """Averages of an observable over the Boltzmann distribution of the energies in a table.

    Parameters
    ----------
    table, observable : numpy.ndarray
        Energy in J, and the observable, of all states, (states,).
    temperatures : float or sequence of float
        In J / k_B.

    Returns
    -------
    numpy.ndarray
        One average for each temperature.
    """
    weights = np.exp(-(table - table.min()) / np.atleast_1d(temperatures)[:, None])
    return weights @ observable / weights.sum(axis=1)


def heat_capacity(table: np.ndarray, temperatures: np.ndarray) -> np.ndarray:
    """The heat capacity per site, in k_B, of the energies in a table, at temperatures in J / k_B."""
    found, times = np.unique(table, return_counts=True)
    weights = times * np.exp(-(found - found[0]) / temperatures[:, None])
    mean, square = (weights @ power / weights.sum(axis=1) for power in (found, found**2))
    return (square - mean**2) / temperatures**2 / model.n_sites
