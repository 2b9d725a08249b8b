"""What the network of a diffusion model says of the noise in configurations; training and sampling ask it alike."""

from __future__ import annotations

import torch

from spinlib.learning.noise_schedule import NoiseSchedule
from spinlib.networks.unet import ConditionalUNet

__all__ = ["predicted"]


def predicted(
    network: ConditionalUNet,
    noisy: torch.Tensor,
    times: torch.Tensor,
    temperatures: torch.Tensor,
    schedule: NoiseSchedule,
    *,
    from_input: bool = False,
) -> torch.Tensor:
    """The noise in configurations, as the network has it.

    Parameters
    ----------
    network : ConditionalUNet
        The network.
    noisy : torch.Tensor
        (B, *shape).
    temperatures, times : torch.Tensor
        (B,): in J / k_B, and steps from 1 on.
    schedule : NoiseSchedule
        Of the noise.
    from_input : bool
        Whether the network's output F is added to the best guess that is linear in the input x, for spins without
        correlations: sqrt(1 - a) x + sqrt(a) F. After many steps x is nearly all noise, and F has little to say; the
        output itself would have to repeat x, its size included, which group norm hides from it.

    Returns
    -------
    torch.Tensor
        (B, *shape).

    References
    ----------
    T. Salimans and J. Ho, arXiv:2202.00512, Sec. 4: F is minus their v.

    Examples
    --------
    >>> import torch
    >>> from spinlib.learning.noise_prediction import predicted
    >>> from spinlib.learning.noise_schedule import NoiseSchedule
    >>> from spinlib.networks.unet import ConditionalUNet
    >>> network, noisy = ConditionalUNet((8, 8), widths=(4, 4, 4, 4), embedding=4), torch.randn(1, 8, 8)
    >>> given = network, noisy, torch.tensor([1000]), torch.ones(1), NoiseSchedule()
    >>> bool((predicted(*given, from_input=True) - noisy).abs().max() < 0.1)
    True
    """
    output = network(noisy, times, temperatures)
    if not from_input:
        return output
    share = schedule.kept.to(times.device)[times - 1].view(-1, *(1,) * (noisy.ndim - 1))
    return (1.0 - share).sqrt().to(noisy) * noisy + share.sqrt().to(noisy) * output
