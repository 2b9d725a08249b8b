"""Training of small networks on few or many configurations, with the same number of steps of the optimiser.

Batches go through the training set again and again, in a new order each time; a small set is seen many times, changed
by random symmetries, the largest not even once. The learning rate falls along a cosine, and the last weights count:
there is no validation set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from experiments.vit import efficiency, networks, systems
from spinlib.learning.augmentation import Symmetries
from spinlib.learning.classification import scores
from spinlib.learning.plan import Objective, Optimizer, Plan
from spinlib.learning.supervised import predict
from spinlib.learning.training import Batch, Shuffled, train
from spinlib.samplers.random import torch_generator

if TYPE_CHECKING:
    from pathlib import Path


class Repeated(torch.nn.Module):
    """So many batches in every epoch, from examples that are shuffled whenever they have all been seen.

    It is among the networks, so that a checkpoint holds the examples that wait: "waiting", and -1 behind them.
    """

    waiting: torch.Tensor

    def __init__(self, spins: torch.Tensor, labels: torch.Tensor, batch: int, steps: int) -> None:
        super().__init__()
        self.spins, self.labels, self.batch, self.steps = spins, labels, batch, steps
        self.register_buffer("waiting", torch.full((len(labels) + batch,), -1))

    def forward(self, rng: torch.Generator) -> Iterator[Batch]:
        waiting = self.waiting[self.waiting >= 0]
        for _ in range(self.steps):
            while len(waiting) < self.batch:
                waiting = torch.cat([waiting, torch.randperm(len(self.labels), generator=rng)])
            chosen, waiting = waiting[: self.batch], waiting[self.batch :]
            yield self.spins[chosen], self.labels[chosen]
        self.waiting.fill_(-1)[: len(waiting)] = waiting


def trained(
    name: str, spins: Any, label: Any, settings: Mapping[str, Any], seed: int, checkpoint: Path | None = None
) -> torch.nn.Module:
    """A network of `networks.NAMES` after its training on configurations (n, side, side) and their classes."""
    side = spins.shape[1]
    network = networks.small(name, side, len(systems.CLASSES), seed)
    augment = Symmetries(systems.model_of(efficiency.SYSTEM, side))

    def loss(batch: Batch, rng: torch.Generator) -> torch.Tensor:
        seen, wanted = augment(batch[0], batch[1], rng)
        return functional.cross_entropy(network(seen).float(), wanted)

    examples = torch.as_tensor(np.array(spins)), torch.as_tensor(np.array(label))
    batches = Repeated(*examples, settings["batch"], settings["steps"])
    optimizer = Optimizer("adamw", networks.RATES["ours"], "cosine", warm_up=1)
    plan = Plan(settings["epochs"])
    train(
        {"network": network, "batches": batches},
        {"cross_entropy": Objective(loss, ("network",), optimizer)},
        batches,
        plan,
        torch_generator(seed, "efficiency", 0, 0),
        checkpoint=checkpoint,
        about=Shuffled(*examples, batch=settings["batch"]).digest(),
    )
    return network


def one_number(
    name: str, n: int, trial: int, settings: Mapping[str, Any], seed: int, checkpoint: Path | None = None
) -> float:
    """Macro F1 on the common test set after a training on n configurations, the same for all networks."""
    (spins, label), (asked, true) = (
        _training_set(n, trial, seed, **_simulation(settings)),
        efficiency.test_set(settings),
    )
    network = trained(name, spins, label, settings, (seed >> 1) + 1000 * trial + n, checkpoint)
    return scores(true, predict(network, asked, batch=64).argmax(axis=1), len(systems.CLASSES)).macro_f1


def _simulation(settings: Mapping[str, Any]) -> dict[str, int]:
    return {name: settings[name] for name in ("side", "burn_in", "sweeps")}


@lru_cache(maxsize=1)
def _training_set(n: int, trial: int, seed: int, **simulation: int) -> tuple[np.ndarray, np.ndarray]:
    return efficiency.training_set({**simulation, "numbers": [n]}, seed, trial)
