"""Periodic continuation of pictures, as torch's own "circular" padding gives it, at a fraction of its cost in training.

torch differentiates that padding through copies of the whole picture for every piece; here each edge's gradient is
added to the opposite side directly.
"""

from __future__ import annotations

from typing import Any

import torch


def periodic_pad(images: torch.Tensor, before: int, after: int) -> torch.Tensor:
    """Pictures continued periodically by rows and columns at their edges; differentiable.

    Parameters
    ----------
    images : torch.Tensor
        (B, C, H, W).
    before, after : int
        Rows and columns to add at the beginning and at the end.

    Returns
    -------
    torch.Tensor
        (B, C, before + H + after, before + W + after).

    Raises
    ------
    ValueError
        Where before or after is negative or exceeds H or W.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.periodic_padding import periodic_pad
    >>> periodic_pad(torch.arange(4).reshape(1, 1, 2, 2), 0, 1)[0, 0].tolist()
    [[0, 1, 0], [2, 3, 2], [0, 1, 0]]
    """
    if images.ndim != 4 or not 0 <= before <= min(images.shape[2:]) or not 0 <= after <= min(images.shape[2:]):
        raise ValueError(f"images of shape {tuple(images.shape)} cannot be continued by {before} and {after}")
    return _PeriodicPad.apply(images, before, after)


class _PeriodicPad(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, images: torch.Tensor, before: int, after: int) -> torch.Tensor:
        ctx.ends = before, after
        for axis in (2, 3):
            n = images.shape[axis]
            images = torch.cat([images.narrow(axis, n - before, before), images, images.narrow(axis, 0, after)], axis)
        return images

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        (gradient,) = gradients
        before, after = ctx.ends
        for axis in (3, 2):
            n = gradient.shape[axis] - before - after
            inner = gradient.narrow(axis, before, n).clone()
            inner.narrow(axis, 0, after).add_(gradient.narrow(axis, before + n, after))
            inner.narrow(axis, n - before, before).add_(gradient.narrow(axis, 0, before))
            gradient = inner
        return gradient, None, None
