"""Vision transformers (A. Dosovitskiy et al., arXiv:2010.11929) on Ising configurations: those of transformers.

A picture is cut into square patches. Each becomes a vector, with its place added, and layers of attention exchange
vectors between all of them and one more, the class token, from which the class is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

import torch

from spinlib.arguments import at_least
from spinlib.networks.image_classifier import ImageClassifier, transformers
from spinlib.networks.spin_images import SpinImages

__all__ = ["VisionTransformer"]

Network = TypeVar("Network", bound="VisionTransformer")


class VisionTransformer(ImageClassifier):
    """A vision transformer on the sites themselves: spins (B, H, W) to classes (B, n_classes).

    The defaults are a small network of our own; `base` is that of paper vit, and `from_checkpoint` reads its weights.

    Parameters
    ----------
    n_classes : int
        Outputs.
    shape : (int, int)
        Of the configurations.
    size : int, optional
        Side of the pictures; by default the lattice's sides.
    patch : int
        Side of a patch, which has to divide both sides of a picture.
    width : int
        Length of the vectors.
    depth : int
        Layers.
    heads : int
        Of attention, in each layer; a divisor of the width.
    colors : bool
        Whether pictures are blue and yellow.
    dropout : float
        Share of the numbers that a training leaves out after every part of a layer.
    seed : int
        Of the weights.

    Raises
    ------
    ModuleNotFoundError
        Without transformers.
    ValueError
        A patch or a number of heads that does not divide; counts below 1.

    References
    ----------
    A. Dosovitskiy et al., arXiv:2010.11929.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.vision_transformer import VisionTransformer
    >>> network = VisionTransformer(4, (12, 12), patch=4, width=16, depth=2, heads=2)
    >>> network(torch.ones(3, 12, 12)).shape
    torch.Size([3, 4])
    """

    CHECKPOINTS: ClassVar[dict[str, str]] = {"vit-base": "google/vit-base-patch16-224"}
    ARCHITECTURE = "ViTForImageClassification"

    def __init__(
        self,
        n_classes: int,
        shape: Sequence[int] = (100, 100),
        *,
        size: int | None = None,
        patch: int = 10,
        width: int = 64,
        depth: int = 4,
        heads: int = 4,
        colors: bool = False,
        dropout: float = 0.0,
        seed: int = 0,
    ) -> None:
        library = transformers("VisionTransformer")
        images = SpinImages(shape, size, colors=colors, mean=self.MEAN, std=self.STD)
        _require_patches(images.size, at_least(1, "patch", patch))
        if at_least(1, "width", width) % at_least(1, "heads", heads):
            raise ValueError(f"width {width} and heads {heads}: the number of heads has to divide the width")
        config = library.ViTConfig(
            image_size=images.size,
            patch_size=patch,
            num_channels=images.n_channels,
            hidden_size=width,
            num_hidden_layers=at_least(1, "depth", depth),
            num_attention_heads=heads,
            intermediate_size=4 * width,
            hidden_dropout_prob=dropout,
            num_labels=at_least(2, "n_classes", n_classes),
        )
        super().__init__(images, config, seed)

    @classmethod
    def base(cls: type[Network], n_classes: int, shape: Sequence[int] = (100, 100), *, seed: int = 0) -> Network:
        """ViT-Base/16 on blue and yellow pictures of 224 x 224, the network of paper vit, with new weights.

        Parameters
        ----------
        n_classes, shape, seed
            As above.

        Returns
        -------
        VisionTransformer
            Of 86 million parameters.

        Examples
        --------
        >>> import torch
        >>> from spinlib.networks.vision_transformer import VisionTransformer
        >>> with torch.device("meta"):  # without memory for the weights
        ...     network = VisionTransformer.base(1000)
        >>> sum(one.numel() for one in network.parameters())
        86567656
        """
        return cls(n_classes, shape, size=224, patch=16, width=768, depth=12, heads=12, colors=True, seed=seed)

    def check_size(self) -> None:
        """Refuse pictures that patches do not cover, or of which there is another number of patches.

        Raises
        ------
        ValueError
            For these.

        Examples
        --------
        >>> from spinlib.networks.vision_transformer import VisionTransformer
        >>> VisionTransformer(4, (8, 8), patch=4, width=16, depth=1, heads=2).check_size()
        """
        config: Any = self.model.config
        _require_patches(self.images.size, config.patch_size)
        whole = config.image_size
        if tuple([whole, whole] if isinstance(whole, int) else whole) != self.images.size:
            raise ValueError(f"pictures of {self.images.size}: this network was made for {whole}")

    def attentions(self, spins: torch.Tensor) -> torch.Tensor:
        """What every token looks at: (B, depth, heads, 1 + patches, 1 + patches), rows adding up to 1.

        Parameters
        ----------
        spins : torch.Tensor
            (B, H, W).

        Returns
        -------
        torch.Tensor
            Entry [..., i, j] is how much token i takes from token j; token 0 is the class token, the others are patches
            in rows from the upper left one on.

        Examples
        --------
        >>> import torch
        >>> from spinlib.networks.vision_transformer import VisionTransformer
        >>> network = VisionTransformer(4, (8, 8), patch=4, width=16, depth=2, heads=2)
        >>> network.attentions(torch.ones(1, 8, 8)).shape
        torch.Size([1, 2, 2, 5, 5])
        """
        used = self.model.config._attn_implementation
        # The fast implementations do not return them.
        self.model.set_attn_implementation("eager")
        try:
            pictures = self.images(spins).to(self.model.dtype)
            return torch.stack(self.model(pixel_values=pictures, output_attentions=True).attentions, dim=1)
        finally:
            self.model.set_attn_implementation(used)


def _require_patches(size: tuple[int, int], patch: int) -> None:
    """Raise ValueError unless patches cover a picture: the library would leave out a border without a word."""
    if size[0] % patch or size[1] % patch:
        allowed = [n for n in range(1, min(size) + 1) if size[0] % n == size[1] % n == 0]
        raise ValueError(
            f"patch {patch}: it does not divide pictures of {size[0]} x {size[1]}, whose border would be lost; allowed "
            f"are {', '.join(map(str, allowed))}"
        )
