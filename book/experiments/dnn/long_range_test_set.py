"""All test examples of the long-range models with what the recorded network says of them; the record keeps a few."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from experiments.dnn.long_range_model import SHAPE, kept_network, model_of
from spinlib.datasets import hash_split
from spinlib.datasets.training_sets import random_spins
from spinlib.learning import energy_networks
from spinlib.models.long_range import INTERACTIONS

if TYPE_CHECKING:
    from spinbook import Record


def whole(trained: Record, interaction: str) -> tuple[np.ndarray, np.ndarray]:
    """True and predicted energies of the first seed's whole test set, in J.

    The set is drawn again from the record's seed. Where that gives other configurations than those that the record
    keeps the energies of, as with other random numbers, the kept ones are returned.
    """
    seed = trained.meta["seed"] + 100 * list(INTERACTIONS).index(interaction)
    settings, kept = trained.settings, trained[f"{interaction}.true"]
    spins = random_spins(SHAPE, settings["draws"], seed)
    test = hash_split.split(spins, settings["train"], settings["test"], seed).test
    true = model_of(interaction, settings).energy(test)
    if not np.allclose(true[: len(kept)], kept):
        return kept, trained[f"{interaction}.predicted"].astype(np.float64)
    network, scaled = kept_network(trained, interaction, settings)
    return true, energy_networks.regressed_value(network, scaled)(test)
