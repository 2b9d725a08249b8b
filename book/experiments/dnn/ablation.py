"""Why far fewer than 27,000 examples suffice here: classifiers of the 4 x 4 energy with one choice changed at a time.

The paper trains by AdaDelta on batches of 800, from weights that it does not describe, with a padding that it does not
describe. Here the optimiser is Adam, batches have 400 examples, edges continue periodically and first weights are
torch's. Each of these is put back alone, at three sizes of the training set. A row of the paper's own rate of AdaDelta,
0.001, would say nothing: `dnn/optimizers` shows that it does not train in so few steps.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from experiments.dnn.example_sets import levels, model, targeted_examples
from spinlib.learning import energy_networks
from spinlib.learning.supervised import Schedule, train
from spinlib.networks.energy_cnn import EnergyCNN
from spinlib.networks.initialization import initialize
from spinlib.samplers.learned_energy import states_of
from spinlib.samplers.random import torch_generator

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "per_class": [2, 4],
        "steps": [10, 10],
        "sets": 3,
        "batch": 40,
        "batch_paper": 80,
        "input_side": 8,
        "every": 64,
    },
    "paper": {
        "per_class": [10, 100, 1800],
        "steps": [400, 400, 600],
        "sets": 3,
        "batch": 400,
        "batch_paper": 800,
        "input_side": 16,
        "every": 1,
    },
}
COMPARE = {
    "examples": "exact",
    ("*accuracy", "*accuracy_seen"): ("seeds", 2),
    "*loss": ("trainings", 2),
}

# At all sizes: what is compared, and what turned out to matter. The others are trained on the smaller sets alone, where
# they could explain that few examples suffice. Where a batch of the paper's size exceeds the number of examples, it is
# the whole set, as in the first row: there the two differ by their seeds alone.
CHANGES = ("none, as in this chapter", "zeros beyond the edges")
OTHERS = ("AdaDelta at rate 1", "first weights of Glorot and Bengio", "batches of the paper's size")


def glorot(network: nn.Module, rng: torch.Generator) -> None:
    """First weights as TensorFlow draws them by default: uniform, by the inputs and outputs of a unit, no biases."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            area = layer.weight[0, 0].numel()
            bound = math.sqrt(6.0 / (area * sum(layer.weight.shape[:2])))
            with torch.no_grad():
                layer.weight.uniform_(-bound, bound, generator=rng)
                for bias in (each for each in layer.parameters(recurse=False) if each.ndim == 1):
                    bias.zero_()


def schedule_of(change: str, n_examples: int, steps: int, settings: Mapping[str, Any]) -> Schedule:
    """As many passes over the examples in every row, hence half as many steps where batches are twice as large."""
    epochs = round(steps * min(settings["batch"], n_examples) / n_examples)
    batch = min(settings["batch_paper" if change == "batches of the paper's size" else "batch"], n_examples)
    if change == "AdaDelta at rate 1":
        return Schedule(epochs, "adadelta", 1.0, "none", batch=batch)
    return Schedule(epochs, "adam", 2e-3, "cosine", batch=batch)


def one_training(change: str, per_class: int, steps: int, settings: Mapping[str, Any], seed: int) -> dict[str, float]:
    """Accuracy on all states and on the examples, in per cent, and the loss of the last epoch."""
    spins = targeted_examples(per_class, seed)
    padding = "zeros" if change == "zeros beyond the edges" else "periodic"
    network = EnergyCNN(4, len(levels), input_side=settings["input_side"], padding=padding)
    rng = torch_generator(seed, "ablation", 0, 0)
    initialize(network, rng)
    if change == "first weights of Glorot and Bengio":
        glorot(network, rng)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    labels = energy_networks.classes(model.energy(spins), levels)
    losses = train(network, spins, labels, schedule_of(change, len(spins), steps, settings), rng)
    energy = energy_networks.class_energy(network, levels)
    states = states_of(np.arange(0, 2**model.n_sites, settings["every"]), model.shape)
    return {
        "accuracy": right(energy, states),
        "accuracy_seen": right(energy, spins),
        "loss": float(losses[-1]),
    }


def right(energy: energy_networks.Function, spins: np.ndarray) -> float:
    """The share of configurations, in per cent, whose energy a network finds."""
    return 100 * float(np.mean(energy(spins) == model.energy(spins)))


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Arrays (change, size, set), of CHANGES and, as `others_...`, of OTHERS without the largest size."""
    sizes, every = list(zip(settings["per_class"], settings["steps"], strict=True)), [*CHANGES, *OTHERS]
    columns: dict[str, Any] = {"examples": len(levels) * np.array(settings["per_class"])}
    for prefix, changes, chosen in (("", CHANGES, sizes), ("others_", OTHERS, sizes[:-1])):
        found = [
            run.part(f"{change}, {n}, {k}", one_training, change, n, steps, settings, seed_of(run.seed, i, k, n))
            for i, change in ((every.index(change), change) for change in run.progress(list(changes), "change"))
            for n, steps in chosen
            for k in range(settings["sets"])
        ]
        shape = (len(changes), len(chosen), settings["sets"])
        for name in ("accuracy", "accuracy_seen", "loss"):
            columns[f"{prefix}{name}"] = np.array([one[name] for one in found]).reshape(shape)
    return columns


def seed_of(first: int, change: int, repetition: int, per_class: int) -> int:
    return first + 10_000 * change + 1000 * repetition + per_class
