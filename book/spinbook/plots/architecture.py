"""A convolutional network as boxes, and what one filter of each of its layers makes of one configuration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import style


class Layer(NamedTuple):
    """kernel: of the filters, "" for the input. channels, side: of the picture after the layer. output: its picture of
    the filter that answers most, float (side, side)."""

    kernel: str
    channels: int
    side: int
    output: np.ndarray


def layers(network: Any, spins: ArrayLike) -> list[Layer]:
    """The input and all convolutions of an `EnergyCNN`, asked for one configuration (L, L)."""
    import torch

    picture = torch.as_tensor(np.asarray(spins), dtype=torch.float32)[None, None]
    picture = picture.repeat_interleave(network.repeats, 2).repeat_interleave(network.repeats, 3)
    found = [Layer("", 1, picture.shape[-1], picture[0, 0].numpy())]
    pairs = zip(network.convolutions[::2], network.convolutions[1::2], strict=True)
    with torch.no_grad():
        for convolution, activation in pairs:
            picture = activation(convolution(picture))
            most = int(picture.sum(dim=(2, 3)).argmax())
            kernel = " x ".join(map(str, convolution.kernel_size))
            channels, side = int(picture.shape[1]), int(picture.shape[2])
            found.append(Layer(kernel, channels, side, picture[0, most].numpy().copy()))
    return found


def boxes(found: Sequence[Layer], decision: Sequence[int]) -> Any:
    """Figure with a box for each layer, as high as its picture, and bars for the fully connected layers after them."""
    import matplotlib.pyplot as plt

    colors = dict(zip(sorted({layer.channels for layer in found}), ("yellow", "sky", "blue"), strict=False))
    figure, axes = plt.subplots(figsize=(9, 2.6))
    for k, layer in enumerate(found):
        height = layer.side / found[0].side
        color = style.COLORS[colors[layer.channels]]
        axes.add_patch(plt.Rectangle((k, -height / 2), 0.55, height, facecolor=color, edgecolor="black"))
        told = f"{layer.kernel or 'input'}\n{layer.channels}\n{layer.side} x {layer.side}"
        axes.annotate(told, (k + 0.27, -0.62), ha="center", va="top", fontsize=8)
    for k, width in enumerate(decision, start=len(found)):
        axes.add_patch(plt.Rectangle((k, -0.5), 0.2, 1.0, facecolor="0.8", edgecolor="black"))
        axes.annotate(f"linear\n{width}", (k + 0.1, -0.62), ha="center", va="top", fontsize=8)
    axes.set(xlim=(-0.3, len(found) + len(decision)), ylim=(-1.15, 0.6))
    axes.axis("off")
    return figure


def outputs(found: Sequence[Layer]) -> Any:
    """Figure with the picture of the filter that answers most, layer by layer, each on a scale of its own."""
    import matplotlib.pyplot as plt
    from matplotlib.colors import ListedColormap

    figure, axes = plt.subplots(2, -(-len(found) // 2), figsize=(9, 4.6), squeeze=False)
    for k, (panel, layer) in enumerate(zip(axes.flat, found, strict=False)):
        panel.imshow(layer.output, cmap="Blues" if k else ListedColormap(style.SPINS), interpolation="nearest")
        panel.set(title=f"{k}: {layer.side} x {layer.side}" if k else "input", xticks=[], yticks=[])
        panel.grid(False)
    for panel in axes.flat[len(found) :]:
        panel.axis("off")
    return figure
