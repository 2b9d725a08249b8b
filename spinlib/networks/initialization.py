"""Weights of a new network from a generator of its own, where torch would use its global one.

Each kind of layer gets the distribution that torch gives it by default. A module that holds parameters of its own, such
as positions of an attention network, says how they are drawn: it has a method

    def initialize_parameters(self, rng: torch.Generator) -> None

that sets in place all parameters and buffers that the module holds directly, not those of the layers in it, and draws
from `rng` alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)

Rule = Callable[[Any, torch.Generator], None]


def initialize(network: Network, rng: torch.Generator, rules: Mapping[type[nn.Module], Rule] | None = None) -> Network:
    """Draw all parameters of a network from a generator, layer by layer, in the order of `network.modules()`.

    Linear layers and convolutions, transposed ones too, are uniform within 1 / sqrt(fan in), weights and biases.
    Layers of batch, group and layer norm become ones and zeros, and the running statistics of batch norm those of
    no data. Embeddings are standard normal, with zeros at a padding index. Attention is uniform within
    sqrt(6 / (fan in + fan out)), its biases zero. All these are torch's defaults.

    Parameters
    ----------
    network : torch.nn.Module
        Changed in place.
    rng : torch.Generator
        On the device of the parameters.
    rules : mapping, optional
        For modules of other packages: functions of a layer and the generator that do what `initialize_parameters` does,
        by the layer's class.

    Returns
    -------
    torch.nn.Module
        The network.

    Raises
    ------
    TypeError
        For a layer of another kind that holds parameters, and has no method `initialize_parameters`; see the module.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.initialization import initialize
    >>> layers = torch.nn.Sequential(torch.nn.Linear(4, 2), torch.nn.LayerNorm(2))
    >>> first = initialize(layers, torch.Generator().manual_seed(1))[0].weight.clone()
    >>> again = initialize(layers, torch.Generator().manual_seed(1))[0].weight
    >>> torch.equal(first, again), float(first.detach().abs().max()) <= 0.5
    (True, True)
    """
    with torch.no_grad():
        for layer in network.modules():
            own = getattr(layer, "initialize_parameters", None)
            rule = next((one for kind, one in {**(rules or {}), **_RULES}.items() if isinstance(layer, kind)), None)
            if own is not None:
                own(rng)
            elif rule is not None:
                rule(layer, rng)
            elif list(layer.parameters(recurse=False)):
                raise TypeError(
                    f"layer {type(layer).__name__}: allowed are linear layers, convolutions, transposed ones, batch, "
                    "group and layer norm, embeddings, attention, and modules with a method initialize_parameters(rng)"
                )
    return network


def _within_fan_in(layer: Any, rng: torch.Generator) -> None:
    bound = 1.0 / math.sqrt(layer.weight[0].numel())
    for parameter in layer.parameters(recurse=False):
        parameter.uniform_(-bound, bound, generator=rng)


def _output_of_attention(layer: Any, rng: torch.Generator) -> None:
    _within_fan_in(layer, rng)
    if layer.bias is not None:
        layer.bias.zero_()


def _attention(layer: Any, rng: torch.Generator) -> None:
    """All but its last linear layer, which is a layer of its own."""
    for name, parameter in layer.named_parameters(recurse=False):
        if name == "in_proj_bias":
            parameter.zero_()
        elif name in ("bias_k", "bias_v"):
            nn.init.xavier_normal_(parameter, generator=rng)
        else:
            nn.init.xavier_uniform_(parameter, generator=rng)


def _embedding(layer: Any, rng: torch.Generator) -> None:
    layer.weight.normal_(generator=rng)
    if layer.padding_idx is not None:
        layer.weight[layer.padding_idx].zero_()


def _fixed(layer: Any, rng: torch.Generator) -> None:
    """Ones, zeros and the running statistics of no data: nothing is drawn."""
    layer.reset_parameters()


# The first that is the layer's own class, or one that it is derived from.
_RULES: dict[type[nn.Module], Rule] = {
    nn.modules.linear.NonDynamicallyQuantizableLinear: _output_of_attention,
    nn.MultiheadAttention: _attention,
    nn.Linear: _within_fan_in,
    nn.Conv1d: _within_fan_in,
    nn.Conv2d: _within_fan_in,
    nn.Conv3d: _within_fan_in,
    nn.ConvTranspose1d: _within_fan_in,
    nn.ConvTranspose2d: _within_fan_in,
    nn.ConvTranspose3d: _within_fan_in,
    nn.BatchNorm1d: _fixed,
    nn.BatchNorm2d: _fixed,
    nn.BatchNorm3d: _fixed,
    nn.GroupNorm: _fixed,
    nn.LayerNorm: _fixed,
    nn.Embedding: _embedding,
}
