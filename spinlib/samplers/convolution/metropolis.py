"""Metropolis by convolution, one colour at a time (paper dp, Algorithm 1), on any torch device.

Spins are tensors [B, C = 1, *shape], one lattice per batch member, each with its own temperature. For every
colour of the lattice: the neighbours of all sites by convolution, the energy change of the proposed states, and
acceptance with probability p = exp(-beta dE) on the sites of that colour. This is the paper's algorithm, and the
default of `sweep`. Its order is fixed and it accepts every dE <= 0, so it is not ergodic: on chains, on small, diluted
or triangular lattices and at very high temperatures some states are never reached, and averages are wrong. With skip =
SKIP, `sweep` sometimes leaves out a site and samples the Boltzmann distribution. `spinlib.sample` uses this, and so
does `spinlib.samplers.single_spin.metropolis`, the same algorithm, many times faster on a CPU.

Each batch member has its own proposals and acceptance noise. The authors' public code draws one noise field and shares
it over the batch, which correlates the members. Near the critical temperature, flip proposals then drive a batch of one
temperature into a single configuration, up to its sign. With random proposals, as in that code, an average over the
batch has a far larger error than the spread of its members shows.

Noise is float64: a float32 uniform has 24 bits, is zero once in 2^24 draws, and would accept exp(-8/T) far too
often at low temperature.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from spinlib.lattice import Lattice
from spinlib.models import Ising, Potts
from spinlib.neighborhoods import half_of_offsets
from spinlib.samplers.chains import batch
from spinlib.samplers.chains.measure import bond_table_bytes
from spinlib.samplers.convolution.ensemble import Tensors
from spinlib.samplers.convolution.kernels import NeighborConvolution, neighbor_convolution, stencil

PROPOSALS = ("other", "random")
# The probability of leaving out a site that makes the method ergodic.
SKIP = 1 / 256
_OUTSIDE = -1.0  # stands for sites beyond a free end: not a Potts state

BURN_IN = 1_000
TAKES_DEVICE = True


def refuse(model: Any) -> None:
    """Refuse a model that this method does not sample.

    Parameters
    ----------
    model : object
        What is to be sampled.

    Raises
    ------
    TypeError
        For a model other than Ising and Potts, and for a subclass with a Hamiltonian of its own.
    ValueError
        Where the lattice has no valid colouring.

    Examples
    --------
    >>> from spinlib.models import XY
    >>> from spinlib.samplers import convolution
    >>> convolution.refuse(XY((4, 4)))
    Traceback (most recent call last):
    TypeError: XY: the convolution method is for Ising and Potts
    """
    batch.require_spin_model(model, "the convolution method")
    _ = model.lattice.coloring  # raises where there is none


def sweep(
    model: Ising | Potts,
    spins: torch.Tensor,
    temperatures: Any,
    rng: torch.Generator,
    n: int,
    *,
    proposal: str = "other",
    coupling: torch.Tensor | None = None,
    skip: float = 0.0,
) -> None:
    """Sweep every batch member `n` times in place, by Algorithm 1 of paper dp.

    One sweep proposes to each site once, colour by colour.

    Parameters
    ----------
    model : Ising or Potts
        A model that `refuse` lets pass.
    spins : torch.Tensor
        [B, 1, *shape] in the model's values, of any integer or floating-point dtype (float32 spares a copy).
    temperatures : float or array_like
        One number, or (B,), in J / k_B.
    rng : torch.Generator
        On the spins' device.
    n : int
        Number of sweeps.
    proposal : {"other", "random"}
        "other" is a state other than the present one (Ising: the flip; Potts: one of q - 1 at random). "random" is any
        state, as in the authors' public code; half of the Ising proposals then change nothing.
    coupling : torch.Tensor, optional
        For Ising, in place of the model's own; see `local_field`.
    skip : float
        The probability with which a site is left out: 0 as in the paper, or SKIP for a chain that is ergodic.

    Raises
    ------
    TypeError
        Where `refuse` does.
    ValueError
        Where `refuse` does; for temperatures that are not positive and finite, shapes that do not fit, spins that are
        not the model's, an unknown proposal, n < 0, and a skip outside of [0, 1).

    References
    ----------
    Paper dp, Algorithm 1.

    Examples
    --------
    >>> import torch
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import convolution
    >>> spins, rng = torch.ones(2, 1, 8, 8), torch.Generator().manual_seed(1)
    >>> convolution.sweep(Ising((8, 8)), spins, [0.1, 10.0], rng, 10)
    >>> bool(torch.all(spins[0] == 1)), bool(torch.all(spins[1] == 1))  # far below the critical temperature, and above
    (True, False)
    """
    refuse(model)
    beta = inverse_temperatures(temperatures, spins, model.lattice)
    model.check(spins)
    if n < 0:
        raise ValueError(f"n = {n} sweeps: it cannot be negative")
    if proposal not in PROPOSALS:
        raise ValueError(f"proposal {proposal!r}: allowed are {PROPOSALS}")
    if coupling is not None and model.n_labels:
        raise ValueError("coupling: only for Ising")
    if not 0.0 <= skip < 1.0:
        raise ValueError(f"skip {skip}: has to be a probability below 1")
    with torch.no_grad():
        state = spins if spins.dtype == torch.float32 else spins.to(torch.float32)
        if isinstance(model, Ising):
            _sweep_ising(model, state, beta, rng, n, proposal, coupling, skip)
        else:
            _sweep_potts(model, state, beta, rng, n, proposal, skip)
        if state is not spins:
            spins.copy_(state)


def ensemble(
    model: Ising | Potts, spins: np.ndarray, temperatures: np.ndarray, seed: int, keys: Sequence[bytes], device: str
) -> Tensors:
    """Chains as one tensor on the device; sites are left out at random, because the method is ergodic only then."""
    return Tensors(functools.partial(sweep, skip=SKIP), model, spins, temperatures, seed, keys, device)


def chains_together(model: Ising | Potts, n_chains: int) -> int:
    """All chains: the members of a batch are updated together, with one stream."""
    return n_chains


def working_bytes(model: Ising | Potts) -> int:
    """Memory in bytes of a sweep of one chain beside its int8 spins: tensors of noise, fields and changes.

    Parameters
    ----------
    model : Ising or Potts
        A model that `refuse` lets pass.

    Returns
    -------
    int
        Bytes.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import convolution
    >>> convolution.working_bytes(Ising((64, 64))) > 12 * 64 * 64  # spins and noise at least
    True
    """
    z = model.lattice.coordination
    spins, noise, grid = 4, 8, 4 * math.prod(stencil(model.lattice.neighborhood, model.lattice.ndim).stretch)
    if isinstance(model, Potts):
        # The neighbours' states, as the convolution makes them and in the order of the lattice, and the proposed one.
        return (spins + noise + grid + 4 + 8 * z) * model.n_sites
    if model.direction_couplings is None or model.coupling_values.size > 1:
        # A map for each neighbour, float32 and float64, and one coupling per bond as float64.
        return (spins + noise + grid + 12 * z + 8) * model.n_sites
    return (spins + noise + grid + 12) * model.n_sites


def table_bytes(model: Ising | Potts) -> int:
    """Memory in bytes of the tables of a model: the colouring, its masks, a kind per site, couplings of bonds.

    Parameters
    ----------
    model : Ising or Potts
        A model that `refuse` lets pass.

    Returns
    -------
    int
        Bytes.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import convolution
    >>> convolution.table_bytes(Ising((64, 64))) // 64**2  # bytes per site
    4
    """
    per_bond = model.direction_couplings is None
    bonds = bond_table_bytes(model) + 8 * model.lattice.coordination * model.n_sites if per_bond else 0
    return (2 + model.lattice.n_colors) * model.n_sites + bonds


def _sweep_ising(
    model: Ising,
    spins: torch.Tensor,
    beta: torch.Tensor,
    rng: torch.Generator,
    n: int,
    proposal: str,
    coupling: torch.Tensor | None,
    skip: float,
) -> None:
    field_of = local_field(model, spins, coupling, whole_numbers=True)
    for _ in range(n):
        noise = draw_noise(spins, rng)
        tried = None
        if proposal == "random":
            tried = torch.randint(2, spins.shape, generator=rng, device=spins.device).bool()
        for color in color_masks(model.lattice, spins.device):
            # No variable holds it, so that its memory is free before the next one is made.
            accept = noise < _flip_probability(field_of(spins).mul_(spins).mul_(2.0), beta, skip)
            accept &= color if tried is None else color & tried
            spins.copy_(torch.where(accept, -spins, spins))


def _sweep_potts(
    model: Potts, states: torch.Tensor, beta: torch.Tensor, rng: torch.Generator, n: int, proposal: str, skip: float
) -> None:
    """Line 3 of Algorithm 1 for Potts: the neighbours' states are compared with the site's old and new one."""
    neighbors = _convolution(model.lattice, states, split=True)
    for _ in range(n):
        noise = draw_noise(states, rng)
        first = 1 if proposal == "other" else 0
        # eight bytes per number, freed at once
        shift = torch.randint(first, model.q, states.shape, generator=rng, device=states.device).to(states.dtype)
        proposed = shift.add_(states).remainder_(model.q)
        for color in color_masks(model.lattice, states.device):
            around = neighbors(states, _OUTSIDE).round_()
            lost = _count_like(around, states).sub_(_count_like(around, proposed))
            del around
            change = lost.double().mul_(model.coupling)
            if model.field:
                change += model.field * ((states == 0).double() - (proposed == 0).double())
            accept = noise < _flip_probability(change, beta, skip)
            accept &= color
            states.copy_(torch.where(accept, proposed, states))
            del lost, change


def local_field(
    model: Ising, spins: torch.Tensor, coupling: torch.Tensor | None = None, whole_numbers: bool = False
) -> Callable[[torch.Tensor], torch.Tensor]:
    """A function of spins that returns sum_j J_ij s_j + B_i by convolution.

    Gradients pass to the couplings and to the spins. One number needs one convolution with the neighbourhood's kernel;
    couplings that differ need a kernel per neighbour, whose map is multiplied with the coupling in that direction or of
    that bond.

    Parameters
    ----------
    model : Ising
        The lattice, the field and, by default, the couplings.
    spins : torch.Tensor
        [B, 1, *shape], an example of the spins that the function will be called with: batch, dtype and device.
    coupling : torch.Tensor, optional
        A number, (ndim, *shape) or, one per batch member, (B, ndim, *shape): the bond from x to x + e_axis.
    whole_numbers : bool
        Spins are +-1; sums are then rounded, and the result is float64.

    Returns
    -------
    callable
        Of spins [B, 1, *shape]; the result has the same shape, in units of J.

    Raises
    ------
    ValueError
        For couplings of another shape, and for one coupling per bond with a neighbourhood other than "nearest".

    Examples
    --------
    >>> import torch
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import convolution
    >>> spins = torch.ones(1, 1, 4, 4)
    >>> bool(torch.all(convolution.local_field(Ising((4, 4), field=0.5), spins)(spins) == 4.5))
    True
    """
    dtype = torch.float64 if whole_numbers else spins.dtype
    by_direction = coupling is None and model.direction_couplings is not None and model.coupling_values.size > 1
    if coupling is None and not by_direction:  # a copy, because the model's array is read-only
        coupling = torch.tensor(model.coupling if model.direction_couplings is None else model.coupling_values[0])
    strength = None if by_direction else torch.as_tensor(coupling).to(spins.device, dtype)
    split = strength is None or strength.ndim > 0
    neighbors = _convolution(model.lattice, spins, split=split)
    if strength is None:
        maps = _direction_maps(model, neighbors).to(spins.device, dtype)
    else:
        maps = _coupling_maps(strength, model.lattice, len(spins), neighbors) if split else strength

    def field_of(state: torch.Tensor) -> torch.Tensor:
        around = neighbors(state)
        if whole_numbers:
            around = around.round_().double()
        # Rounding makes a new array.
        weighted = around.mul_(maps) if whole_numbers else around * maps
        field = weighted.sum(1, keepdim=True) if split else weighted
        return field + model.field if model.field else field

    return field_of


def inverse_temperatures(temperatures: Any, spins: torch.Tensor, lattice: Lattice) -> torch.Tensor:
    """1/T, broadcastable with the spins, after checking shapes and T > 0.

    Parameters
    ----------
    temperatures : float or array_like
        One number, or (B,), in J / k_B.
    spins : torch.Tensor
        [B, 1, *shape].
    lattice : Lattice
        Of the spins.

    Returns
    -------
    torch.Tensor
        float64 [B, 1, ...].

    Raises
    ------
    ValueError
        For shapes that do not fit, and temperatures that are not positive and finite.
    """
    if spins.ndim != 2 + lattice.ndim or spins.shape[1] != 1 or tuple(spins.shape[2:]) != lattice.shape:
        raise ValueError(f"spins of shape {tuple(spins.shape)}: needed is (B, 1, {', '.join(map(str, lattice.shape))})")
    values = torch.as_tensor(temperatures, dtype=torch.float64, device=spins.device)
    if values.ndim > 1 or values.numel() not in (1, len(spins)):
        raise ValueError(f"temperatures of shape {tuple(values.shape)}: needed is a number or ({len(spins)},)")
    wrong = values[~((values > 0) & torch.isfinite(values))]
    if wrong.numel():
        raise ValueError(f"temperature {wrong[0].item()}: it has to be positive and finite")
    return (1.0 / values).reshape(-1, *(1,) * (spins.ndim - 1))


def acceptance_probability(energy_change: torch.Tensor, beta: torch.Tensor) -> torch.Tensor:
    """p = min(1, exp(-beta dE)) of a change of energy; the bare exponential and its gradient overflow at low
    temperature.

    Parameters
    ----------
    energy_change : torch.Tensor
        dE, of any shape.
    beta : torch.Tensor
        1/T, broadcastable with it.

    Returns
    -------
    torch.Tensor
        Probabilities of that shape.
    """
    return (-beta * energy_change.clamp(min=0.0)).exp_()


def _flip_probability(energy_change: torch.Tensor, beta: torch.Tensor, skip: float) -> torch.Tensor:
    """The probability that a site is not left out and its change is accepted: one random number decides both.

    Overwrites energy_change, a float64 tensor of all sites, with the result, which saves memory.
    """
    probability = energy_change.clamp_(min=0.0).mul_(-beta).exp_()
    return probability.mul_(1.0 - skip) if skip else probability


def draw_noise(spins: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    """Uniform numbers in [0, 1), one for every site of every batch member: the noise of one sweep.

    Parameters
    ----------
    spins : torch.Tensor
        The noise has their shape and device.
    rng : torch.Generator
        On that device.

    Returns
    -------
    torch.Tensor
        float64.

    Examples
    --------
    >>> import torch
    >>> from spinlib.samplers import convolution
    >>> noise = convolution.draw_noise(torch.ones(2, 1, 8, 8), torch.Generator().manual_seed(1))
    >>> noise.shape, noise.dtype
    (torch.Size([2, 1, 8, 8]), torch.float64)
    """
    return torch.rand(spins.shape, generator=rng, dtype=torch.float64, device=spins.device)


@functools.lru_cache(maxsize=32)
def color_masks(lattice: Lattice, device: torch.device) -> tuple[torch.Tensor, ...]:
    """A mask of `lattice.shape` for each colour (paper dp, Fig. 1). Raises ValueError where there is no colouring."""
    coloring = torch.tensor(np.asarray(lattice.coloring), device=device)
    return tuple(coloring == color for color in range(lattice.n_colors))


def _convolution(lattice: Lattice, spins: torch.Tensor, split: bool) -> NeighborConvolution:
    return neighbor_convolution(lattice, split, spins.device, spins.dtype)


def _count_like(around: torch.Tensor, states: torch.Tensor) -> torch.Tensor:
    """How many of the neighbours [B, z, *shape] equal the site, int8 [B, 1, *shape] (z is at most 124)."""
    # Adding one map after the other is many times faster than a sum over the axis of the maps.
    like = [(neighbor == states).view(torch.int8) for neighbor in around.split(1, dim=1)]
    return functools.reduce(torch.Tensor.add_, like)


def _direction_maps(model: Ising, neighbors: NeighborConvolution) -> torch.Tensor:
    """For each one-neighbour kernel the coupling of its direction, float64 [z, 1, ...].

    The kernels' offsets are steps of the lattice, since only lattices without null spins have couplings that differ.
    """
    half = list(half_of_offsets(model.lattice.neighborhood, model.lattice.ndim))
    steps = [offset for shift in half for offset in (shift, tuple(-component for component in shift))]
    given: Any = model.direction_couplings
    values = [given[steps.index(tuple(offset))] for offset in neighbors.stencil.offsets.tolist()]
    return torch.tensor(values, dtype=torch.float64).reshape(-1, *(1,) * model.lattice.ndim)


def _coupling_maps(
    coupling: torch.Tensor, lattice: Lattice, batch: int, neighbors: NeighborConvolution
) -> torch.Tensor:
    """For each one-neighbour kernel the couplings of its bonds, [..., z, *shape]."""
    shape = (lattice.ndim, *lattice.shape)
    if lattice.neighborhood != "nearest":
        raise ValueError(f"one coupling per bond with neighborhood {lattice.neighborhood!r}: only 'nearest' has it")
    if tuple(coupling.shape) not in (shape, (batch, *shape)):
        raise ValueError(f"coupling of shape {tuple(coupling.shape)}: needed is {shape} or {(batch, *shape)}")
    maps = []
    for offset in neighbors.stencil.offsets:
        axis = int(np.flatnonzero(offset)[0])
        bonds = coupling.select(-len(shape), axis)
        # The bond to the neighbour behind belongs to that neighbour.
        maps.append(bonds if offset[axis] > 0 else bonds.roll(1, dims=axis - lattice.ndim))
    return torch.stack(maps, dim=-len(shape))
