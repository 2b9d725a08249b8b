"""Weights of a new network from a generator of its own, where torch would use its global one."""

from __future__ import annotations

import math

import torch
from torch import nn


def initialize(network: nn.Module, rng: torch.Generator) -> nn.Module:
    """Draw all weights and biases of convolutions and linear layers uniformly within 1 / sqrt(fan in), torch's default.

    The network is changed in place and returned. Raises TypeError for layers with parameters of other kinds.
    """
    for layer in network.modules():
        parameters = list(layer.parameters(recurse=False))
        if not parameters:
            continue
        if not isinstance(layer, nn.Conv1d | nn.Conv2d | nn.Linear):
            raise TypeError(f"{type(layer).__name__}: only convolutions and linear layers can be initialised")
        bound = 1.0 / math.sqrt(layer.weight[0].numel())
        with torch.no_grad():
            for parameter in parameters:
                parameter.uniform_(-bound, bound, generator=rng)
    return network
