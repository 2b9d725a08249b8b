"""Differentiable Monte Carlo (paper dp, Algorithm 2): Metropolis with a logistic function in place of the decision.

Per colour: p = min(1, exp(-beta dE)) for the flip s' = -s, uniform noise r, q = 1 / (1 + exp(-alpha (p - r))), then
s <- q s' + (1 - q) s. Since q > 1/2 where p > r, alpha -> infinity gives Metropolis. Gradients of an objective pass
through p to the couplings, and through the neighbours to the spins of the colour before.

Where this departs from the letter of the paper:

- Line 8 prints alpha (p - 1), with which the r drawn in line 7 would never be used: p - r is meant.
- Line 6 prints p = exp(-beta dE), which overflows at low temperature; min(1, .) accepts the same flips.
- s' is detached. The proposal is a new state, not a function of the old one; where the spins themselves are
  optimised, differentiating s' = -s multiplies the gradient with 1 - 2q: it turns round at every accepted spin, and
  gradient steps then drive the energy up.
- Line 11 discretises after the sweep, so the second colour meets soft neighbours: that is not Metropolis, and its bias
  is not even monotone in alpha (`discretize="sweep"`). Discretising after each colour (`"color"`, the default) is exact
  Metropolis at any alpha, which then shapes the gradients only.
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

DISCRETIZE = ("color", "sweep", "none")


def refuse(model: Any) -> None:
    """Raise TypeError for a model other than Ising, ValueError where the lattice has no valid colouring."""
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
    """One sweep of Algorithm 2 (paper dp); returns the new spins and leaves the old ones as they are.

    spins: floating point [B, 1, *shape], +-1 or soft. temperatures: (B,) or a number, in J/k_B. alpha: steepness, > 0.
    noise: uniform float64 of the spins' shape, as `convolution.draw_noise`
    draws it; the same noise gives the same sweep, and with discretize="color" the same as `convolution.sweep`.
    coupling: as for `convolution.local_field`, may require gradients. The field is the model's.

    discretize: "color", spins become +-1 after each colour; "sweep", once at the end (line 11 read literally); "none",
    the relaxed map itself, which is smooth. Discretised spins carry the gradient of the soft ones (straight-through).

    Raises ValueError for T <= 0 or NaN, shapes that do not fit, alpha <= 0, an unknown discretize, and where `refuse`
    does; TypeError for spins that are not floating point.
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
