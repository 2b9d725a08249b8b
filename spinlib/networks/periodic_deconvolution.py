"""Transposed convolutions of 3 x 3 sites on a periodic lattice, as plain convolutions of the small picture.

With a stride of 2, input i reaches the outputs 2 i - 1, 2 i and 2 i + 1 with the weights w_0, w_1 and w_2. An even
output 2 i hence has w_1 x_i alone, and an odd one, 2 i + 1, has w_2 x_i + w_0 x_(i + 1): four convolutions of 2 x 2
sites, for even and odd rows and columns, whose pictures are then interleaved. torch's own transposed convolution
spreads the inputs over a larger picture instead, of which edges have to be cut; it is slower.
"""

from __future__ import annotations

import torch
from torch.nn import functional

from spinlib.networks.periodic_padding import periodic_pad

__all__ = ["periodic_deconvolution"]

_KERNEL = 3


def periodic_deconvolution(
    images: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, stride: int = 1
) -> torch.Tensor:
    """The transpose of a periodic convolution of 3 x 3 sites; differentiable.

    Parameters
    ----------
    images : torch.Tensor
        (B, channels, H, W).
    weight : torch.Tensor
        (channels, filters, 3, 3), as torch.nn.ConvTranspose2d has it.
    bias : torch.Tensor or None
        (filters,), to be added.
    stride : {1, 2}
        Of the convolution.

    Returns
    -------
    torch.Tensor
        (B, filters, H * stride, W * stride).

    Raises
    ------
    ValueError
        For another stride, and other shapes.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.periodic_deconvolution import periodic_deconvolution
    >>> one = torch.zeros(1, 1, 2, 2)
    >>> one[0, 0, 0, 0] = 1.0
    >>> periodic_deconvolution(one, torch.arange(1.0, 10.0).reshape(1, 1, 3, 3), torch.zeros(1), 2)[0, 0].int().tolist()
    [[5, 6, 0, 4], [8, 9, 0, 7], [0, 0, 0, 0], [2, 3, 0, 1]]
    """
    if stride not in (1, 2):
        raise ValueError(f"stride {stride}: allowed are 1 and 2")
    channels, filters = weight.shape[:2]
    if images.ndim != 4 or images.shape[1] != channels or weight.shape[2:] != (_KERNEL, _KERNEL):
        raise ValueError(
            f"images of shape {tuple(images.shape)} and weight of shape {tuple(weight.shape)}: "
            "(B, channels, H, W) and (channels, filters, 3, 3) are needed"
        )
    if stride == 1:
        return functional.conv2d(periodic_pad(images, 1, 1), weight.transpose(0, 1).flip(2, 3), bias)
    place = _places().to(weight)
    small = torch.einsum("cfuv,aku,blv->fabckl", weight, place, place).reshape(4 * filters, channels, 2, 2)
    parts = functional.conv2d(periodic_pad(images, 0, 1), small)
    found = functional.pixel_shuffle(parts, 2)
    return found if bias is None else found + bias[:, None, None]


def _places() -> torch.Tensor:
    """(2, 2, 3): whether output 2 i + a has weight u of input i + k, by (a, k, u)."""
    place = torch.zeros(2, 2, _KERNEL)
    place[0, 0, 1] = place[1, 0, 2] = place[1, 1, 0] = 1.0
    return place
