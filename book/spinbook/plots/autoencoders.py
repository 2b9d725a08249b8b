"""Autoencoders layer by layer: what each layer gives out, and how many parameters it has, read from the modules."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple

from . import style

COLORS = {"Linear": "yellow", "Conv1d": "sky", "Conv2d": "sky", "ConvTranspose1d": "blue", "ConvTranspose2d": "blue"}
# Points of the words beside the bars.
TEXT = 9.5
NAMES = {
    "Linear": "dense",
    "Conv1d": "conv",
    "Conv2d": "conv",
    "ConvTranspose1d": "deconv",
    "ConvTranspose2d": "deconv",
}


class Layer(NamedTuple):
    """kind: of torch's module. sizes: of its output, without the batch. n_parameters: weights and biases."""

    kind: str
    sizes: tuple[int, ...]
    n_parameters: int


def layers(network: Any, *inputs: Any) -> list[Layer]:
    """All layers with parameters of a module in the order in which they are asked, for a batch of inputs.

    A module that wraps one layer, its attribute `layer`, and pads or cuts what this gives out stands for it.
    """
    import torch

    found: list[Layer] = []

    def seen(module: Any, _: Any, output: Any) -> None:
        n = sum(parameter.numel() for parameter in module.parameters())
        found.append(Layer(type(getattr(module, "layer", module)).__name__, tuple(output.shape[1:]), n))

    wrapped = {one.layer for one in network.modules() if hasattr(one, "layer")}
    own = [one for one in network.modules() if next(one.parameters(recurse=False), None) is not None]
    layers_of = [one for one in network.modules() if hasattr(one, "layer") or (one in own and one not in wrapped)]
    hooks = [one.register_forward_hook(seen) for one in layers_of]
    try:
        with torch.no_grad():
            network(*inputs)
    finally:
        for hook in hooks:
            hook.remove()
    return found


def width(layer: Layer) -> float:
    """How wide the bar of a layer is drawn: it grows with the logarithm of the number of outputs."""
    return 0.16 * (1 + math.log2(math.prod(layer.sizes) or 1))


def columns(named: Sequence[tuple[str, str, Sequence[Layer]]]) -> Any:
    """Figure with one column of bars for each (title, input, layers); a bar is wider where a layer gives out more."""
    import matplotlib.pyplot as plt

    deepest = max(len(chain) for _, _, chain in named)
    half = max(width(layer) for _, _, chain in named for layer in chain) / 2 + 0.1
    figure, panels = plt.subplots(1, len(named), figsize=(1.85 * len(named), 0.56 * (deepest + 2)), squeeze=False)
    for panel, (title, given, chain) in zip(panels[0], named, strict=True):
        panel.set_title("\n".join(textwrap.wrap(title, 20)), fontsize=9)
        panel.annotate(given, (0, 0), ha="center", va="center", fontsize=TEXT)
        for at, layer in enumerate(chain, 1):
            color = style.COLORS[COLORS[layer.kind]]
            panel.add_patch(
                plt.Rectangle((-width(layer) / 2, at - 0.25), width(layer), 0.5, facecolor=color, edgecolor="black")
            )
            sizes = " x ".join(map(str, layer.sizes))
            told = f"{NAMES[layer.kind]}\n{sizes}\n{layer.n_parameters:,}"
            panel.annotate(told, (half, at), ha="left", va="center", fontsize=TEXT, linespacing=0.95)
        panel.set(xlim=(-half, half + 1.6), ylim=(deepest + 0.6, -0.5))
        panel.axis("off")
    return figure
