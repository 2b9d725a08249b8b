"""Training a network on configurations and their labels: energy classes (cross-entropy) or values (squared error).

Paper dnn, Sec. II A: AdaDelta with a global rate of 0.001, 800 examples per step, until the loss has converged.
Where AdaDelta is slow, Adam with a rate that falls to zero along a cosine is offered beside it. The matrix products of
a training may run in bfloat16, with weights and sums in float32. A trained network is always evaluated in float32.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from spinlib.learning.plan import OPTIMIZERS, Objective, Optimizer, Plan
from spinlib.learning.training import Batch, Shuffled, has_bfloat16
from spinlib.learning.training import train as train_objectives
from spinlib.networks.evaluation_mode import evaluation_mode
from spinlib.networks.weights import load_weights, weights

__all__ = ["OPTIMIZERS", "Schedule", "has_bfloat16", "load_weights", "predict", "train", "weights"]

Augmentation = Callable[[torch.Tensor, torch.Tensor, torch.Generator], tuple[torch.Tensor, torch.Tensor]]


@dataclass(frozen=True)
class Schedule:
    """The settings of a supervised training.

    Parameters
    ----------
    epochs : int
        Passes over the examples, at most.
    optimizer : str
        One of `spinlib.learning.plan.OPTIMIZERS`.
    rate : float
        Its learning rate.
    decay : {"none", "cosine"}
        Whether the rate stays, or falls from `rate` to 0 at the last epoch.
    batch : int
        Examples per step.
    patience : int, optional
        Stop when the mean loss of an epoch has not fallen below 0.999 of its least value for so many epochs; None:
        never.
    bfloat16 : bool, optional
        Whether to use it, see the module; None: where the processor has instructions for it, since without them it is
        ten times slower.

    Raises
    ------
    ValueError
        For values that are not positive or not allowed.

    Examples
    --------
    >>> from spinlib.learning.supervised import Schedule
    >>> [round(Schedule(4, "adam", 0.1, "cosine").rate_at(epoch), 3) for epoch in range(4)]
    [0.1, 0.085, 0.05, 0.015]
    """

    epochs: int
    optimizer: str = "adadelta"
    rate: float = 1e-3
    decay: str = "none"
    batch: int = 800
    patience: int | None = None
    bfloat16: bool | None = None

    def __post_init__(self) -> None:
        if not self.batch > 0:
            raise ValueError(f"batch {self.batch}: it has to be positive")
        self.how()
        self.plan(bfloat16=False)

    def how(self) -> Optimizer:
        """The optimiser."""
        return Optimizer(self.optimizer, self.rate, self.decay)

    def plan(self, bfloat16: bool) -> Plan:
        """The length of the training."""
        return Plan(self.epochs, self.patience, tolerance=0.001, bfloat16=bfloat16)

    def rate_at(self, epoch: int) -> float:
        """The learning rate of epoch 0, 1, ..."""
        return self.how().rate_at(epoch, self.epochs)


def train(
    network: nn.Module,
    spins: Any,
    labels: Any,
    schedule: Schedule,
    rng: torch.Generator,
    *,
    checkpoint: str | os.PathLike[str] | None = None,
    augment: Augmentation | None = None,
    progress: bool = False,
) -> np.ndarray:
    """Train a network in place on configurations and their labels, by `spinlib.learning.training.train`.

    Parameters
    ----------
    network : torch.nn.Module
        With one output for each class, or for each value of a label.
    spins : array or tensor
        (n, ...), whatever the network takes.
    labels : array or tensor
        (n,) integers for classes, else floats (n,) or (n, outputs).
    schedule : Schedule
        How.
    rng : torch.Generator
        On the CPU; shuffles the examples of every epoch, and is given to `augment`.
    checkpoint : path-like, optional
        A file that is written after every epoch, whole or not at all; if it exists, training goes on from there.
    augment : callable, optional
        Examples and labels of a batch, and rng, to those that are used.
    progress : bool
        Show a progress bar.

    Returns
    -------
    numpy.ndarray
        The mean loss of every epoch, float64 (epoch,).

    Raises
    ------
    ValueError
        Where spins and labels differ in number, for no examples, and for a checkpoint of another network, schedule or
        set of examples.
    FloatingPointError
        When a loss is not finite; the network then has the weights of the epoch before.

    Examples
    --------
    >>> import torch
    >>> from spinlib.datasets.training_sets import random_spins
    >>> from spinlib.learning.supervised import Schedule, train
    >>> from spinlib.models import Ising
    >>> from spinlib.networks.initialization import initialize
    >>> from spinlib.networks.local_energy import LocalEnergy
    >>> spins = random_spins((4, 4), 400, seed=1)
    >>> network = initialize(LocalEnergy(), torch.Generator().manual_seed(1))
    >>> schedule = Schedule(40, "adam", 0.01, batch=50)
    >>> losses = train(network, spins, Ising((4, 4)).energy(spins), schedule, torch.Generator().manual_seed(2))
    >>> losses.shape, bool(losses[-1] < 0.1 * losses[0])
    ((40,), True)
    """
    device = next(network.parameters()).device
    examples, targets = _tensor(spins).to(device), _tensor(labels).to(device)
    if len(examples) != len(targets) or not len(examples):
        raise ValueError(f"{len(examples)} configurations and {len(targets)} labels: as many of each are needed, not 0")
    loss_function = _loss_function(targets)
    targets = targets if not targets.is_floating_point() else targets.float()
    bfloat16 = has_bfloat16(device) if schedule.bfloat16 is None else schedule.bfloat16

    def loss(batch: Batch, rng: torch.Generator) -> torch.Tensor:
        seen, wanted = batch
        if augment is not None:
            seen, wanted = augment(seen, wanted, rng)
        return loss_function(network(seen).float(), wanted)

    curves = train_objectives(
        {"network": network},
        {"loss": Objective(loss, ("network",), schedule.how())},
        Shuffled(examples, targets, batch=schedule.batch),
        schedule.plan(bfloat16),
        rng,
        checkpoint=checkpoint,
        progress=progress,
    )
    return curves.losses["loss"]


def predict(network: nn.Module, spins: Any, *, batch: int = 1024) -> np.ndarray:
    """The outputs of a network for spins, without gradients.

    The network is evaluated in evaluation mode, so that an output does not depend on the other spins; its own mode is
    restored.

    Parameters
    ----------
    network : torch.nn.Module
        The network.
    spins : array or tensor
        (n, ...), whatever the network takes.
    batch : int
        Configurations per evaluation.

    Returns
    -------
    numpy.ndarray
        Outputs (n, ...), float32 or the weights' dtype.

    Examples
    --------
    >>> import numpy as np
    >>> import torch
    >>> from spinlib.learning.supervised import predict
    >>> predict(torch.nn.Linear(3, 2), np.ones((5, 3), np.float32)).shape
    (5, 2)
    """
    device = next(network.parameters()).device
    with evaluation_mode(network):
        return torch.cat([network(part.to(device)).cpu() for part in _tensor(spins).split(batch)]).numpy()


def _tensor(values: Any) -> torch.Tensor:
    """A tensor of the same memory, or of a copy where the memory is read-only, because torch would warn."""
    if torch.is_tensor(values):
        return values
    array = np.asarray(values)
    return torch.as_tensor(array if array.flags.writeable else array.copy())


def _loss_function(labels: torch.Tensor) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    if not labels.is_floating_point():
        return functional.cross_entropy
    return lambda output, wanted: functional.mse_loss(output.reshape(wanted.shape), wanted)
