"""The networks of paper vit by the names of Table 2, and small ones that stand for them on a laptop's processors.

Small networks see the lattice's own 100 x 100 sites in one channel instead of blue and yellow pictures of 224 x 224.
The vision transformer has 4 layers of width 64 instead of 12 of width 768; the ResNets have all layers, with an eighth
(ResNet-18) and a sixteenth (ResNet-50) of the channels. All settings here are ours. Full ones are ViT-Base/16 and the
ResNets as published, on those pictures, with new weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from spinlib.learning.classification import FineTuning
from spinlib.networks.image_classifier import ImageClassifier
from spinlib.networks.resnet import ResNet
from spinlib.networks.vision_transformer import VisionTransformer
from spinlib.networks.weights import weights

NAMES = ("ViT", "ResNet-18", "ResNet-50")
WIDTH = {"ViT": 64, "ResNet-18": 8, "ResNet-50": 4}
DEPTH, HEADS = 4, 4
FULL: dict[str, Callable[..., ImageClassifier]] = {
    "ViT": VisionTransformer.base,
    "ResNet-18": partial(ResNet.full, n_layers=18),
    "ResNet-50": partial(ResNet.full, n_layers=50),
}
# The paper's rate, at which weights that begin at random hardly move, and one that trains them.
RATES = {"paper": 2e-5, "ours": 1e-3}


def patch_of(side: int) -> int:
    """The side of a patch: 10 of 100 sites; smaller on the lattices of smoke runs."""
    return 10 if side % 10 == 0 else 4


def small(name: str, side: int, n_classes: int, seed: int) -> ImageClassifier:
    """A new network of one of the NAMES for lattices of side x side sites: spins (B, side, side) to (B, n_classes)."""
    if name == "ViT":
        size: dict[str, Any] = {"patch": patch_of(side), "width": WIDTH[name], "depth": DEPTH, "heads": HEADS}
        return rescaled(VisionTransformer(n_classes, (side, side), **size, seed=seed), seed)
    if name not in NAMES:
        raise ValueError(f"network {name!r}: allowed are {', '.join(NAMES)}")
    return ResNet(n_classes, (side, side), n_layers=int(name.removeprefix("ResNet-")), width=WIDTH[name], seed=seed)


def made(name: str, side: int, n_classes: int, seed: int, settings: Mapping[str, Any]) -> ImageClassifier:
    """A new network, small unless the settings ask for "networks": "full"."""
    if not is_full(settings):
        return small(name, side, n_classes, seed)
    return FULL[name](n_classes, (side, side), seed=seed)


def is_full(settings: Mapping[str, Any]) -> bool:
    """Whether the settings ask for full networks; they do not name small ones."""
    size = settings.get("networks", "small")
    if size not in ("small", "full"):
        raise ValueError(f"networks {size!r}: allowed are 'small' and 'full'")
    return bool(size == "full")


def checkpoint_seconds(settings: Mapping[str, Any]) -> float:
    """Seconds between checkpoints: the state of a full network takes up to 1.4 GB, and longer than an epoch."""
    return 60.0 if is_full(settings) else 0.0


def rate_of(name: str, settings: Mapping[str, Any]) -> float:
    """Our rate for a network: that of small ones, unless the settings have rates of their own."""
    return float(settings.get("rates", {}).get(name, RATES["ours"]))


def rescaled(network: VisionTransformer, seed: int) -> VisionTransformer:
    """The network with new matrices of the size that suits its width.

    The library draws all with a standard deviation of 0.02, for a width of 768. At a width of 64 they are too small:
    after ten epochs such a network still takes the two coldest classes for one.
    """
    rng = torch.Generator().manual_seed(seed)
    for name, one in network.named_parameters():
        if "patch_embeddings" in name and one.ndim > 1:
            nn.init.normal_(one, 0.0, one[0].numel() ** -0.5, generator=rng)
        elif name.endswith("weight") and one.ndim > 1:
            nn.init.xavier_uniform_(one, generator=rng)
    return network


def in_bfloat16(name: str) -> bool:
    """Whether matrix products run in bfloat16: where it is faster on our processor, which is for convolutions."""
    return name != "ViT"


def tuning(rate: str, epochs: int, ours: float = RATES["ours"], bfloat16: bool | None = False) -> FineTuning:
    """The training: the paper's, or ours, whose rate rises in the first epoch and falls along a cosine afterwards.

    Early stopping cannot act before the rate has fallen, so ours goes to the end; the best epoch is kept by both.
    ours: our rate. bfloat16: as for `FineTuning`.
    """
    if rate == "paper":
        return FineTuning(epochs, RATES[rate], bfloat16=bfloat16)
    how: dict[str, Any] = {"decay": "cosine", "warm_up": 1 if epochs > 1 else 0, "patience": None}
    return FineTuning(epochs, ours, bfloat16=bfloat16, **how)


def body_of(network: ImageClassifier) -> dict[str, np.ndarray]:
    """All weights but those of the last layer."""
    return {name: value for name, value in weights(network).items() if not name.startswith("model.classifier")}


def with_body(network: ImageClassifier, body: Mapping[str, Any]) -> ImageClassifier:
    """The network with these weights below its last layer, which stays as it is."""
    tensors = {name: torch.from_numpy(np.array(value)) for name, value in body.items()}
    found = network.load_state_dict(tensors, strict=False)
    own = sorted(name for name in found.missing_keys if not name.startswith("model.classifier"))
    if own or found.unexpected_keys:
        raise ValueError(f"weights of another network: {[*own, *found.unexpected_keys][0]} is in one of the two only")
    return network
