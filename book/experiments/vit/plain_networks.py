"""The small networks of `networks`, the vision transformer with the weights as the library draws them.

Their standard deviation is 0.02 at any width, small for a width of 64; `networks.small` has larger ones.
"""

from __future__ import annotations

from experiments.vit import networks
from spinlib.networks.image_classifier import ImageClassifier
from spinlib.networks.vision_transformer import VisionTransformer


def plain(name: str, side: int, n_classes: int, seed: int) -> ImageClassifier:
    """A new network for lattices of side x side sites: spins (B, side, side) to (B, n_classes)."""
    if name != "ViT":
        return networks.small(name, side, n_classes, seed)
    return VisionTransformer(
        n_classes,
        (side, side),
        patch=networks.patch_of(side),
        width=networks.WIDTH[name],
        depth=networks.DEPTH,
        heads=networks.HEADS,
        seed=seed,
    )
