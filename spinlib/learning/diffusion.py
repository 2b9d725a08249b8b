"""Diffusion models of spin configurations, conditional on the temperature (paper fid, Sec. 2.2).

Noise is added to a configuration in many small steps; a network learns which noise it was, from the noisy
configuration, the step and the temperature. Sampling starts from noise alone and takes the steps back: one by one, each
with fresh noise ("ancestral", the paper's), or fewer of them with ("stochastic", "multistep") or without it
("deterministic").
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike

from spinlib.arguments import at_least
from spinlib.learning.conditional import check_temperature, examples
from spinlib.learning.noise_schedule import NoiseSchedule
from spinlib.learning.plan import Optimizer, Plan
from spinlib.learning.training import Batch, Curves, Objective, Shuffled, train
from spinlib.networks.evaluation_mode import evaluation_mode
from spinlib.networks.initialization import initialize
from spinlib.networks.unet import ConditionalUNet
from spinlib.samplers.random import torch_generator

__all__ = [
    "ADAM",
    "PAPER_SCHEDULE",
    "SAMPLERS",
    "DiffusionTraining",
    "NoiseSchedule",
    "fit",
    "generate",
    "loss",
    "predicted",
]

SAMPLERS = ("ancestral", "stochastic", "deterministic", "multistep")
ADAM = Optimizer("adam", 1e-4)
PAPER_SCHEDULE = NoiseSchedule()


@dataclass(frozen=True)
class DiffusionTraining:
    """How to train. Epochs and schedule are the paper's where they are not changed; the rest is ours.

    Parameters
    ----------
    epochs : int
        Passes over the configurations.
    schedule : NoiseSchedule
        Of the noise.
    batch : int
        Configurations per step.
    optimizer : Optimizer
        Which, at which rate.
    averaging : float, optional
        Of the weights, as for `spinlib.learning.plan.Plan`.
    flips : bool
        Whether each configuration is turned over with probability one half whenever it is seen: the paper's DiffFlip.
    bfloat16 : bool, optional
        As for `spinlib.learning.plan.Plan`.
    from_input : bool
        As for `predicted`.

    Raises
    ------
    ValueError
        For counts below 1, and where `Plan` does.

    Examples
    --------
    >>> from spinlib.learning.diffusion import DiffusionTraining
    >>> how = DiffusionTraining()
    >>> how.epochs, how.schedule.n_steps
    (300, 1000)
    """

    epochs: int = 300
    schedule: NoiseSchedule = PAPER_SCHEDULE
    batch: int = 64
    optimizer: Optimizer = ADAM
    averaging: float | None = 0.999
    flips: bool = False
    bfloat16: bool | None = False
    from_input: bool = False

    def __post_init__(self) -> None:
        at_least(1, "batch", self.batch)
        self.plan()

    def plan(self) -> Plan:
        """How long, and which weights are kept."""
        return Plan(self.epochs, averaging=self.averaging, bfloat16=self.bfloat16)


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
    >>> from spinlib.learning.diffusion import NoiseSchedule, predicted
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


def loss(
    network: ConditionalUNet,
    spins: torch.Tensor,
    temperatures: torch.Tensor,
    times: torch.Tensor,
    noise: torch.Tensor,
    schedule: NoiseSchedule,
    *,
    from_input: bool = False,
) -> torch.Tensor:
    """The squared error of the predicted noise, averaged over sites and the batch.

    Parameters
    ----------
    network : ConditionalUNet
        The network.
    spins : torch.Tensor
        (B, *shape).
    temperatures, times : torch.Tensor
        (B,): in J / k_B, and steps from 1 on.
    noise : torch.Tensor
        Standard normal, (B, *shape).
    schedule : NoiseSchedule
        Of the noise.
    from_input : bool
        As for `predicted`.

    Returns
    -------
    torch.Tensor
        A scalar; 1 for a network that predicts no noise.

    References
    ----------
    Paper fid, Sec. 2.2, the simplified objective.

    Examples
    --------
    >>> import torch
    >>> from spinlib.learning.diffusion import NoiseSchedule, loss
    >>> from spinlib.networks.unet import ConditionalUNet
    >>> network = ConditionalUNet((8, 8), widths=(4, 4, 4, 4), embedding=4)
    >>> ones = torch.ones(2, 8, 8)
    >>> loss(network, ones, torch.ones(2), torch.tensor([1, 2]), ones, NoiseSchedule()).shape
    torch.Size([])
    """
    noisy = schedule.noisy(spins, times, noise)
    found = predicted(network, noisy, times, temperatures, schedule, from_input=from_input)
    return ((found - noise) ** 2).float().mean()


def fit(
    network: ConditionalUNet,
    spins: ArrayLike,
    temperatures: ArrayLike,
    how: DiffusionTraining,
    seed: int,
    *,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Curves:
    """Initialise a network from a seed and train it in place on configurations of several temperatures.

    Parameters
    ----------
    network : ConditionalUNet
        Left in evaluation mode. It remembers the lowest and the highest temperature.
    spins : array_like
        (n, *shape) of -1 and +1.
    temperatures : array_like
        Of every configuration, (n,), in J / k_B.
    how : DiffusionTraining
        How.
    seed : int
        Of the first weights, the order of the configurations, the steps and the noise.
    checkpoint : path-like, optional
        As for `spinlib.learning.training.train`.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Curves
        With the loss "noise" of every epoch.

    Raises
    ------
    ValueError
        For configurations of another lattice or with other values, temperatures that are not one positive number each,
        and a checkpoint of another training.
    NotFiniteError
        At a loss that is nan or infinite: it says where, and the network has the weights of the epoch before.

    References
    ----------
    J. Ho, A. Jain and P. Abbeel, arXiv:2006.11239, Algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.datasets.training_sets import random_spins
    >>> from spinlib.learning.diffusion import DiffusionTraining, NoiseSchedule, fit
    >>> from spinlib.networks.unet import ConditionalUNet
    >>> network = ConditionalUNet((8, 8), widths=(4, 4, 4, 4), embedding=8)
    >>> how = DiffusionTraining(epochs=2, schedule=NoiseSchedule(20), batch=25)
    >>> curves = fit(network, random_spins((8, 8), 50, seed=1), np.full(50, 3.0), how, seed=2)
    >>> curves.losses["noise"].shape
    (2,)
    """
    known, device = examples(network, spins, temperatures), network.sides.device
    rng = torch_generator(seed, "diffusion", 0, 0)
    initialize(network.cpu(), rng).to(device)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    schedule = how.schedule

    def of_batch(batch: Batch, rng: torch.Generator) -> torch.Tensor:
        seen, at = batch
        times = torch.randint(1, schedule.n_steps + 1, (len(seen),), generator=rng).to(device)
        noise = torch.randn(seen.shape, generator=rng).to(seen)
        if how.flips:
            turns = torch.randint(2, (len(seen), *(1,) * (seen.ndim - 1)), generator=rng).to(seen) * 2 - 1
            seen = turns * seen
        return loss(network, seen, at, times, noise, schedule, from_input=how.from_input)

    return train(
        {"network": network},
        {"noise": Objective(of_batch, ("network",), how.optimizer)},
        Shuffled(*known, batch=how.batch),
        how.plan(),
        rng,
        checkpoint=checkpoint,
        about=f"lattice {network.shape}, padding {network.padding}, {schedule}, flips {how.flips}, "
        f"from input {how.from_input}",
        progress=progress,
    )


def generate(
    network: ConditionalUNet,
    temperature: float,
    n: int,
    seed: int,
    schedule: NoiseSchedule = PAPER_SCHEDULE,
    *,
    sampler: str = "ancestral",
    n_steps: int | None = None,
    at_steps: Sequence[int] = (),
    from_input: bool = False,
    batch: int = 500,
) -> np.ndarray:
    """Independent configurations of one temperature, as the network gives them: numbers near -1 and +1.

    Parameters
    ----------
    network : ConditionalUNet
        Trained with the same schedule.
    temperature : float
        In J / k_B. Outside of the range that the network was trained for there is a warning: it extrapolates.
    n : int
        How many.
    seed : int
        Of all noise; the same for every temperature gives the same noise.
    schedule : NoiseSchedule
        Of the training.
    sampler : {"ancestral", "stochastic", "deterministic", "multistep"}
        "ancestral": every step, with variance beta_t. The others take `n_steps` of them: "stochastic" with fresh noise,
        "deterministic" without, "multistep" with fresh noise and to second order in the step, which few steps need.
    n_steps : int, optional
        Of the samplers that may take fewer, evenly spaced; all unless given.
    at_steps : sequence of int
        Times t, falling, at which the configurations are kept as well: n_steps is noise, 0 the result.
    from_input : bool
        As in the training.
    batch : int
        Configurations at a time; the result depends on it through the order of the noise.

    Returns
    -------
    numpy.ndarray
        float32 (n, *shape); with `at_steps` (len(at_steps), n, *shape). `spinlib.learning.configurations.signs` makes
        spins of it, after `numpy.clip` to [-1, 1].

    Raises
    ------
    ValueError
        For another sampler, a temperature that is not positive, counts below 1, more steps than the schedule has, and
        steps that are never reached.

    References
    ----------
    Paper fid, Eqs. 4 and 5; J. Ho, A. Jain and P. Abbeel, arXiv:2006.11239, Algorithm 2; J. Song, C. Meng and S. Ermon,
    arXiv:2010.02502, Eq. 12 with sigma = 0, and of Eq. 16 with eta = 1; C. Lu et al., arXiv:2211.01095,
    SDE-DPM-Solver++(2M).

    Examples
    --------
    >>> from spinlib.learning.diffusion import NoiseSchedule, generate
    >>> from spinlib.networks.unet import ConditionalUNet
    >>> network = ConditionalUNet((8, 8), widths=(4, 4, 4, 4), embedding=8)
    >>> generate(network, 2.3, 3, 1, NoiseSchedule(20), sampler="deterministic", n_steps=5).shape
    (3, 8, 8)
    """
    if sampler not in SAMPLERS:
        raise ValueError(f"sampler {sampler!r}: allowed are {' and '.join(map(repr, SAMPLERS))}")
    check_temperature(network, temperature)
    times = _times(schedule, sampler, n_steps)
    unreached = [t for t in at_steps if t not in {0, schedule.n_steps, *times}]
    if unreached or list(at_steps) != sorted(at_steps, reverse=True):
        raise ValueError(f"at_steps {list(at_steps)}: falling steps among those that are taken are needed")
    rng, parts, left = torch_generator(seed, "diffusion", 0, 1), [], at_least(1, "n", n)
    with evaluation_mode(network):
        while left > 0:
            size = min(left, at_least(1, "batch", batch))
            parts.append(_one_batch(network, temperature, size, rng, schedule, sampler, times, at_steps, from_input))
            left -= size
    found = np.concatenate(parts, axis=1)
    return found if len(at_steps) else found[0]


def _one_batch(
    network: ConditionalUNet,
    temperature: float,
    n: int,
    rng: torch.Generator,
    schedule: NoiseSchedule,
    sampler: str,
    times: Sequence[int],
    at_steps: Sequence[int],
    from_input: bool,
) -> np.ndarray:
    """(kept step, n, *shape); only the last configurations where no steps are asked for."""
    device, dtype = network.sides.device, network.weights_dtype
    betas, kept = schedule.betas, torch.cat([torch.ones(1, dtype=torch.float64), schedule.kept])
    state = torch.randn((n, *network.shape), generator=rng).to(device, dtype)
    at = torch.full((n,), temperature, device=device, dtype=dtype)
    found = [state.cpu().numpy().astype(np.float32)] if schedule.n_steps in at_steps else []
    before: tuple[torch.Tensor, float] | None = None
    for t, following in zip(times, (*times[1:], 0), strict=True):
        noise = predicted(network, state, torch.full((n,), t, device=device), at, schedule, from_input=from_input)
        a, b, beta = float(kept[t]), float(kept[following]), float(betas[t - 1])
        if sampler == "ancestral":
            state = (state - beta / (1.0 - a) ** 0.5 * noise) / (1.0 - beta) ** 0.5
            if following:
                state = state + beta**0.5 * torch.randn(state.shape, generator=rng).to(state)
        else:
            clean = (state - (1.0 - a) ** 0.5 * noise) / a**0.5
            if sampler == "multistep":
                state, before = _second_order(state, clean, a, b, before, rng)
            else:
                fresh = (1.0 - b) / (1.0 - a) * (1.0 - a / b) if sampler == "stochastic" else 0.0
                state = b**0.5 * clean + (1.0 - b - fresh) ** 0.5 * noise
                if fresh > 0.0:
                    state = state + fresh**0.5 * torch.randn(state.shape, generator=rng).to(state)
        if following in at_steps or (not following and not at_steps):
            found.append(state.cpu().numpy().astype(np.float32))
    return np.stack(found)


def _second_order(
    state: torch.Tensor,
    clean: torch.Tensor,
    a: float,
    b: float,
    before: tuple[torch.Tensor, float] | None,
    rng: torch.Generator,
) -> tuple[torch.Tensor, tuple[torch.Tensor, float]]:
    """A step from the share `a` to `b` with fresh noise, and what the next one needs of it.

    The step integrates a straight line through the last two predictions of the clean configuration, over half the
    logarithm of the ratio of signal to noise.
    """
    now = 0.5 * math.log(a / (1.0 - a))
    if b == 1.0:
        return clean, (clean, now)
    step = 0.5 * math.log(b / (1.0 - b)) - now
    ahead = clean
    if before is not None:
        last, then = before
        ahead = clean + 0.5 * step / (now - then) * (clean - last)
    gone = -math.expm1(-2.0 * step)
    state = ((1.0 - b) / (1.0 - a)) ** 0.5 * math.exp(-step) * state + b**0.5 * gone * ahead
    state = state + ((1.0 - b) * gone) ** 0.5 * torch.randn(state.shape, generator=rng).to(state)
    return state, (clean, now)


def _times(schedule: NoiseSchedule, sampler: str, n_steps: int | None) -> list[int]:
    """The times at which the network is asked, falling."""
    if n_steps is None:
        return list(range(schedule.n_steps, 0, -1))
    if sampler == "ancestral":
        raise ValueError(f"n_steps {n_steps}: the ancestral sampler takes all steps; the others may take fewer")
    if not 1 <= n_steps <= schedule.n_steps:
        raise ValueError(f"n_steps {n_steps}: allowed are 1 to {schedule.n_steps}")
    return sorted({round(t) for t in np.linspace(schedule.n_steps, 1, n_steps)}, reverse=True)
