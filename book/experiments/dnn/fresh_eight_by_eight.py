"""The recorded networks of 8 x 8 spins, asked again for configurations that are drawn anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from experiments.dnn.eight_by_eight_data import levels, model
from experiments.dnn.eight_by_eight_loop import recorded_classifier, recorded_value
from experiments.dnn.local_network import local_errors, recorded_network
from spinlib.datasets import targeted
from spinlib.datasets.training_sets import random_spins, uniform_magnetization

if TYPE_CHECKING:
    from spinbook import Record


def answers(classified: Record, regressed: Record, magnetized: Record, local: Record, seed: int = 99) -> dict[str, str]:
    """What the networks make of fresh configurations, by the name of the network, in words and numbers.

    Parameters
    ----------
    classified, regressed, magnetized, local : Record
        Of `dnn/classification`, `dnn/regression`, `dnn/magnetization` and `dnn/local_network`.
    seed : int
        Of the configurations: ten of every energy, 2,000 of evenly spread magnetisations, and 1,000 random ones of
        32 x 32 spins for the local network.

    Returns
    -------
    dict
        Name to result; energies in J.
    """
    spins = targeted.draw(model, levels, 10, seed=seed).reshape(-1, *model.shape)
    right = recorded_classifier(classified)(spins) == model.energy(spins)
    off = np.abs(recorded_value(regressed)(spins) - model.energy(spins))
    coins = uniform_magnetization(model.shape, 2000, seed)
    off_m = np.abs(recorded_value(magnetized)(coins) - coins.mean(axis=(1, 2)))
    largest, share = local_errors(recorded_network(local), (32, 32), random_spins((32, 32), 1000, seed))
    return {
        "classifier": f"{right.sum()} of {len(spins)} right",
        "regression": f"median absolute error {np.median(off):.3g} J",
        "magnetisation": f"median absolute error {np.median(off_m):.2g} per spin",
        "local network on 32 x 32": f"largest error {largest:.2g} J, {share:.4g} % right",
    }
