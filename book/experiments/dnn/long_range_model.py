"""The long-range models of paper dnn, the schedule of their training, and a network read back from a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from spinlib.learning import energy_networks
from spinlib.learning.supervised import Schedule, load_weights
from spinlib.models import LongRangeIsing
from spinlib.networks.energy_cnn import EnergyCNN

SHAPE = (8, 8)


def model_of(interaction: str, settings: Mapping[str, Any]) -> LongRangeIsing:
    return LongRangeIsing(SHAPE, interaction, screening=settings["screening"], cutoff=settings["cutoff"])


def schedule_of(settings: Mapping[str, Any]) -> Schedule:
    return Schedule(settings["epochs"], "adam", settings["rate"], "cosine", batch=settings["batch"])


def kept_network(arrays: Mapping[str, Any], prefix: str, settings: Mapping[str, Any]) -> Any:
    """A kept regression: the network, in the layout of memory that is fastest, and how its output was scaled."""
    network = EnergyCNN(SHAPE[0], 1, input_side=settings["input_side"])
    load_weights(network, arrays, f"{prefix}.weight.")
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network, energy_networks.Scaling(*arrays[f"{prefix}.scaling"].tolist())


COULOMB = "screened_coulomb"
