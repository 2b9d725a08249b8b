"""Residual networks (K. He et al., arXiv:1512.03385) on Ising configurations: those of transformers.

Four stages of convolutions, each with half the resolution of the one before; what goes into a block is added to what
comes out. Edges of pictures are padded with zeros, whatever the boundary of the lattice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from spinlib.arguments import at_least
from spinlib.networks.image_classifier import ImageClassifier, transformers
from spinlib.networks.spin_images import SpinImages

__all__ = ["ResNet"]

Network = TypeVar("Network", bound="ResNet")

# Number of layers: kind of block, blocks of each stage, channels out of a block over those within.
_LAYERS: dict[int, tuple[str, list[int], int]] = {18: ("basic", [2, 2, 2, 2], 1), 50: ("bottleneck", [3, 4, 6, 3], 4)}


class ResNet(ImageClassifier):
    """ResNet-18 or ResNet-50 on the sites themselves: spins (B, H, W) to classes (B, n_classes).

    With width 64 these are the networks of the paper, whose pictures `full` has; smaller widths are small networks of
    our own. `from_checkpoint` reads weights.

    Parameters
    ----------
    n_classes : int
        Outputs.
    shape : (int, int)
        Of the configurations.
    n_layers : {18, 50}
        Layers.
    width : int
        Channels of the first stage, before blocks of ResNet-50 multiply them by four; each stage doubles them.
    size : int, optional
        Side of the pictures; by default the lattice's sides.
    colors : bool
        Whether pictures are blue and yellow.
    seed : int
        Of the weights.

    Raises
    ------
    ModuleNotFoundError
        Without transformers.
    ValueError
        Another number of layers; counts below 1.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, arXiv:1512.03385.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.resnet import ResNet
    >>> ResNet(4, (20, 20), width=8)(torch.ones(3, 20, 20)).shape
    torch.Size([3, 4])
    """

    CHECKPOINTS: ClassVar[dict[str, str]] = {"resnet-18": "microsoft/resnet-18", "resnet-50": "microsoft/resnet-50"}
    ARCHITECTURE = "ResNetForImageClassification"
    MEAN: ClassVar[tuple[float, float, float]] = (0.485, 0.456, 0.406)
    STD: ClassVar[tuple[float, float, float]] = (0.229, 0.224, 0.225)

    def __init__(
        self,
        n_classes: int,
        shape: Sequence[int] = (100, 100),
        *,
        n_layers: int = 18,
        width: int = 32,
        size: int | None = None,
        colors: bool = False,
        seed: int = 0,
    ) -> None:
        library = transformers("ResNet")
        if n_layers not in _LAYERS:
            raise ValueError(f"n_layers {n_layers!r}: allowed are {' and '.join(map(str, _LAYERS))}")
        block, depths, growth = _LAYERS[n_layers]
        first = at_least(1, "width", width)
        images = SpinImages(shape, size, colors=colors, mean=self.MEAN, std=self.STD)
        config: Any = library.ResNetConfig(
            num_channels=images.n_channels,
            embedding_size=first,
            hidden_sizes=[growth * first * 2**stage for stage in range(4)],
            depths=depths,
            layer_type=block,
            num_labels=at_least(2, "n_classes", n_classes),
        )
        super().__init__(images, config, seed)

    @classmethod
    def full(
        cls: type[Network], n_classes: int, shape: Sequence[int] = (100, 100), *, n_layers: int = 18, seed: int = 0
    ) -> Network:
        """ResNet-18 or ResNet-50 on blue and yellow pictures of 224 x 224, as in paper vit, with new weights.

        Parameters
        ----------
        n_classes, shape, n_layers, seed
            As above.

        Returns
        -------
        ResNet

        Examples
        --------
        >>> import torch
        >>> from spinlib.networks.resnet import ResNet
        >>> with torch.device("meta"):  # without memory for the weights
        ...     networks = [ResNet.full(1000, n_layers=n_layers) for n_layers in (18, 50)]
        >>> [sum(one.numel() for one in network.parameters()) for network in networks]
        [11689512, 25557032]
        """
        return cls(n_classes, shape, n_layers=n_layers, width=64, size=224, colors=True, seed=seed)
