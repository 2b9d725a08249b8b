"""Energy minimisation of spin values by three methods (paper dp, section 'Optimization of the spin values', Fig. 9).

One step of each method, for a whole batch of disorder instances at once:

- "monte_carlo": a sweep of Metropolis (Algorithm 1) while the temperature falls linearly to zero;
- "gradient": soft spins in [-1, 1] move by -rate sign(dE/ds), the quantised gradient;
- "differentiable": Algorithm 2 while the temperature falls: a relaxed sweep (lines 1 to 9), then the relaxed spins
  move by -rate sign(dE/ds) (line 10, quantised), then they are discretised (line 11).

The methods are compared by the energy of the discrete spins sign(s), per spin, in units of |J|.

The paper does not fix the following; these are our choices. Work is counted in spin updates per spin: a sweep counts
one and a gradient step over the lattice counts one, so a step of "differentiable" counts two. The temperature falls
from `start_temperature`. A gradient is taken at the relaxed spins; `through_sweep` takes it instead with respect to the
spins before the sweep, through the sweep. With "gradient", a rate below 2 keeps spins soft between steps (they begin at
a random distance from zero); at a rate of 2 all unsatisfied spins flip at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from spinlib.models import Ising
from spinlib.samplers.chains.batch import require_free_spins
from spinlib.samplers.convolution.differentiable import relaxed_sweep
from spinlib.samplers.convolution.metropolis import draw_noise, local_field, sweep

UPDATES_PER_STEP = {"monte_carlo": 1, "gradient": 1, "differentiable": 2}
_RATE = {"monte_carlo": 0.0, "gradient": 0.1, "differentiable": 0.5}


@dataclass(frozen=True)
class Annealing:
    """The result of `anneal`: numpy arrays over records R and instances B.

    Attributes
    ----------
    updates : numpy.ndarray
        (R,): spin updates per spin so far, from 0.
    energy : numpy.ndarray
        (R, B): energy per spin of the discrete spins, in units of |J|.
    lowest : numpy.ndarray
        (B,): the lowest energy per spin among the records.
    spins : numpy.ndarray
        int8 (B, *shape): at the end.
    """

    updates: np.ndarray
    energy: np.ndarray
    lowest: np.ndarray
    spins: np.ndarray


def anneal(
    coupling: torch.Tensor | float,
    spins: torch.Tensor,
    method: str,
    n_updates: int,
    rng: torch.Generator,
    *,
    start_temperature: float = 3.0,
    alpha: float = 10.0,
    gradient_rate: float | None = None,
    through_sweep: bool = False,
    record_every: int = 1,
    boundary: str | Sequence[str] = "periodic",
    progress: bool = False,
) -> Annealing:
    """Minimise the energy of every batch member.

    Parameters
    ----------
    coupling : torch.Tensor or float
        (B, ndim, *shape), the bond from x to x + e_axis, or a number.
    spins : torch.Tensor
        (B, 1, *shape) of -1 and +1: the start, left as it is. Spins, coupling and `rng` are on one device.
    method : {"monte_carlo", "gradient", "differentiable"}
        See the module.
    n_updates : int
        Updates of each spin: a multiple of the method's updates per step, `UPDATES_PER_STEP`.
    rng : torch.Generator
        Of all random numbers.
    start_temperature : float
        From which the temperature falls linearly to zero, in units of |J|.
    alpha : float
        Steepness of the relaxed sweep.
    gradient_rate : float, optional
        By default 0.1 for "gradient" and 0.5 for "differentiable", where a rate above 1 would overrule the decisions of
        the sweep.
    through_sweep : bool
        Whether the gradient is taken through the sweep.
    record_every : int
        Steps between two records; the last step is always one.
    boundary : str or sequence of str
        As for `spinlib.models.Ising`.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Annealing
        The records.

    Raises
    ------
    ValueError
        For an unknown method, an n_updates that is not a positive multiple of the method's updates per step, and where
        the samplers do.

    Examples
    --------
    >>> import torch
    >>> from spinlib.optimization.annealing import anneal
    >>> rng = torch.Generator().manual_seed(1)
    >>> start = torch.randint(2, (5, 1, 6, 6), generator=rng).float() * 2 - 1
    >>> found = anneal(1.0, start, "monte_carlo", 200, rng, record_every=50)
    >>> found.updates.tolist(), found.lowest.tolist()
    ([0, 50, 100, 150, 200], [-2.0, -2.0, -2.0, -2.0, -2.0])
    """
    if method not in UPDATES_PER_STEP:
        raise ValueError(f"method {method!r}: allowed are {tuple(UPDATES_PER_STEP)}")
    per_step = UPDATES_PER_STEP[method]
    if n_updates < per_step or n_updates % per_step:
        raise ValueError(f"n_updates = {n_updates}: {method!r} needs a positive multiple of {per_step}")
    if record_every < 1:
        raise ValueError(f"record_every = {record_every}: it has to be at least 1")
    model = Ising(tuple(spins.shape[2:]), boundary=boundary)
    require_free_spins(model, "annealing")
    model.check(spins)
    n_steps = n_updates // per_step
    temperatures = start_temperature * (1.0 - np.arange(n_steps) / n_steps)
    rate = _RATE[method] if gradient_rate is None else gradient_rate
    start = spins.detach().float().clone()

    states: Iterator[torch.Tensor]
    if method == "monte_carlo":
        states = _monte_carlo(model, start, coupling, temperatures, rng)
    elif method == "gradient":
        states = _gradient(model, start, coupling, n_steps, rate, rng)
    else:
        states = _differentiable(model, start, coupling, temperatures, rate, rng, alpha, through_sweep)

    energy_of = _energy(model, start, coupling, whole_numbers=True)
    updates, energies, state = [0], [energy_of(start)], start
    for step, state in enumerate(tqdm(states, desc=method, total=n_steps, disable=not progress), start=1):
        if step % record_every == 0 or step == n_steps:
            updates.append(step * per_step)
            energies.append(energy_of(discretized(state)))
    energy = torch.stack(energies).cpu().numpy() / model.n_sites
    last = discretized(state)[:, 0].to(torch.int8).cpu().numpy()
    return Annealing(np.array(updates), energy, energy.min(axis=0), last)


def spin_glass_couplings(n: int, shape: Sequence[int], rng: torch.Generator) -> torch.Tensor:
    """Couplings of +1 and -1, with equal probability on every bond.

    Parameters
    ----------
    n : int
        Instances of the disorder.
    shape : sequence of int
        Of the lattice.
    rng : torch.Generator
        The couplings are on its device.

    Returns
    -------
    torch.Tensor
        float32 (n, ndim, *shape).

    Examples
    --------
    >>> import torch
    >>> from spinlib.optimization.annealing import spin_glass_couplings
    >>> spin_glass_couplings(3, (4, 4), torch.Generator().manual_seed(1)).shape
    torch.Size([3, 2, 4, 4])
    """
    bits = torch.randint(2, (n, len(shape), *shape), generator=rng, device=rng.device)
    return bits.float() * 2.0 - 1.0


def discretized(spins: torch.Tensor) -> torch.Tensor:
    """-1 where s < 0, else +1 (paper dp, Eq. 4, which leaves s = 0 open).

    Parameters
    ----------
    spins : torch.Tensor
        Any numbers.

    Returns
    -------
    torch.Tensor
        float32, of the same shape.

    Examples
    --------
    >>> import torch
    >>> from spinlib.optimization.annealing import discretized
    >>> discretized(torch.tensor([-0.2, 0.0, 0.7])).tolist()
    [-1.0, 1.0, 1.0]
    """
    return torch.where(spins < 0, -1.0, 1.0)


def _monte_carlo(
    model: Ising, spins: torch.Tensor, coupling: Any, temperatures: np.ndarray, rng: torch.Generator
) -> Iterator[torch.Tensor]:
    state = spins.clone()
    for temperature in temperatures:
        sweep(model, state, temperature, rng, 1, coupling=coupling)
        yield state


def _gradient(
    model: Ising, spins: torch.Tensor, coupling: Any, n_steps: int, rate: float, rng: torch.Generator
) -> Iterator[torch.Tensor]:
    energy_of = _energy(model, spins, coupling)
    soft = spins * torch.rand(spins.shape, generator=rng, device=spins.device) if rate < 2.0 else spins
    for _ in range(n_steps):
        variables = soft.requires_grad_()
        step = rate * _quantized_gradient(energy_of(variables), variables)
        soft = (soft.detach() - step).clamp(-1.0, 1.0)
        yield soft


def _differentiable(
    model: Ising,
    spins: torch.Tensor,
    coupling: Any,
    temperatures: np.ndarray,
    rate: float,
    rng: torch.Generator,
    alpha: float,
    through_sweep: bool,
) -> Iterator[torch.Tensor]:
    energy_of = _energy(model, spins, coupling)
    for temperature in temperatures:
        noise = draw_noise(spins, rng)
        spins.requires_grad_(through_sweep)
        moved = relaxed_sweep(model, spins, temperature, alpha, noise, coupling=coupling, discretize="none")
        variables = spins if through_sweep else moved.requires_grad_()
        step = rate * _quantized_gradient(energy_of(moved), variables)
        spins = discretized(moved.detach() - step)
        yield spins


def _energy(
    model: Ising, spins: torch.Tensor, coupling: Any, whole_numbers: bool = False
) -> Callable[[torch.Tensor], torch.Tensor]:
    """A function of spins [B, 1, *shape], soft or +-1, that returns -1/2 sum_i s_i sum_j J_ij s_j, of shape (B,)."""
    field_of = local_field(model, spins, coupling, whole_numbers)
    return lambda state: -0.5 * (state * field_of(state)).flatten(1).sum(dim=1)


def _quantized_gradient(energies: torch.Tensor, variables: torch.Tensor) -> torch.Tensor:
    """The sign of dE/ds: -1, 0 or 1, since spins are discrete (paper dp: 'the quantization of gradients')."""
    (gradient,) = torch.autograd.grad(energies.sum(), variables)
    return gradient.sign()
