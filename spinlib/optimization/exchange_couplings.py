"""Learning exchange couplings with which a target pattern forms (paper dp, section 'Optimization of the exchange
parameters', Eq. 8, Figs. 7 and 8).

Each step is one sweep of differentiable Monte Carlo (Algorithm 2); the loss is the squared distance of the spins
from the target, here per spin:

    L = 1/N sum_i (s_i - target_i)^2,

which is 2 (1 - overlap) for +-1 spins, so 2 for spins that know nothing of the target. (The paper's L, and its
gradients, are N times larger if its norm is the plain sum.) Adam then moves every coupling J_ij. Only J / T and
rate / T matter: a temperature of the paper means little without its scale of J, which it does not give.

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
from spinlib.samplers.convolution.differentiable import relaxed_sweep
from spinlib.samplers.convolution.metropolis import draw_noise, sweep
from spinlib.samplers.random import torch_generator

# Our choices. "persistent": the chain goes on from step to step, and all couplings begin at 0.3. "restart": each step
# begins at the same random spins, and couplings begin uniform in (0, 1).
INITIAL_COUPLING = {"persistent": (0.3, 0.3), "restart": (0.0, 1.0)}


@dataclass(frozen=True)
class ExchangeTraining:
    """What `optimize_exchange` returns: numpy arrays, over temperatures T, seeds S, windows W of training steps.

    step (W,): the last step of each window, from 1. loss (T, S, W): mean in the window. gradient (T, S, W): mean of
    |dL/dJ_ij| over bonds and steps. coupling (T, S, ndim, *shape), spins int8 (T, S, *shape): at the end.
    snapshot_step (K,), snapshots int8 (K, T, S, *shape).

    consistency (T, S, W): |mean gradient| / mean |gradient| of a bond over the steps of a window, both averaged over
    bonds: 1 where steps agree, about 1/sqrt(window) where they are noise, NaN where all gradients vanish. Adam is blind
    to the scale of a gradient, so this, not its size, is what can set the speed of learning.
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

    target: +-1, of the lattice's shape. temperatures: in units of the couplings. setup: "persistent" or "restart", see
    `INITIAL_COUPLING`; initial_coupling: (low, high) of a uniform draw in their place. rate: Adam's. discretize: as for
    `relaxed_sweep`; "color" is Metropolis at any alpha, and the loss is that of the discretised spins; "none" is
    Algorithm 2 line by line: the loss of the relaxed spins (line 10), which are discretised afterwards (line 11).
    window: steps that one entry of the results averages. snapshot_steps: steps whose spins are kept; 0 is the start.

    Raises ValueError for a target that is not +-1, an unknown setup, counts that are not positive, steps that are no
    multiple of window, and where `relaxed_sweep` does.
    """
    pattern = torch.tensor(np.asarray(target), dtype=torch.float32, device=device)
    model = Ising(tuple(pattern.shape), boundary=boundary)
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
            spins = torch.where(moved.detach() < 0, -1.0, 1.0)  # Eq. 4; discrete spins stay as they are
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
    """1/N sum_i s_i target_i for spins (..., *target.shape): 1 is the pattern, -1 its mirror image; numpy or torch."""
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
    """Plain Metropolis (Algorithm 1) with learned couplings that no longer change: spins int8 (len(steps), B, *shape).

    coupling: (B, ndim, *shape). spins: +-1 (B, *shape), left as they are. temperatures: (B,) or a number. steps:
    increasing numbers of sweeps from the start at which spins are kept; 0 is the start itself. device: torch's.
    """
    state = torch.tensor(np.asarray(spins), dtype=torch.float32, device=device)[:, None]
    strength = torch.tensor(np.asarray(coupling), device=device)
    model = Ising(tuple(state.shape[2:]), boundary=boundary)
    rng = torch_generator(seed, "exchange-frozen", 0, 0, device)
    kept = []
    for sweeps in np.diff(np.asarray(steps), prepend=0):
        sweep(model, state, temperatures, rng, int(sweeps), coupling=strength)
        kept.append(state[:, 0].to(torch.int8))
    return torch.stack(kept).cpu().numpy()


def random_spins(batch: int, shape: Sequence[int], rng: torch.Generator) -> torch.Tensor:
    """Independent +-1 with equal probability, float32 [B, 1, *shape], on the generator's device."""
    return torch.randint(2, (batch, 1, *shape), generator=rng, device=rng.device).float() * 2.0 - 1.0


def _check_counts(**counts: float) -> None:
    for name, value in counts.items():
        if not value > 0:
            raise ValueError(f"{name} = {value}: it has to be positive")
