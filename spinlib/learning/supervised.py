"""Training a network on configurations and their labels: energy classes (cross-entropy) or values (squared error).

Paper dnn, Sec. II A: AdaDelta with a global rate of 0.001, 800 examples per step, until the loss has converged.
Where AdaDelta is slow, Adam with a rate that falls to zero along a cosine is offered beside it. The matrix products may
run in bfloat16, with weights and sums in float32; what a trained network says is always evaluated in float32.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from tqdm.auto import tqdm

OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "adadelta": torch.optim.Adadelta,
    "adam": torch.optim.Adam,
}


@dataclass(frozen=True)
class Schedule:
    """How to train.

    epochs: passes over the examples, at most. optimizer: "adadelta" or "adam". rate: its learning rate. decay: "none",
    or "cosine", from `rate` to 0 at the last epoch. batch: examples per step. patience: stop when the mean loss of an
    epoch has not fallen below 0.999 of its least value for so many epochs; None: never. bfloat16: whether to use it,
    see the module; None: where the processor has instructions for it, since without them it is ten times slower.

    Raises ValueError for values that are not positive or not allowed.
    """

    epochs: int
    optimizer: str = "adadelta"
    rate: float = 1e-3
    decay: str = "none"
    batch: int = 800
    patience: int | None = None
    bfloat16: bool | None = None

    def __post_init__(self) -> None:
        for name in ("epochs", "rate", "batch"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} {getattr(self, name)}: it has to be positive")
        if self.optimizer not in OPTIMIZERS:
            raise ValueError(f"optimizer {self.optimizer!r}: allowed are {', '.join(map(repr, OPTIMIZERS))}")
        if self.decay not in ("none", "cosine"):
            raise ValueError(f"decay {self.decay!r}: allowed are 'none' and 'cosine'")
        if self.patience is not None and self.patience < 1:
            raise ValueError(f"patience {self.patience}: None or a positive number of epochs is needed")

    def rate_at(self, epoch: int) -> float:
        """The learning rate of epoch 0, 1, ..."""
        return (
            self.rate * (0.5 + 0.5 * math.cos(math.pi * epoch / self.epochs)) if self.decay == "cosine" else self.rate
        )


@dataclass
class _Progress:
    """What a training that was interrupted needs beside its weights."""

    losses: list[float] = field(default_factory=list)
    least: float = math.inf
    stale: int = 0


def train(
    network: nn.Module,
    spins: Any,
    labels: Any,
    schedule: Schedule,
    rng: torch.Generator,
    *,
    checkpoint: str | os.PathLike[str] | None = None,
    augment: Callable[[torch.Tensor, torch.Tensor, torch.Generator], tuple[torch.Tensor, torch.Tensor]] | None = None,
    progress: bool = False,
) -> np.ndarray:
    """Train `network` in place; the mean loss of every epoch, float64.

    spins: (n, ...), whatever the network takes. labels: (n,) integers for classes, else floats (n,) or (n, outputs).
    rng: a CPU generator, which shuffles the examples of every epoch and is given to `augment`. augment: examples and
    labels of a batch, and rng, to those that are used. checkpoint: a file that is written after every epoch, whole or
    not at all; if it exists, training goes on from there. progress: show a progress bar.

    Raises ValueError where spins and labels differ in number, for no examples, and for a checkpoint of another network,
    schedule or set of examples; FloatingPointError when the loss of an epoch is not finite.
    """
    device = next(network.parameters()).device
    examples, targets = _tensor(spins).to(device), _tensor(labels).to(device)
    if len(examples) != len(targets) or not len(examples):
        raise ValueError(f"{len(examples)} configurations and {len(targets)} labels: as many of each are needed, not 0")
    loss_function = _loss_function(targets)
    bfloat16 = has_bfloat16(device) if schedule.bfloat16 is None else schedule.bfloat16
    targets = targets if not targets.is_floating_point() else targets.float()
    optimizer = OPTIMIZERS[schedule.optimizer](network.parameters(), lr=schedule.rate)
    state = _Progress()
    path = None if checkpoint is None else Path(checkpoint)
    identity = "" if path is None else _identity(network, schedule, examples, targets)
    if path is not None and path.exists():
        state = _resume(path, network, optimizer, rng, identity)

    network.train()
    first = len(state.losses)
    stopped = schedule.patience is not None and state.stale >= schedule.patience
    for epoch in tqdm(range(first, schedule.epochs if not stopped else first), unit="epoch", disable=not progress):
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate_at(epoch)
        total = 0.0
        for chosen in torch.randperm(len(examples), generator=rng).to(device).split(schedule.batch):
            batch, wanted = examples[chosen], targets[chosen]
            if augment is not None:
                batch, wanted = augment(batch, wanted, rng)
            with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
                output = network(batch)
            loss = loss_function(output.float(), wanted)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total += float(loss.detach()) * len(chosen)
        state.losses.append(total / len(examples))
        if not math.isfinite(state.losses[-1]):
            raise FloatingPointError(f"the loss of epoch {epoch} is {state.losses[-1]}: try a smaller rate")
        state.stale = 0 if state.losses[-1] < 0.999 * state.least else state.stale + 1
        state.least = min(state.least, state.losses[-1])
        if path is not None:
            _save(path, network, optimizer, rng, state, identity)
        if schedule.patience is not None and state.stale >= schedule.patience:
            break
    network.eval()
    return np.array(state.losses)


def predict(network: nn.Module, spins: Any, *, batch: int = 1024) -> np.ndarray:
    """Outputs (n, ...) of a network for spins (n, ...), float32 or the weights' dtype, without gradients.

    In evaluation mode, whatever mode it is in and stays in: what is said of spins does not depend on the others.
    """
    was_training, device = network.training, next(network.parameters()).device
    network.eval()
    try:
        with torch.inference_mode():
            return torch.cat([network(part.to(device)).cpu() for part in _tensor(spins).split(batch)]).numpy()
    finally:
        network.train(was_training)


def has_bfloat16(device: torch.device) -> bool:
    """Whether matrix products in bfloat16 are done by the processor itself."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return device.type == "cpu" and torch.cpu._is_avx512_bf16_supported()


def weights(network: nn.Module, prefix: str = "") -> dict[str, np.ndarray]:
    """The parameters by name, behind `prefix`, as numpy arrays of their own."""
    return {prefix + name: value.detach().cpu().numpy().copy() for name, value in network.state_dict().items()}


def load_weights(network: nn.Module, arrays: Mapping[str, Any], prefix: str = "") -> nn.Module:
    """Set the parameters from those of `weights`' arrays whose names begin with `prefix`, in place; the network.

    RuntimeError where they do not fit.
    """
    named = _below(arrays, prefix).items()
    network.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in named})
    return network.eval()


def _tensor(values: Any) -> torch.Tensor:
    """A tensor of the same memory; of a copy where that is read-only, of which torch would warn."""
    if torch.is_tensor(values):
        return values
    array = np.asarray(values)
    return torch.as_tensor(array if array.flags.writeable else array.copy())


def _loss_function(labels: torch.Tensor) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    if not labels.is_floating_point():
        return functional.cross_entropy
    return lambda output, wanted: functional.mse_loss(output.reshape(wanted.shape), wanted)


def _identity(network: nn.Module, schedule: Schedule, examples: torch.Tensor, targets: torch.Tensor) -> str:
    shapes = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    digest = hashlib.sha256()
    for part in (examples, targets):
        digest.update(np.ascontiguousarray(part.detach().cpu().numpy()).data)
    return repr((shapes, asdict(schedule), len(examples), digest.hexdigest()))


def _save(
    path: Path,
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    rng: torch.Generator,
    state: _Progress,
    identity: str,
) -> None:
    arrays: dict[str, Any] = dict(weights(network, "weight/"))
    for number, values in optimizer.state_dict()["state"].items():
        arrays |= {f"optimizer/{number}/{name}": torch.as_tensor(value).cpu().numpy() for name, value in values.items()}
    arrays |= {
        "identity": np.array(identity),
        "rng": rng.get_state().numpy(),
        "losses": np.array(state.losses),
        "least": np.array(state.least),
        "stale": np.array(state.stale),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    with temporary.open("wb") as file:
        np.savez(file, **arrays)
    temporary.replace(path)


def _resume(
    path: Path, network: nn.Module, optimizer: torch.optim.Optimizer, rng: torch.Generator, identity: str
) -> _Progress:
    with np.load(path, allow_pickle=False) as file:
        arrays = dict(file)
    if str(arrays["identity"]) != identity:
        raise ValueError(f"checkpoint {path} belongs to another network, schedule or set of examples")
    load_weights(network, arrays, "weight/")
    state: dict[int, dict[str, torch.Tensor]] = {}
    for name, value in _below(arrays, "optimizer/").items():
        number, key = name.split("/")
        state.setdefault(int(number), {})[key] = torch.from_numpy(np.array(value))
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    rng.set_state(torch.from_numpy(arrays["rng"]))
    return _Progress(arrays["losses"].tolist(), float(arrays["least"]), int(arrays["stale"]))


def _below(arrays: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): value for name, value in arrays.items() if name.startswith(prefix)}
