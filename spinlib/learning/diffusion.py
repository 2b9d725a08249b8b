"""Diffusion models of spin configurations, conditional on the temperature (paper fid, Sec. 2.2).

Noise is added to a configuration in many small steps; a network learns which noise it was, from the noisy
configuration, the step and the temperature. This is the training. `spinlib.learning.noise_schedule` says how much noise
a step adds, `spinlib.learning.noise_prediction` what the network makes of it, and `spinlib.learning.diffusion_sampling`
draws configurations; their names can be imported from here too.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch
from numpy.typing import ArrayLike

from spinlib.arguments import at_least
from spinlib.learning.conditional import examples
from spinlib.learning.diffusion_sampling import SAMPLERS, generate
from spinlib.learning.noise_prediction import predicted
from spinlib.learning.noise_schedule import PAPER_SCHEDULE, NoiseSchedule
from spinlib.learning.plan import Optimizer, Plan
from spinlib.learning.training import Batch, Curves, Objective, Shuffled, train
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

ADAM = Optimizer("adam", 1e-4)


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
