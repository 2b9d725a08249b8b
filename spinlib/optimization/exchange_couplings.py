"""Learning exchange couplings with which a target pattern forms (paper dp, section 'Optimization of the exchange
parameters', Eq. 8, Figs. 7 and 8).

Each step is one sweep of differentiable Monte Carlo (Algorithm 2); the loss is the squared distance of the spins
from the target, here per spin:

    L = 1/N sum_i (s_i - target_i)^2,

which is 2 (1 - overlap) for +-1 spins, so 2 on average for spins that are independent of the target. (The paper's L,
and its gradients, are N times larger if its norm is the plain sum.) Adam then moves every coupling J_ij. Only J / T and
rate / T matter. The paper does not give its scale of J, without which its temperatures mean little.

The paper leaves open lattice, alpha, initial couplings, and from which spins each step starts. Ours are marked below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from spinlib.models import Ising
from spinlib.optimization.annealing import discretized
from spinlib.samplers.chains.batch import require_free_spins
from spinlib.samplers.convolution.differentiable import relaxed_sweep
from spinlib.samplers.convolution.metropolis import draw_noise, sweep
from spinlib.samplers.random import torch_generator

# Our choices. "persistent": the chain goes on from step to step, and all couplings begin at 0.3. "restart": each step
# begins at the same random spins, and couplings begin uniform in (0, 1).
INITIAL_COUPLING = {"persistent": (0.3, 0.3), "restart": (0.0, 1.0)}


@dataclass(frozen=True)
class ExchangeTraining:
    """The result of `optimize_exchange`: numpy arrays over temperatures T, seeds S, windows W of training steps.

    Attributes
    ----------
    step : numpy.ndarray
        (W,): the last step of each window, from 1.
    loss : numpy.ndarray
        (T, S, W): mean in the window.
    gradient : numpy.ndarray
        (T, S, W): mean of |dL/dJ_ij| over bonds and steps.
    consistency : numpy.ndarray
        (T, S, W): |mean gradient| / mean |gradient| of a bond over the steps of a window, both averaged over bonds: 1
        where steps agree, about 1/sqrt(window) where they are noise, NaN where all gradients vanish. Adam ignores the
        scale of a gradient, so the consistency, not the size, can limit the speed of learning.
    coupling : numpy.ndarray
        (T, S, ndim, *shape): at the end.
    spins : numpy.ndarray
        int8 (T, S, *shape): at the end.
    snapshot_step : numpy.ndarray
        (K,): steps whose spins are kept.
    snapshots : numpy.ndarray
        int8 (K, T, S, *shape).
    """

    step: np.ndarray
    loss: np.ndarray
    gradient: np.ndarray
    consistency: np.ndarray
    coupling: np.ndarray
    spins: np.ndarray
    snapshot_step: np.ndarray
    snapshots: np.ndarray


def optimize_exchange(
    target: Any,
    temperatures: Sequence[float],
    *,
    n_seeds: int = 10,
    steps: int = 3000,
    setup: str = "persistent",
    alpha: float = 10.0,
    rate: float = 1e-3,
    discretize: str = "color",
    initial_coupling: tuple[float, float] | None = None,
    boundary: str | Sequence[str] = "periodic",
    window: int = 50,
    snapshot_steps: Sequence[int] = (),
    seed: int,
    device: Any = "cpu",
    progress: bool = False,
) -> ExchangeTraining:
    """Train the bonds of one lattice per temperature and seed, all in one batch, with Adam (0.9, 0.999).

    Parameters
    ----------
    target : array
        The pattern, -1 and +1, of the lattice's shape.
    temperatures : sequence of float
        In units of the couplings.
    n_seeds : int
        Lattices of each temperature.
    steps : int
        Steps of training.
    setup : {"persistent", "restart"}
        From which spins a step starts; see `INITIAL_COUPLING`.
    alpha : float
        Steepness of the relaxed sweep.
    rate : float
        Adam's.
    discretize : {"color", "none"}
        As for `relaxed_sweep`; "color" is Metropolis at any alpha, and the loss is that of the discretised spins;
        "none" is Algorithm 2 line by line: the loss of the relaxed spins (line 10), which are discretised afterwards
        (line 11).
    initial_coupling : tuple of float, optional
        (low, high) of a uniform draw, instead of that of the setup.
    boundary : str or sequence of str
        As for `spinlib.models.Ising`.
    window : int
        Steps that one entry of the results averages.
    snapshot_steps : sequence of int
        Steps whose spins are kept; 0 is the start.
    seed : int
        Of all random numbers.
    device : str or torch.device
        Torch's.
    progress : bool
        Show a progress bar.

    Returns
    -------
    ExchangeTraining
        Curves, couplings and spins.

    Raises
    ------
    ValueError
        For a target that is not +-1, an unknown setup, counts that are not positive, steps that are no multiple of
        window, and where `relaxed_sweep` does.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.optimization.exchange_couplings import optimize_exchange
    >>> stripes = np.where(np.arange(8) % 4 < 2, 1, -1) * np.ones((8, 1), int)
    >>> found = optimize_exchange(stripes, [0.5], n_seeds=2, steps=200, rate=0.01, seed=1)
    >>> found.coupling.shape, found.loss.shape, bool(found.loss[..., -1].mean() < found.loss[..., 0].mean())
    ((1, 2, 2, 8, 8), (1, 2, 4), True)
    """
    pattern = torch.tensor(np.asarray(target), dtype=torch.float32, device=device)
    model = Ising(tuple(pattern.shape), boundary=boundary)
    require_free_spins(model, "learning of couplings")
    model.check(pattern)
    _check_counts(temperatures=len(temperatures), n_seeds=n_seeds, steps=steps, window=window, rate=rate)
    if setup not in INITIAL_COUPLING:
        raise ValueError(f"setup {setup!r}: allowed are {tuple(INITIAL_COUPLING)}")
    if steps % window:
        raise ValueError(f"steps = {steps}: it has to be a multiple of window = {window}")
    late = [step for step in snapshot_steps if not 0 <= step <= steps]
    if late:
        raise ValueError(f"snapshot at step {late[0]}: allowed are 0 to {steps}")

    rng = torch_generator(seed, "exchange", 0, 0, device)
    batch = len(temperatures) * n_seeds
    each = torch.as_tensor(temperatures, dtype=torch.float64, device=device).repeat_interleave(n_seeds)
    low, high = INITIAL_COUPLING[setup] if initial_coupling is None else initial_coupling
    bonds = (batch, model.lattice.ndim, *model.shape)
    coupling = (low + (high - low) * torch.rand(bonds, generator=rng, device=device)).requires_grad_()
    adam = torch.optim.Adam([coupling], lr=rate, betas=(0.9, 0.999))
    start = spins = random_spins(batch, model.shape, rng)

    snapshots = [start] if 0 in snapshot_steps else []
    windows = []
    for first in tqdm(range(0, steps, window), desc="exchange", disable=not progress):
        sums = _Sums(coupling)
        for step in range(first + 1, first + window + 1):
            origin = spins if setup == "persistent" else start
            noise = draw_noise(origin, rng)
            moved = relaxed_sweep(model, origin, each, alpha, noise, coupling=coupling, discretize=discretize)
            losses = ((moved - pattern) ** 2).mean(dim=sums.axes)
            adam.zero_grad()
            losses.sum().backward()
            adam.step()
            sums.add(losses.detach(), coupling.grad)
            spins = discretized(moved.detach())  # discrete spins stay as they are
            if step in snapshot_steps:
                snapshots.append(spins)
        windows.append(sums.means(window))

    def by_temperature(values: torch.Tensor, axis: int = 0) -> np.ndarray:
        return values.detach().unflatten(axis, (len(temperatures), n_seeds)).cpu().numpy()

    kept = torch.stack(snapshots) if snapshots else start.new_empty(0, *start.shape)
    loss, gradient, consistency = (by_temperature(torch.stack(series, dim=-1)) for series in zip(*windows, strict=True))
    return ExchangeTraining(
        step=np.arange(window, steps + 1, window),
        loss=loss,
        gradient=gradient,
        consistency=consistency,
        coupling=by_temperature(coupling),
        spins=by_temperature(spins[:, 0].to(torch.int8)),
        snapshot_step=np.unique(np.asarray(snapshot_steps, dtype=np.int64)),
        snapshots=by_temperature(kept[:, :, 0].to(torch.int8), axis=1),
    )


class _Sums:
    """Loss and gradients summed over the steps of one window, for each member of the batch."""

    def __init__(self, coupling: torch.Tensor) -> None:
        self.axes = tuple(range(1, coupling.ndim))
        self.loss = torch.zeros(len(coupling), device=coupling.device)
        self.gradient = torch.zeros_like(coupling, requires_grad=False)
        self.magnitude = torch.zeros_like(coupling, requires_grad=False)

    def add(self, losses: torch.Tensor, gradient: torch.Tensor | None) -> None:
        assert gradient is not None
        self.loss += losses
        self.gradient += gradient
        self.magnitude += gradient.abs()

    def means(self, n: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Loss, mean |gradient| and consistency. (B,) each."""
        magnitude = self.magnitude.mean(dim=self.axes)
        return self.loss / n, magnitude / n, self.gradient.abs().mean(dim=self.axes) / magnitude


def overlap(spins: Any, target: Any) -> Any:
    """The overlap of spins with the target: 1/N sum_i s_i target_i.

    Parameters
    ----------
    spins : array or torch.Tensor
        (..., *target.shape).
    target : array or torch.Tensor
        -1 and +1.

    Returns
    -------
    array or torch.Tensor
        (...): 1 is the pattern, -1 its mirror image.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.optimization.exchange_couplings import overlap
    >>> overlap(np.array([[1, -1], [-1, 1]]), np.array([1, -1])).tolist()
    [1.0, -1.0]
    """
    axes = tuple(range(-np.ndim(target), 0))
    return (spins * target * 1.0).mean(axes)


def follow_frozen(
    coupling: Any,
    spins: Any,
    temperatures: Any,
    steps: Sequence[int],
    *,
    boundary: Any = "periodic",
    seed: int,
    device: Any = "cpu",
) -> np.ndarray:
    """Spins of plain Metropolis (Algorithm 1) with learned couplings that no longer change.

    Parameters
    ----------
    coupling : array
        (B, ndim, *shape).
    spins : array
        (B, *shape) of -1 and +1, left as they are.
    temperatures : float or sequence of float
        (B,) or a number, in units of the couplings.
    steps : sequence of int
        Increasing numbers of sweeps from the start at which spins are kept; 0 is the start itself.
    boundary : str or sequence of str
        As for `spinlib.models.Ising`.
    seed : int
        Of all random numbers.
    device : str or torch.device
        Torch's.

    Returns
    -------
    numpy.ndarray
        int8 (len(steps), B, *shape).

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.optimization.exchange_couplings import follow_frozen
    >>> coupling, spins = np.ones((1, 2, 4, 4), np.float32), np.ones((1, 4, 4))
    >>> follow_frozen(coupling, spins, 0.1, [0, 10], seed=1).sum(axis=(2, 3)).tolist()
    [[16], [16]]
    """
    state = torch.tensor(np.asarray(spins), dtype=torch.float32, device=device)[:, None]
    strength = torch.tensor(np.asarray(coupling), device=device)
    model = Ising(tuple(state.shape[2:]), boundary=boundary)
    require_free_spins(model, "learning of couplings")
    rng = torch_generator(seed, "exchange-frozen", 0, 0, device)
    kept = []
    for sweeps in np.diff(np.asarray(steps), prepend=0):
        sweep(model, state, temperatures, rng, int(sweeps), coupling=strength)
        kept.append(state[:, 0].to(torch.int8))
    return torch.stack(kept).cpu().numpy()


def random_spins(batch: int, shape: Sequence[int], rng: torch.Generator) -> torch.Tensor:
    """Independent spins of +1 and -1 with equal probability.

    Parameters
    ----------
    batch : int
        Configurations.
    shape : sequence of int
        Of the lattice.
    rng : torch.Generator
        The spins are on its device.

    Returns
    -------
    torch.Tensor
        float32 (B, 1, *shape).

    Examples
    --------
    >>> import torch
    >>> from spinlib.optimization.exchange_couplings import random_spins
    >>> random_spins(2, (3, 4), torch.Generator().manual_seed(1)).shape
    torch.Size([2, 1, 3, 4])
    """
    return torch.randint(2, (batch, 1, *shape), generator=rng, device=rng.device).float() * 2.0 - 1.0


def _check_counts(**counts: float) -> None:
    for name, value in counts.items():
        if not value > 0:
            raise ValueError(f"{name} = {value}: it has to be positive")
