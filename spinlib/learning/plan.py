"""The settings of a training: optimisers with their rates, objectives, and how long to train."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

Batch = tuple[torch.Tensor, ...]
Loss = Callable[[Batch, torch.Generator], torch.Tensor | Mapping[str, torch.Tensor]]

OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "adadelta": torch.optim.Adadelta,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
}
DECAYS = ("none", "cosine")


@dataclass(frozen=True)
class Optimizer:
    """The settings of an optimiser: its name, its rate in every epoch, and clipping.

    Parameters
    ----------
    name : {"adadelta", "adam", "adamw", "rmsprop"}
        One of torch's.
    rate : float
        The learning rate.
    decay : {"none", "cosine"}
        Whether the rate stays, or falls along a cosine towards 0 at the end of the last epoch.
    warm_up : int
        Epochs in which the rate rises linearly to `rate`, before the decay begins.
    options : mapping
        More keyword arguments of torch's optimiser, such as {"betas": (0.4, 0.999)} or {"weight_decay": 5e-6}.
    clip_gradient : float, optional
        The largest norm of the gradient of all parameters together; a longer gradient is scaled to it.
    clip_weights : float, optional
        Parameters are set into [-clip_weights, clip_weights] after every step, as for the critic of a Wasserstein GAN.

    Raises
    ------
    ValueError
        For an unknown name or decay, and for numbers that are not positive.
    TypeError
        For options that torch's optimiser does not have, when it is made.

    Examples
    --------
    >>> from spinlib.learning.plan import Optimizer
    >>> optimizer = Optimizer("adamw", 0.01, "cosine", warm_up=1, options={"weight_decay": 0.1})
    >>> [round(optimizer.rate_at(epoch, 4), 4) for epoch in range(4)]
    [0.005, 0.01, 0.0075, 0.0025]
    """

    name: str = "adam"
    rate: float = 1e-3
    decay: str = "none"
    warm_up: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    clip_gradient: float | None = None
    clip_weights: float | None = None

    def __post_init__(self) -> None:
        if self.name not in OPTIMIZERS:
            raise ValueError(f"optimizer {self.name!r}: allowed are {', '.join(map(repr, OPTIMIZERS))}")
        if self.decay not in DECAYS:
            raise ValueError(f"decay {self.decay!r}: allowed are {' and '.join(map(repr, DECAYS))}")
        for name in ("rate", "clip_gradient", "clip_weights"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"{name} {value}: it has to be positive")
        if self.warm_up < 0:
            raise ValueError(f"warm_up {self.warm_up}: it cannot be negative")

    def rate_at(self, epoch: int, epochs: int) -> float:
        """The learning rate of epoch 0, 1, ... of so many `epochs`."""
        if epoch < self.warm_up:
            return self.rate * (epoch + 1) / (self.warm_up + 1)
        if self.decay == "none":
            return self.rate
        return self.rate * (0.5 + 0.5 * math.cos(math.pi * (epoch - self.warm_up) / (epochs - self.warm_up)))

    def of(self, parameters: Iterable[torch.nn.Parameter]) -> torch.optim.Optimizer:
        """Torch's optimiser of these parameters."""
        return OPTIMIZERS[self.name](parameters, lr=self.rate, **self.options)

    def step(self, optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> None:
        """One step of an optimiser that `of` made, down the gradient of a loss."""
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        if self.clip_gradient is not None:
            torch.nn.utils.clip_grad_norm_(parameters, self.clip_gradient)
        optimizer.step()
        if self.clip_weights is not None:
            with torch.no_grad():
                for parameter in parameters:
                    parameter.clamp_(-self.clip_weights, self.clip_weights)


@dataclass(frozen=True)
class Objective:
    """A loss, the networks that it trains, and how.

    Parameters
    ----------
    loss : callable
        Of a batch and the training's generator: a scalar, or scalars by name whose sum is minimised.
    networks : tuple of str
        Names of the networks, as given to `train`, whose parameters it updates. Other networks are left unchanged.
    optimizer : Optimizer
        The optimiser and its rate.
    every : int
        The objective is due in every n-th step: 1 is each step; 5 is the fifth, the tenth, and so on.

    Raises
    ------
    ValueError
        For no network, or an `every` below 1.

    Examples
    --------
    >>> from spinlib.learning.plan import Objective
    >>> Objective(lambda batch, rng: batch[0].mean(), ("generator",), every=5).optimizer.name
    'adam'
    """

    loss: Loss
    networks: tuple[str, ...]
    optimizer: Optimizer = Optimizer()
    every: int = 1

    def __post_init__(self) -> None:
        if not self.networks or isinstance(self.networks, str):
            raise ValueError(f"networks {self.networks!r}: a tuple of at least one name is needed")
        if self.every < 1:
            raise ValueError(f"every {self.every}: it has to be at least 1")


@dataclass(frozen=True)
class Plan:
    """The length of a training, and the weights to keep.

    Parameters
    ----------
    epochs : int
        Passes over the batches, at most.
    patience : int, optional
        Stop when the watched value has not improved for so many epochs: that of the validation, else the loss of the
        only objective.
    tolerance : float
        An improvement is one by more than this part of the least value so far.
    averaging : float, optional
        d of exponentially averaged weights: average = d average + (1 - d) weights after every step, starting from the
        weights after the first step. The averages are validated and kept instead of the last weights. Buffers (the
        statistics of batch norm) are averaged too.
    bfloat16 : bool, optional
        Whether losses are computed under torch's autocast to bfloat16; None: where the processor has it.

    Raises
    ------
    ValueError
        For numbers that are not positive, a tolerance outside [0, 1), and an averaging outside (0, 1).

    Examples
    --------
    >>> from spinlib.learning.plan import Plan
    >>> Plan(epochs=300, patience=10, averaging=0.999).tolerance
    0.0
    """

    epochs: int
    patience: int | None = None
    tolerance: float = 0.0
    averaging: float | None = None
    bfloat16: bool | None = False

    def __post_init__(self) -> None:
        if not self.epochs > 0:
            raise ValueError(f"epochs {self.epochs}: it has to be positive")
        if self.patience is not None and self.patience < 1:
            raise ValueError(f"patience {self.patience}: None or a positive number of epochs is needed")
        if not 0.0 <= self.tolerance < 1.0:
            raise ValueError(f"tolerance {self.tolerance}: allowed are 0 up to, but not including, 1")
        if self.averaging is not None and not 0.0 < self.averaging < 1.0:
            raise ValueError(f"averaging {self.averaging}: allowed are None and numbers between 0 and 1")
