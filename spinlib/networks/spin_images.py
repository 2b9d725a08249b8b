"""Ising configurations as the pictures that image networks take (paper vit, Fig. 2: spin up is blue, down yellow)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from spinlib.arguments import at_least

__all__ = ["DOWN", "UP", "SpinImages"]

# Red, green and blue, from 0 to 1, of a palette that all eyes can tell apart; the paper does not give its two colours.
UP = (0.0, 0.447, 0.698)
DOWN = (0.941, 0.894, 0.259)


class SpinImages(nn.Module):
    """Pictures, float32 (B, channels, *size), of spins (B, H, W).

    Without colours a picture is the spins themselves, in one channel. In colours it has three, normalised as the
    network's training pictures were: less their mean, over their standard deviation. A picture of another size than the
    lattice is interpolated, bilinearly, as the image processors of transformers do it.

    Parameters
    ----------
    shape : sequence of int
        (H, W) of the configurations.
    size : int or sequence of int, optional
        Of the pictures, one number for squares; by default the lattice's.
    colors : bool
        Whether in blue and yellow.
    mean, std : sequence of float
        Of red, green and blue in the training pictures.

    Raises
    ------
    ValueError
        For other numbers of sides, sides below 1, and configurations of another shape.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.spin_images import SpinImages
    >>> spins = torch.tensor([[[1, -1], [-1, -1]]], dtype=torch.int8)
    >>> SpinImages((2, 2))(spins).tolist()
    [[[[1.0, -1.0], [-1.0, -1.0]]]]
    >>> SpinImages((2, 2), 224, colors=True)(spins).shape
    torch.Size([1, 3, 224, 224])
    """

    palette: torch.Tensor

    def __init__(
        self,
        shape: Sequence[int],
        size: int | Sequence[int] | None = None,
        *,
        colors: bool = False,
        mean: Sequence[float] = (0.5, 0.5, 0.5),
        std: Sequence[float] = (0.5, 0.5, 0.5),
    ) -> None:
        super().__init__()
        self.shape = _two_sides("shape", shape)
        given = self.shape if size is None else (size, size) if isinstance(size, int) else size
        self.size = _two_sides("size", given)
        self.n_channels = 3 if colors else 1
        palette = (torch.tensor([DOWN, UP]) - torch.tensor(tuple(mean))) / torch.tensor(tuple(std))
        # Not weights: they are the same in all networks of a kind.
        self.register_buffer("palette", palette if colors else torch.tensor([[-1.0], [1.0]]), persistent=False)

    def forward(self, spins: torch.Tensor) -> torch.Tensor:
        if tuple(spins.shape[1:]) != self.shape:
            needed = ", ".join(map(str, ("batch", *self.shape)))
            raise ValueError(f"spins of shape {tuple(spins.shape)}: ({needed}) is needed")
        pictures = self.palette[(spins > 0).long()].movedim(-1, 1)
        if self.size == self.shape:
            return pictures
        return functional.interpolate(pictures, self.size, mode="bilinear", align_corners=False)


def _two_sides(name: str, sides: Sequence[int]) -> tuple[int, int]:
    found = tuple(at_least(1, name, side) for side in sides)
    if len(found) != 2:
        raise ValueError(f"{name} {found}: two sides, (H, W), are needed")
    return found
