"""Training an autoregressive network on the energy alone, by its variational free energy.

D. Wu, L. Wang and P. Zhang, Phys. Rev. Lett. 122, 080602 (2019): the network draws configurations itself and minimises
the mean of ln q(s) + E(s) / T, which is at least -ln Z. Its gradient is that of REINFORCE, the mean of
(ln q + E / T - baseline) grad ln q, where the baseline is the mean over the batch. Below a transition the network may
fall into one of two valleys: the inverse temperature rises from zero, as beta (1 - a^t) in step t, and a network that
is symmetric by construction (`AutoregressiveNetwork(z2=True)`) knows both.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn

from spinlib.learning.plan import Objective, Optimizer, Plan
from spinlib.learning.training import Batch, Curves, train
from spinlib.models import XY, Ising
from spinlib.networks.autoregressive import AutoregressiveNetwork
from spinlib.networks.autoregressive_xy import AutoregressiveXY
from spinlib.networks.initialization import initialize
from spinlib.samplers.random import torch_generator

__all__ = ["ADAM", "FreeEnergyTraining", "fit", "free_energy_loss"]

ADAM = Optimizer("adam", 1e-3)


@dataclass(frozen=True)
class FreeEnergyTraining:
    """How to train.

    Parameters
    ----------
    steps : int
        How many.
    batch : int
        Configurations that are drawn in each.
    annealing : float
        a, of beta (1 - a^t): from 0, the full beta at once, up to, but not including, 1.
    optimizer : Optimizer
        Which, at which rate. Its decay and warm-up count epochs.
    steps_per_epoch : int
        Of how many steps the losses are averaged; checkpoints are written in between.

    Raises
    ------
    ValueError
        For counts below 1, steps that are no whole number of epochs, and an annealing outside [0, 1).

    Examples
    --------
    >>> from spinlib.learning.autoregressive import FreeEnergyTraining
    >>> FreeEnergyTraining(steps=1000).plan().epochs
    10
    """

    steps: int
    batch: int = 500
    annealing: float = 0.995
    optimizer: Optimizer = ADAM
    steps_per_epoch: int = 100

    def __post_init__(self) -> None:
        for name in ("steps", "batch", "steps_per_epoch"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)}: it has to be positive")
        if self.steps % self.steps_per_epoch:
            raise ValueError(f"steps {self.steps}: a multiple of steps_per_epoch {self.steps_per_epoch} is needed")
        if not 0.0 <= self.annealing < 1.0:
            raise ValueError(f"annealing {self.annealing}: allowed are 0 up to, but not including, 1")

    def plan(self) -> Plan:
        """How long."""
        return Plan(self.steps // self.steps_per_epoch)


def free_energy_loss(log_q: torch.Tensor, reduced_energies: torch.Tensor) -> torch.Tensor:
    """The mean of ln q + E / T, with the gradient that REINFORCE gives it.

    Parameters
    ----------
    log_q : torch.Tensor
        (B,), of configurations that q drew; differentiable.
    reduced_energies : torch.Tensor
        Their E / T, (B,).

    Returns
    -------
    torch.Tensor
        A scalar. Its value is the mean; its gradient is the mean of (reward - mean reward) times that of ln q.

    Raises
    ------
    ValueError
        For other shapes, and for fewer than two configurations, which leave nothing of the reward.

    References
    ----------
    D. Wu, L. Wang and P. Zhang, Phys. Rev. Lett. 122, 080602 (2019), Eq. 5.

    Examples
    --------
    >>> import torch
    >>> from spinlib.learning.autoregressive import free_energy_loss
    >>> log_q = torch.tensor([-1.0, -2.0], requires_grad=True)
    >>> value = free_energy_loss(log_q, torch.tensor([0.0, 4.0]))
    >>> value.backward()
    >>> float(value.detach()), log_q.grad.tolist()
    (0.5, [-0.75, 0.75])
    """
    if log_q.ndim != 1 or log_q.shape != reduced_energies.shape or len(log_q) < 2:
        raise ValueError(
            f"log_q {tuple(log_q.shape)} and reduced_energies {tuple(reduced_energies.shape)}: one number each for at "
            "least two configurations is needed"
        )
    rewards = (log_q + reduced_energies.to(log_q)).detach()
    surrogate = ((rewards - rewards.mean()) * log_q).mean()
    return rewards.mean() + surrogate - surrogate.detach()


def fit(
    network: AutoregressiveNetwork | AutoregressiveXY,
    model: Ising | XY,
    temperature: float,
    how: FreeEnergyTraining,
    seed: int,
    *,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Curves:
    """Initialise an autoregressive network from a seed and train it in place at one temperature.

    Parameters
    ----------
    network : AutoregressiveNetwork or AutoregressiveXY
        Left in evaluation mode.
    model : Ising or XY
        The energy, of the network's kind of spins and of the same lattice.
    temperature : float
        In J / k_B, positive.
    how : FreeEnergyTraining
        How.
    seed : int
        Of the first weights and of all configurations.
    checkpoint : path-like, optional
        As for `spinlib.learning.training.train`.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Curves
        With the loss "free_energy" of every epoch: the mean of (ln q + beta_t E) / N, which becomes beta f per site
        from above as beta_t reaches 1 / T.

    Raises
    ------
    TypeError
        For a model of other spins.
    ValueError
        For a model of another lattice, a symmetric network in a field, a temperature that is not positive, and for a
        checkpoint of another training.
    NotFiniteError
        At a loss that is nan or infinite: it says where, and the network has the weights of the epoch before.

    References
    ----------
    D. Wu, L. Wang and P. Zhang, Phys. Rev. Lett. 122, 080602 (2019).

    Examples
    --------
    >>> from spinlib.exact import enumeration
    >>> from spinlib.learning import autoregressive
    >>> from spinlib.learning.plan import Optimizer
    >>> from spinlib.models import Ising
    >>> from spinlib.networks.autoregressive import AutoregressiveNetwork
    >>> model, network = Ising((6,), boundary="free"), AutoregressiveNetwork((6,), z2=True)
    >>> how = autoregressive.FreeEnergyTraining(300, 100, 0.9, Optimizer("adam", 0.02))
    >>> curves = autoregressive.fit(network, model, 2.0, how, seed=1)
    >>> exact = -enumeration.log_partition(model, 2.0) / 6
    >>> bool(abs(curves.losses["free_energy"][-1] - exact) < 0.01)
    True
    """
    planar = isinstance(network, AutoregressiveXY)
    if not isinstance(model, XY if planar else Ising):
        raise TypeError(f"model {model!r}: allowed is {'XY' if planar else 'Ising'} for this network")
    if model.shape != network.shape:
        raise ValueError(f"model of shape {model.shape}: the network is for {network.shape}")
    z2 = isinstance(network, AutoregressiveNetwork) and network.z2
    if z2 and isinstance(model, Ising) and model.field != 0.0:
        raise ValueError(f"field {model.field}: a network with q(-s) = q(s) is for none")
    if not 0.0 < temperature < float("inf"):
        raise ValueError(f"temperature {temperature}: has to be positive and finite")
    device, rng = network.sides.device, torch_generator(seed, "autoregressive", 0, 0)
    initialize(network.cpu(), rng).to(device)
    clock = _Clock().to(device)

    def batches(rng: torch.Generator) -> Iterator[Batch]:
        for _ in range(how.steps_per_epoch):
            clock.step += 1
            yield (network.draw(how.batch, rng),)

    def of_batch(batch: Batch, rng: torch.Generator) -> torch.Tensor:
        (spins,) = batch
        beta = (1.0 - how.annealing ** int(clock.step)) / temperature
        return free_energy_loss(network(spins), beta * model.energy(spins)) / model.n_sites

    return train(
        {"network": network, "clock": clock},
        {"free_energy": Objective(of_batch, ("network",), how.optimizer)},
        batches,
        how.plan(),
        rng,
        checkpoint=checkpoint,
        about=repr((model, temperature, how, z2)),
        progress=progress,
    )


class _Clock(nn.Module):
    """Counts steps; among the networks, so that a checkpoint holds it and a resumed annealing goes on."""

    step: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("step", torch.tensor(0))
