"""Inputs that a channel of a network responds to most (paper dnn, Sec. IV A 8; Erhan et al., technical report 1341,
Univ. de Montreal (2009))."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch


def maximizing_inputs(
    outputs: Callable[[torch.Tensor], torch.Tensor],
    channels: Sequence[int],
    shape: Sequence[int],
    rng: torch.Generator,
    *,
    steps: int = 15,
    rate: float = 0.1,
    noise: float = 0.01,
) -> torch.Tensor:
    """The signs of an input that maximises a channel of a network, for each of some channels.

    Gradient ascent in [-1, 1] starts from Gaussian noise. Each step has the same size in every component whose
    derivative is not zero, because derivatives of small weights differ by orders of magnitude. After a ReLU the
    derivative vanishes where the output does: a channel that is inactive for the noise keeps the signs of the noise.

    Parameters
    ----------
    outputs : callable
        Of inputs (B, *shape): outputs (B, all channels, ...), differentiable; a channel's outputs are summed.
    channels : sequence of int
        Which ones.
    shape : sequence of int
        Of an input.
    rng : torch.Generator
        Of the noise.
    steps : int
        How many.
    rate : float
        Their size.
    noise : float
        Standard deviation of the noise.

    Returns
    -------
    torch.Tensor
        float32 (channel, *shape) of -1.0 and +1.0.

    Raises
    ------
    ValueError
        For steps, rate or noise that are not positive, and for steps that do not lead to 1.

    References
    ----------
    .. [1] D. Erhan, Y. Bengio, A. Courville and P. Vincent, technical report 1341, Univ. de Montreal (2009).

    Examples
    --------
    >>> import torch
    >>> from spinlib.evaluation.maximizing_inputs import maximizing_inputs
    >>> weights = torch.tensor([[1.0, -2.0, 0.5], [-1.0, 1.0, 3.0]])
    >>> maximizing_inputs(lambda inputs: inputs @ weights.T, [0, 1], (3,), torch.Generator().manual_seed(1)).tolist()
    [[1.0, -1.0, 1.0], [-1.0, 1.0, 1.0]]
    """
    if not (steps > 0 and rate > 0 and noise > 0):
        raise ValueError(f"steps {steps}, rate {rate} and noise {noise}: all have to be positive")
    if steps * rate < 1:
        raise ValueError(f"{steps} steps of {rate} do not lead to 1: more or longer ones are needed")
    inputs = noise * torch.randn((len(channels), *shape), generator=rng)
    rows, chosen = torch.arange(len(channels)), torch.as_tensor(channels)
    for _ in range(steps):
        inputs.requires_grad_(True)
        (slope,) = torch.autograd.grad(outputs(inputs)[rows, chosen].sum(), inputs)
        inputs = (inputs.detach() + rate * slope.sign()).clamp(-1.0, 1.0)
    return torch.where(inputs < 0, -1.0, 1.0)
