"""One loop that trains one or several networks, each loss by an optimiser of its own.

A training is described by its *objectives*: named losses, each a function of a batch, with the networks whose
parameters it moves, an optimiser, and how often it is due. In every step the objectives that are due are taken in their
order, each with the networks as the one before has left them:

- a regression, a classifier, a diffusion model: one network, one objective;
- adversarial variational Bayes: a discriminator, then encoder and decoder together;
- a Wasserstein GAN: the critic in every step, with clipped weights, and the generator in every fifth.

All random numbers come from one generator, which the caller gives. Torch's global generators, which layers such as
dropout use, are seeded for every epoch and restored afterwards. So the result follows from the arguments alone, and a
training that is resumed ends with the bits of one that was never interrupted, on one device.
"""

from __future__ import annotations

import hashlib
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from tqdm.auto import tqdm

from spinlib.learning.plan import Batch, Objective, Optimizer, Plan
from spinlib.learning.training_state import Curves, NotFiniteError, TrainingState, copies, set_tensors

__all__ = ["Curves", "Objective", "Optimizer", "Plan", "Shuffled", "has_bfloat16", "train"]


class Shuffled:
    """Batches of examples in a new order in every epoch, each example once; the last batch may be smaller.

    Parameters
    ----------
    *tensors : torch.Tensor
        Examples, labels, and so on, (n, ...) each, on the networks' device.
    batch : int
        Examples of a batch.

    Raises
    ------
    ValueError
        For tensors of different lengths, no examples, and a batch below 1.

    Examples
    --------
    >>> import torch
    >>> from spinlib.learning.training import Shuffled
    >>> batches = Shuffled(torch.arange(5), torch.arange(5) ** 2, batch=2)
    >>> [len(numbers) for numbers, squares in batches(torch.Generator().manual_seed(1))]
    [2, 2, 1]
    """

    def __init__(self, *tensors: torch.Tensor, batch: int) -> None:
        lengths = {len(tensor) for tensor in tensors}
        if len(lengths) != 1 or 0 in lengths:
            raise ValueError(f"tensors of lengths {[len(tensor) for tensor in tensors]}: one length, not 0, is needed")
        if batch < 1:
            raise ValueError(f"batch {batch}: it has to be positive")
        self.tensors, self.batch = tensors, batch

    def __call__(self, rng: torch.Generator) -> Iterator[Batch]:
        n, device = len(self.tensors[0]), self.tensors[0].device
        for chosen in torch.randperm(n, generator=rng, device=rng.device).to(device).split(self.batch):
            yield tuple(tensor[chosen] for tensor in self.tensors)

    def digest(self) -> str:
        """sha256 of the examples and the size of a batch."""
        digest = hashlib.sha256(repr(self.batch).encode())
        for tensor in self.tensors:
            values = np.ascontiguousarray(tensor.detach().cpu().numpy())
            digest.update(repr((values.dtype, values.shape)).encode() + values.tobytes())
        return digest.hexdigest()


def train(
    networks: Mapping[str, nn.Module],
    objectives: Mapping[str, Objective],
    batches: Callable[[torch.Generator], Iterable[Batch]],
    plan: Plan,
    rng: torch.Generator,
    *,
    validate: Callable[[], Any] | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_seconds: float = 0.0,
    about: str = "",
    progress: bool = False,
) -> Curves:
    """Train networks in place, and leave them in evaluation mode.

    Afterwards they have the weights of the epoch with the least validation if there is a validation; else the averaged
    ones, if the plan asks for them; else the last.

    Parameters
    ----------
    networks : mapping
        The networks by name, on one device. All are kept in checkpoints; those that no objective names get no step.
    objectives : mapping
        The losses by name, in the order in which a step takes them.
    batches : callable
        Of the generator: the batches of one epoch, tuples of tensors (n, ...) such as `Shuffled` gives, or empty tuples
        where losses make their own examples.
    plan : Plan
        How long.
    rng : torch.Generator
        Shuffles and is given to the losses. On the CPU, or on the networks' device.
    validate : callable, optional
        Without arguments: the value of the networks as they are, the less the better. It is called after every epoch,
        in evaluation mode and without gradients, and must not draw from `rng`.
    checkpoint : path-like, optional
        An npz file that is written after every epoch, whole or not at all; if it exists, training goes on from there.
        A large state has files of at most 12 MiB beside it, whose names begin with its name.
    checkpoint_seconds : float
        It is not written before so many seconds have passed since it was, or since the beginning; for large networks,
        whose state takes longer to write than an epoch.
    about : str
        What else the result follows from, such as the examples of batches of your own: a checkpoint with another text
        is refused.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Curves
        Losses and validation of every epoch, and the seconds of all epochs.

    Raises
    ------
    ValueError
        For objectives of unknown networks or without parameters, a patience with nothing to watch, batches without any,
        and a checkpoint that is damaged or belongs to another training.
    NotFiniteError
        At the first loss that is nan or infinite. The networks then have the weights that they would have had if the
        training had ended with the epoch before.

    Examples
    --------
    The mean of some numbers, by least squares:

    >>> import torch
    >>> from spinlib.learning.training import Objective, Optimizer, Plan, Shuffled, train
    >>> numbers = torch.tensor([1.0, 2.0, 6.0])
    >>> line = torch.nn.Linear(1, 1, bias=False)
    >>> def loss(batch, rng):
    ...     (values,) = batch
    ...     return ((line(torch.ones(len(values), 1))[:, 0] - values) ** 2).mean()
    >>> curves = train(
    ...     {"line": line},
    ...     {"square": Objective(loss, ("line",), Optimizer("adam", 0.1))},
    ...     Shuffled(numbers, batch=3),
    ...     Plan(300),
    ...     torch.Generator().manual_seed(1),
    ... )
    >>> round(float(line.weight.detach()), 2), round(float(curves.losses["square"][-1]), 2)
    (3.0, 4.67)
    """
    optimizers = _optimizers(networks, objectives)
    if plan.patience is not None and validate is None and len(objectives) > 1:
        raise ValueError(f"patience {plan.patience}: with {len(objectives)} objectives a validation has to be watched")
    state = TrainingState(rng.initial_seed())
    path = None if checkpoint is None else Path(checkpoint)
    identity = "" if path is None else _identity(networks, objectives, batches, plan, about)
    if path is not None and path.exists():
        state = TrainingState.read(path, identity, networks, optimizers, rng)
    device = next(next(iter(networks.values())).parameters()).device
    kept, written = state.kept(networks), time.monotonic()
    try:
        with tqdm(total=plan.epochs, initial=state.epoch, unit="epoch", disable=not progress) as bar:
            while state.epoch < plan.epochs and not (plan.patience and state.stale >= plan.patience):
                begin = time.monotonic()
                with _seeded(state.seed, state.epoch, device):
                    n_steps = _epoch(networks, objectives, optimizers, batches, plan, rng, state)
                    watched = _watched(networks, next(iter(objectives)), validate, state, n_steps)
                state.watch(watched, plan.tolerance)
                state.epoch += 1
                state.seconds += time.monotonic() - begin
                kept = state.kept(networks)
                if path is not None and time.monotonic() - written >= checkpoint_seconds:
                    state.write(path, identity, networks, optimizers, rng)
                    written = time.monotonic()
                bar.update()
                bar.set_postfix({name: f"{values[-1]:.4g}" for name, values in state.curves.items()}, refresh=False)
    finally:
        set_tensors(networks, kept)
        for network in networks.values():
            network.eval()
    return state.result()


def has_bfloat16(device: torch.device) -> bool:
    """Whether matrix products in bfloat16 are done by the processor itself, as `Plan` asks.

    Examples
    --------
    >>> import torch
    >>> from spinlib.learning.training import has_bfloat16
    >>> has_bfloat16(torch.device("cpu")) in (True, False)
    True
    """
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return device.type == "cpu" and torch.cpu._is_avx512_bf16_supported()


def _optimizers(
    networks: Mapping[str, nn.Module], objectives: Mapping[str, Objective]
) -> dict[str, torch.optim.Optimizer]:
    found = {}
    for name, objective in objectives.items():
        unknown = [one for one in objective.networks if one not in networks]
        if unknown:
            raise ValueError(f"network {unknown[0]!r} of objective {name!r}: allowed are {', '.join(networks)}")
        parameters = [p for one in objective.networks for p in networks[one].parameters() if p.requires_grad]
        if not parameters:
            raise ValueError(f"objective {name!r}: its networks {objective.networks} have no parameters to train")
        found[name] = objective.optimizer.of(parameters)
    if not found:
        raise ValueError("objectives: at least one is needed")
    return found


def _identity(
    networks: Mapping[str, nn.Module], objectives: Mapping[str, Objective], batches: Any, plan: Plan, about: str
) -> str:
    """The identity of a training, as text: a checkpoint of another training is refused."""
    shapes = {
        name: {key: tuple(value.shape) for key, value in network.state_dict().items()}
        for name, network in networks.items()
    }
    how = {name: (one.networks, one.optimizer, one.every) for name, one in objectives.items()}
    return repr((shapes, how, plan, about, batches.digest() if isinstance(batches, Shuffled) else ""))


def _epoch(
    networks: Mapping[str, nn.Module],
    objectives: Mapping[str, Objective],
    optimizers: Mapping[str, torch.optim.Optimizer],
    batches: Callable[[torch.Generator], Iterable[Batch]],
    plan: Plan,
    rng: torch.Generator,
    state: TrainingState,
) -> int:
    """One pass over the batches; adds the mean losses to the curves and returns the number of steps."""
    for network in networks.values():
        network.train()
    for name, objective in objectives.items():
        for group in optimizers[name].param_groups:
            group["lr"] = objective.optimizer.rate_at(state.epoch, plan.epochs)
    device = next(next(iter(networks.values())).parameters()).device
    bfloat16 = has_bfloat16(device) if plan.bfloat16 is None else plan.bfloat16
    sums: dict[str, tuple[float, int]] = {}
    first = state.step
    for batch in batches(rng):
        for name, objective in objectives.items():
            if (state.step + 1) % objective.every:
                continue
            with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
                values = _parts(name, objective.loss(batch, rng))
            for key, value in values.items():
                number, size = float(value.detach()), len(batch[0]) if batch else 1
                if not math.isfinite(number):
                    raise NotFiniteError(key, number, state.epoch, state.step - first, state.result())
                total, n = sums.get(key, (0.0, 0))
                sums[key] = total + number * size, n + size
            objective.optimizer.step(optimizers[name], values[name])
        state.step += 1
        if plan.averaging is not None:
            state.average(networks, plan.averaging)
    if state.step == first:
        raise ValueError(f"batches: there is none in epoch {state.epoch}")
    state.add({name: math.nan for name in objectives} | {name: total / n for name, (total, n) in sums.items()})
    return state.step - first


def _parts(name: str, loss: torch.Tensor | Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The parts of a loss, "name/part", if it has any, and behind them their sum, "name"."""
    if isinstance(loss, torch.Tensor):
        return {name: loss}
    parts = {f"{name}/{part}": value for part, value in loss.items()}
    return {**parts, name: torch.stack(list(parts.values())).sum()}


def _watched(
    networks: Mapping[str, nn.Module],
    first: str,
    validate: Callable[[], Any] | None,
    state: TrainingState,
    n_steps: int,
) -> float:
    """The validation of the averaged or last weights, also added to its curve; else the first loss."""
    if validate is None:
        return state.curves[first][-1]
    last = copies(networks)
    set_tensors(networks, state.averaged)
    for network in networks.values():
        network.eval()
    with torch.no_grad():
        value = float(validate())
    if not math.isfinite(value):
        raise NotFiniteError("validation", value, state.epoch, n_steps - 1, state.result())
    state.validation.append(value)
    if value < state.least:
        state.best, state.best_epoch = copies(networks), state.epoch
    set_tensors(networks, last)
    return value


@contextmanager
def _seeded(seed: int, epoch: int, device: torch.device) -> Iterator[None]:
    """A context with torch's global generators seeded for one epoch; they are restored afterwards."""
    word = int(np.random.SeedSequence((seed, epoch)).generate_state(1, np.uint64)[0] >> np.uint64(1))
    on_cuda = device.type == "cuda"
    with torch.random.fork_rng(devices=[device] if on_cuda else []):
        torch.default_generator.manual_seed(word)
        if on_cuda:
            with torch.cuda.device(device):
                torch.cuda.manual_seed(word)
        yield
