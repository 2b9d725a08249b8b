"""Why far fewer than 27,000 examples suffice here: classifiers of the 4 x 4 energy with one choice changed at a time.

The paper trains by AdaDelta on batches of 800, from weights that it does not describe, with a padding that it does not
describe. Here the optimiser is Adam, batches have 400 examples, edges continue periodically and first weights are
torch's. The optimiser, the edges and the first weights are changed alone. The batch needs no run: 150 examples are one
batch, whether it may hold 400 or 800. Nor would the paper's own rate of AdaDelta, 0.001, say anything: `dnn/optimizers`
shows that it does not train in so few steps.
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


# batch_paper is what a batch of the paper's size would be: at the smallest size no less than there are examples.
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "per_class": [1, 2, 4],
        "steps": [10, 10, 10],
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
    ("examples", "change"): "exact",
    # The loss of some changes differs from processor to processor by more than trainings at one seed may.
    ("accuracy", "accuracy_seen", "loss"): ("seeds", 1),
}

# At which of the sizes, from the smallest, each change is trained. Changes other than the edges are left out at the
# larger sizes to save time, so that nothing is known of them there.
SIZES = {
    "none, as in this chapter": (0, 1, 2),
    "zeros beyond the edges": (0, 1, 2),
    "AdaDelta at rate 1": (0, 1),
    "first weights of Glorot and Bengio": (0,),
}
CHANGES = tuple(SIZES)


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
    """As many passes over the examples for every change."""
    batch = min(settings["batch"], n_examples)
    epochs = round(steps * batch / n_examples)
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
    """Rows (row, set), one for each change at each of its sizes; `change` is its place in CHANGES."""
    rows = [(CHANGES.index(change), size) for change, sizes in SIZES.items() for size in sizes]
    found = []
    for i, size in run.progress(rows, "row"):
        n, steps = settings["per_class"][size], settings["steps"][size]
        for k in range(settings["sets"]):
            seed = run.seed + 10_000 * i + 1000 * k + n
            found.append(run.part(f"{CHANGES[i]}, {n}, {k}", one_training, CHANGES[i], n, steps, settings, seed))
    columns = {name: [one[name] for one in found] for name in ("accuracy", "accuracy_seen", "loss")}
    shape = (len(rows), settings["sets"])
    return {
        "change": np.array([i for i, _ in rows]),
        "examples": np.array([len(levels) * settings["per_class"][size] for _, size in rows]),
        **{name: np.array(values).reshape(shape) for name, values in columns.items()},
    }
