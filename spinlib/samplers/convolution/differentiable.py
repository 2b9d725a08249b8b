"""Differentiable Monte Carlo (paper dp, Algorithm 2): Metropolis with a logistic function in place of the decision.

Per colour: p = min(1, exp(-beta dE)) for the flip s' = -s, uniform noise r, q = 1 / (1 + exp(-alpha (p - r))), then
s <- q s' + (1 - q) s. Since q > 1/2 where p > r, alpha -> infinity gives Metropolis. Gradients of an objective pass
through p to the couplings, and through the neighbours to the spins of the colour before.

Differences from the text of the paper:

- Line 8 reads alpha (p - 1) in the text that we have, which would never use the r of line 7. It must mean p - r.
- Line 6 prints p = exp(-beta dE), which overflows at low temperature; min(1, .) accepts the same flips.
- s' is detached, because the proposal is a new state, not a function of the old one. Where the spins themselves are
  optimised, differentiating s' = -s would multiply the gradient by 1 - 2q. This reverses it at every accepted spin, and
  gradient steps would drive the energy up.
- Line 11 discretises after the sweep, so the second colour sees soft neighbours (`discretize="sweep"`). This is not
  Metropolis, and its bias is not even monotone in alpha. Discretising after each colour (`"color"`, the default) is
  exact Metropolis at any alpha, which then shapes the gradients only.
"""

from __future__ import annotations

import math
from typing import Any

import torch

from spinlib.models import Ising
from spinlib.samplers.chains import batch
from spinlib.samplers.convolution.metropolis import (
    acceptance_probability,
    color_masks,
    inverse_temperatures,
    local_field,
)

__all__ = ["DISCRETIZE", "refuse", "relaxed_sweep"]

DISCRETIZE = ("color", "sweep", "none")


def refuse(model: Any) -> None:
    """Refuse a model that this method does not sample.

    Parameters
    ----------
    model : object
        What is to be sampled.

    Raises
    ------
    TypeError
        For a model other than Ising, and for a subclass with a Hamiltonian of its own.
    ValueError
        Where the lattice has no valid colouring.

    Examples
    --------
    >>> from spinlib.models import Potts
    >>> from spinlib.samplers import differentiable
    >>> differentiable.refuse(Potts((4, 4), q=3))
    Traceback (most recent call last):
    TypeError: Potts: Algorithm 2 is for Ising
    """
    batch.require_kind(model, ("Ising",), "Algorithm 2")
    _ = model.lattice.coloring  # raises where there is none


def relaxed_sweep(
    model: Ising,
    spins: torch.Tensor,
    temperatures: Any,
    alpha: float,
    noise: torch.Tensor,
    *,
    coupling: torch.Tensor | None = None,
    discretize: str = "color",
) -> torch.Tensor:
    """Sweep once by Algorithm 2 of paper dp, and leave the old spins as they are.

    Parameters
    ----------
    model : Ising
        A model that `refuse` lets pass; the field is always its own.
    spins : torch.Tensor
        Floating point [B, 1, *shape], +-1 or soft.
    temperatures : float or array_like
        One number, or (B,), in J / k_B.
    alpha : float
        Steepness of the logistic function, > 0.
    noise : torch.Tensor
        Uniform float64 of the spins' shape, as `convolution.draw_noise` draws it. The same noise gives the same sweep,
        and with discretize="color" the same as `convolution.sweep`.
    coupling : torch.Tensor, optional
        As for `convolution.local_field`; may require gradients.
    discretize : {"color", "sweep", "none"}
        "color": spins become +-1 after each colour. "sweep": once at the end (line 11 read literally). "none": the
        relaxed map itself, which is smooth. Discretised spins carry the gradient of the soft ones (straight-through).

    Returns
    -------
    torch.Tensor
        The new spins, [B, 1, *shape].

    Raises
    ------
    TypeError
        For spins that are not floating point, and where `refuse` does.
    ValueError
        For temperatures that are not positive and finite, shapes that do not fit, alpha <= 0, an unknown discretize,
        and where `refuse` does.

    References
    ----------
    Paper dp, Algorithm 2.

    Examples
    --------
    >>> import torch
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import convolution, differentiable
    >>> model, spins, rng = Ising((8, 8)), torch.ones(1, 1, 8, 8), torch.Generator().manual_seed(1)
    >>> coupling = torch.tensor(1.0, requires_grad=True)
    >>> noise = convolution.draw_noise(spins, rng)
    >>> new = differentiable.relaxed_sweep(model, spins, 3.0, 10.0, noise, coupling=coupling)
    >>> new.sum().backward()
    >>> bool(coupling.grad > 0)  # a stronger coupling leaves more spins up
    True
    """
    refuse(model)
    beta = inverse_temperatures(temperatures, spins, model.lattice)
    if not spins.is_floating_point():
        raise TypeError(f"spins of dtype {spins.dtype}: soft spins are floating-point numbers")
    if noise.shape != spins.shape:
        raise ValueError(f"noise of shape {tuple(noise.shape)}: spins have {tuple(spins.shape)}")
    if not 0 < alpha < math.inf:
        raise ValueError(f"alpha = {alpha}: it has to be positive and finite")
    if discretize not in DISCRETIZE:
        raise ValueError(f"discretize {discretize!r}: allowed are {DISCRETIZE}")
    field_of = local_field(model, spins, coupling)
    accepted = torch.zeros_like(spins, dtype=torch.bool)
    start = spins
    for color in color_masks(model.lattice, spins.device):
        proposed = -spins.detach()
        change = (spins - proposed) * field_of(spins)
        excess = acceptance_probability(change.to(noise.dtype), beta) - noise
        weight = torch.sigmoid(alpha * excess).to(spins.dtype)
        relaxed = weight * proposed + (1.0 - weight) * spins
        if discretize == "color":
            relaxed = _straight_through(relaxed, torch.where(excess > 0, proposed, spins))
        spins = torch.where(color, relaxed, spins)
        accepted |= color & (excess > 0)
    if discretize == "sweep":
        spins = _straight_through(spins, torch.where(accepted, -start, start))
    return spins


def _straight_through(soft: torch.Tensor, hard: torch.Tensor) -> torch.Tensor:
    """The values of `hard` with the gradient of `soft`."""
    return hard.detach() + (soft - soft.detach())
