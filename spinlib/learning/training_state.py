"""The state of a training, its result, and the checkpoint file from which it continues."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from spinlib.files import read_npz, write_npz
from spinlib.networks.weights import below

Tensors = dict[str, torch.Tensor]
_NUMBERS = ("seed", "epoch", "step", "least", "stale", "best_epoch", "seconds")
_TENSORS = ("averaged", "best")
# Bytes of one file of a checkpoint; a state that takes more has several. Ours: it passes most limits on single files.
_LARGEST = 12 * 2**20


@dataclass(frozen=True)
class Curves:
    """The result of `train`: numbers of every epoch.

    Attributes
    ----------
    losses : dict
        By objective, and by "objective/part" where a loss has parts: float64 (epoch,), the mean over the batches of the
        epoch, weighted by their size; NaN in an epoch in which the objective was not due.
    validation : numpy.ndarray
        float64 (epoch,); empty without a validation.
    kept_epoch : int
        The epoch, from 0, at whose end the networks had the weights that they have now; -1: the first weights.
    seconds : float
        Wall time of these epochs, validation included. Of a training that was interrupted, those of all its pieces.
    """

    losses: dict[str, np.ndarray]
    validation: np.ndarray
    kept_epoch: int
    seconds: float


class NotFiniteError(FloatingPointError):
    """A loss that is nan or infinite.

    Attributes
    ----------
    loss : str
        Its name.
    epoch, step : int
        Where it was found: the epoch and the step of that epoch, both from 0.
    curves : Curves
        The curves until then.
    """

    def __init__(self, loss: str, value: float, epoch: int, step: int, curves: Curves) -> None:
        self.loss, self.epoch, self.step, self.curves = loss, epoch, step, curves
        super().__init__(
            f"the {loss!r} loss of epoch {epoch} is {value} in step {step}: the networks have the weights of "
            + (f"epoch {curves.kept_epoch}" if curves.kept_epoch >= 0 else "the start")
            + " again; try a smaller rate"
        )


@dataclass
class TrainingState:
    """The state at the end of an epoch.

    seed: of torch's global generators. epoch, step: how many are done. curves, validation: values of every epoch.
    seconds: wall time of those epochs. least: watched value. stale: epochs since it improved. averaged: exponentially
    averaged weights. best, best_epoch: the weights of the least validation. Tensors are called "network/parameter";
    dictionaries may be empty.
    """

    seed: int
    epoch: int = 0
    step: int = 0
    least: float = math.inf
    stale: int = 0
    best_epoch: int = -1
    seconds: float = 0.0
    curves: dict[str, list[float]] = field(default_factory=dict)
    validation: list[float] = field(default_factory=list)
    averaged: Tensors = field(default_factory=dict)
    best: Tensors = field(default_factory=dict)

    @property
    def kept_epoch(self) -> int:
        """The epoch whose weights `kept` returns; -1 for the first weights."""
        return self.best_epoch if self.best else self.epoch - 1

    def kept(self, networks: Mapping[str, nn.Module]) -> Tensors:
        """The weights with which the training would end now."""
        return self.best or {name: value.clone() for name, value in self.averaged.items()} or copies(networks)

    def result(self) -> Curves:
        """The curves until now."""
        losses = {name: np.array(values) for name, values in self.curves.items()}
        return Curves(losses, np.array(self.validation), self.kept_epoch, self.seconds)

    def add(self, means: Mapping[str, float]) -> None:
        """Continue the curves; NaN where a curve has no value for an epoch."""
        for name in {**self.curves, **means}:
            self.curves.setdefault(name, [math.nan] * self.epoch).append(means.get(name, math.nan))

    def average(self, networks: Mapping[str, nn.Module], decay: float) -> None:
        """average = decay average + (1 - decay) weights; the first weights are the first average."""
        if not self.averaged:
            self.averaged = copies(networks)
        for name, value in tensors(networks).items():
            kept = self.averaged[name]
            if kept.is_floating_point():
                kept.lerp_(value, 1.0 - decay)
            else:
                kept.copy_(value)

    def watch(self, value: float, tolerance: float) -> None:
        """Count the epochs since `value` fell by more than this part of its least value."""
        border = self.least * (1.0 - tolerance if self.least > 0 else 1.0 + tolerance)
        self.stale = 0 if value < border else self.stale + 1
        self.least = min(self.least, value)

    def write(
        self,
        path: Path,
        identity: str,
        networks: Mapping[str, nn.Module],
        optimizers: Mapping[str, torch.optim.Optimizer],
        rng: torch.Generator,
    ) -> None:
        """Write all that determines the next epoch, whole or not at all; a large state in several files."""
        arrays: dict[str, Any] = {name: np.array(getattr(self, name)) for name in _NUMBERS}
        for kind, named in {"weight": tensors(networks), **{kind: getattr(self, kind) for kind in _TENSORS}}.items():
            arrays |= {f"{kind}/{name}": value.cpu().numpy() for name, value in named.items()}
        for name, optimizer in optimizers.items():
            for number, values in optimizer.state_dict()["state"].items():
                for key, value in values.items():
                    arrays[f"optimizer/{name}/{number}/{key}"] = torch.as_tensor(value).cpu().numpy()
        arrays |= {f"curve/{name}": np.array(values) for name, values in self.curves.items()}
        arrays |= {"validation": np.array(self.validation), "rng": rng.get_state().numpy()}
        write_npz(path, arrays | {"identity": np.array(identity)}, limit=_LARGEST)

    @classmethod
    def read(
        cls,
        path: Path,
        identity: str,
        networks: Mapping[str, nn.Module],
        optimizers: Mapping[str, torch.optim.Optimizer],
        rng: torch.Generator,
    ) -> TrainingState:
        """The state in a file; networks, optimisers and generator are set to theirs."""
        arrays = read_npz(path)
        if str(arrays.get("identity")) != identity:
            raise ValueError(f"checkpoint {path} belongs to another network, schedule or set of examples")
        if missing := [name for name in _NUMBERS if name not in arrays]:
            raise ValueError(f"checkpoint {path} was written by another version of spinlib: it lacks {missing[0]}")
        set_tensors(networks, {name: torch.from_numpy(value) for name, value in below(arrays, "weight/").items()})
        for name, optimizer in optimizers.items():
            state: dict[int, Tensors] = {}
            for place, value in below(arrays, f"optimizer/{name}/").items():
                number, key = place.split("/")
                state.setdefault(int(number), {})[key] = torch.from_numpy(value)
            optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
        rng.set_state(torch.from_numpy(arrays["rng"]))
        like = tensors(networks)
        found = cls(**{name: arrays[name].item() for name in _NUMBERS})
        for kind in _TENSORS:
            named = below(arrays, f"{kind}/").items()
            setattr(found, kind, {name: torch.from_numpy(value).to(like[name].device) for name, value in named})
        found.curves = {name: values.tolist() for name, values in below(arrays, "curve/").items()}
        found.validation = arrays["validation"].tolist()
        return found


def tensors(networks: Mapping[str, nn.Module]) -> Tensors:
    """Parameters and buffers of the networks themselves, "network/parameter"."""
    return {f"{one}/{name}": value for one, network in networks.items() for name, value in network.state_dict().items()}


def copies(networks: Mapping[str, nn.Module]) -> Tensors:
    """Copies of parameters and buffers."""
    return {name: value.clone() for name, value in tensors(networks).items()}


def set_tensors(networks: Mapping[str, nn.Module], values: Mapping[str, torch.Tensor]) -> None:
    """Set those parameters and buffers that are named."""
    own = tensors(networks)
    with torch.no_grad():
        for name, value in values.items():
            own[name].copy_(value)
