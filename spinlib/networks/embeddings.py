"""Diffusion times and temperatures as vectors that condition a network (paper fid, Sec. 2.3 and Fig. 1d)."""

from __future__ import annotations

import torch
from torch import nn

from spinlib.arguments import at_least

# Where, and over which width, functions of the temperature change: at the transition of the infinite lattice, and above
# it. With the first alone, energies of a network with a likelihood were off by 2 % above the transition.
STEPS = ((2.27, 0.15), (2.8, 0.4))
N_FUNCTIONS = 2 + len(STEPS)


def sinusoidal(times: torch.Tensor, dimension: int) -> torch.Tensor:
    """Times as sines and cosines of many periods, in turn.

    Parameters
    ----------
    times : torch.Tensor
        (B,), steps of diffusion.
    dimension : int
        d, even.

    Returns
    -------
    torch.Tensor
        (B, d), where the elements 2 i and 2 i + 1 are sin and cos of t / 10000^(2 i / d).

    Raises
    ------
    ValueError
        For a dimension that is odd or below 2.

    References
    ----------
    Paper fid, Eq. 7; A. Vaswani et al., arXiv:1706.03762.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.embeddings import sinusoidal
    >>> sinusoidal(torch.tensor([0, 1]), 4).numpy().round(3).tolist()
    [[0.0, 1.0, 0.0, 1.0], [0.8410000205039978, 0.5400000214576721, 0.009999999776482582, 1.0]]
    """
    if dimension < 2 or dimension % 2:
        raise ValueError(f"dimension {dimension}: an even number from 2 on is needed")
    exponents = torch.arange(0, dimension, 2, device=times.device) / dimension
    phases = times.to(torch.get_default_dtype())[:, None] / 10_000.0**exponents
    return torch.stack([phases.sin(), phases.cos()], dim=2).flatten(1)


def temperature_functions(temperatures: torch.Tensor) -> torch.Tensor:
    """Functions of the temperature that are of order 1: of 1/T, of T, and two smooth steps.

    Parameters
    ----------
    temperatures : torch.Tensor
        (B,), in J / k_B.

    Returns
    -------
    torch.Tensor
        (B, 4): 4/T - 2, T - 2.5 and tanh((T - where) / width) of the `STEPS`. The choice is ours.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.embeddings import temperature_functions
    >>> temperature_functions(torch.tensor([2.0, 2.5]).double())[:, :2].numpy().round(2).tolist()
    [[0.0, -0.5], [-0.4, 0.0]]
    """
    changing = [torch.tanh((temperatures - center) / width) for center, width in STEPS]
    return torch.stack([4.0 / temperatures - 2.0, temperatures - 2.5, *changing], dim=1)


class TemperatureEmbedding(nn.Module):
    """Temperatures (B,), in J / k_B, to vectors (B, dimension): two linear layers, each with a ReLU behind it.

    Parameters
    ----------
    dimension : int
        Of the vector and of the hidden layer.

    Raises
    ------
    ValueError
        For a dimension below 1, and temperatures of another shape.

    References
    ----------
    Paper fid, Sec. 2.3: "two linear layers of dimensions (1 -> d -> d) followed by rectified linear unit activations".

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.embeddings import TemperatureEmbedding
    >>> TemperatureEmbedding(8)(torch.tensor([1.6, 3.4])).shape
    torch.Size([2, 8])
    """

    def __init__(self, dimension: int) -> None:
        super().__init__()
        size = at_least(1, "dimension", dimension)
        self.layers = nn.Sequential(nn.Linear(1, size), nn.ReLU(), nn.Linear(size, size), nn.ReLU())

    def forward(self, temperatures: torch.Tensor) -> torch.Tensor:
        if temperatures.ndim != 1:
            raise ValueError(f"temperatures of shape {tuple(temperatures.shape)}: one for each configuration is needed")
        return self.layers(temperatures[:, None].to(next(self.parameters())))
