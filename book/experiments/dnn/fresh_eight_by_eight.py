"""The recorded networks of 8 x 8 spins, asked again for configurations that are drawn anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from experiments.dnn.eight_by_eight_data import levels, model
from experiments.dnn.eight_by_eight_loop import recorded_classifier, recorded_value
from spinlib.datasets import targeted
from spinlib.datasets.training_sets import uniform_magnetization

if TYPE_CHECKING:
    from spinbook import Record


def answers(classified: Record, regressed: Record, magnetized: Record, seed: int = 99) -> dict[str, str]:
    """What the networks make of fresh configurations, by the name of the network, in words and numbers.

    Parameters
    ----------
    classified, regressed, magnetized : Record
        Of `dnn/classification`, `dnn/regression` and `dnn/magnetization`.
    seed : int
        Of the configurations: ten of every energy, and 2,000 of evenly spread magnetisations.

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
    return {
        "classifier": f"{right.sum()} of {len(spins)} right",
        "regression": f"median absolute error {np.median(off):.3g} J",
        "magnetisation": f"median absolute error {np.median(off_m):.2g} per spin",
    }
