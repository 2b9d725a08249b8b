"""The recorded networks of the long-range models, asked again for configurations that are drawn anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from experiments.dnn.long_range_loop import chains
from experiments.dnn.long_range_model import COULOMB, SHAPE, kept_network, model_of
from spinlib.datasets.training_sets import random_spins
from spinlib.learning import energy_networks
from spinlib.samplers.random import streams

if TYPE_CHECKING:
    from spinbook import Record


def error_on_random_spins(trained: Record, interaction: str, n: int = 2000, seed: int = 99) -> float:
    """The median absolute error, in J, of a network of `dnn/long_range_training` on `n` random configurations."""
    spins, settings = random_spins(SHAPE, n, seed), trained.settings
    asked = energy_networks.regressed_value(*kept_network(trained, interaction, settings))
    return float(np.median(np.abs(asked(spins) - model_of(interaction, settings).energy(spins))))


def error_on_thermal_spins(loop: Record, i: int, n: int = 50, seed: int = 99) -> tuple[float, int]:
    """The error of the tuned network of `dnn/long_range_loop` on thermal configurations of the exact sum.

    Parameters
    ----------
    loop : Record
        Of `dnn/long_range_loop`.
    i : int
        Which of its temperatures.
    n : int
        Chains, each with one configuration after 50 sweeps.
    seed : int
        Of the chains.

    Returns
    -------
    tuple of float and int
        The median absolute error in J, and how many of the configurations are different.
    """
    coulomb, temperature = model_of(COULOMB, loop.settings), float(loop["T"][i])
    asked = energy_networks.regressed_value(*kept_network(loop, "tuned", loop.settings))
    spins, true = chains(coulomb.energy, temperature, n, streams(seed, "again", i % 100, n), coulomb, 50)
    return float(np.median(np.abs(asked(spins) - true))), len(np.unique(spins.reshape(n, -1), axis=0))
