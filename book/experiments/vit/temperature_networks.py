"""The temperature of one configuration of the periodic ferromagnet from its picture, by small networks.

Regression: the mean squared error of one output, on equilibrium configurations of temperatures drawn between 0.1 and 4,
changed by random symmetries. They are tested on configurations of fixed temperatures and of others that are drawn from
the whole range, and the likeliest temperature and the posterior mean of the same configurations stand beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from experiments.vit import networks, plain_networks, systems, temperature
from spinlib.learning.augmentation import Symmetries
from spinlib.learning.supervised import Schedule, predict, train
from spinlib.samplers.random import torch_generator

if TYPE_CHECKING:
    from pathlib import Path

    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "side": 16, "T": [1.0, 2.269, 3.0],
        "each": 8, "training": 48, "test": 30, "sweeps": 300, "epochs": 2, "trials": 3,
    },
    "paper": {
        "side": 100,
        "T": [0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 1.6, 1.8, 2.0, 2.15, 2.269, 2.35, 2.5, 3.0, 3.5],
        "each": 64, "training": 2000, "test": 1000, "sweeps": 20_000, "epochs": 15, "trials": 3,
    },
}  # fmt: skip
NAMES = ("ViT", "ResNet-18")
BATCH = 16
COMPARE: dict[Any, Any] = {
    "T": "exact",
    ("*_rms", "*_test"): ("trainings", 0),
    ("likeliest_rms", "posterior_rms", "test_likeliest", "test_posterior"): "kept",
}
MIDDLE = 2.0  # J / k_B; networks tell the difference from it


class First(nn.Module):
    """The first of some outputs, (B, n) to (B,)."""

    def forward(self, outputs: torch.Tensor) -> torch.Tensor:
        return outputs[:, 0]


def configurations(
    settings: Mapping[str, Any], side: int, seed: int
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Spins and temperatures for training and for testing; of the latter first the fixed temperatures."""
    model, rng = systems.model_of(temperature.SYSTEM, side), np.random.default_rng(seed)
    fixed = np.repeat(settings["T"], settings["each"])
    T = [rng.uniform(*temperature.ENDS, settings["training"])]
    T.append(np.append(fixed, rng.uniform(*temperature.ENDS, settings["test"])))
    known, asked = ((systems.equilibrium(model, at, settings["sweeps"], seed + k), at) for k, at in enumerate(T))
    return known, asked


def one_training(
    name: str, known: Any, asked: Any, epochs: int, seed: int, checkpoint: Path | None = None
) -> np.ndarray:
    """The temperatures that a new network tells of configurations (n, side, side) after its training."""
    spins, T = known
    side = spins.shape[1]
    model = systems.model_of(temperature.SYSTEM, side)
    network = nn.Sequential(plain_networks.plain(name, side, 2, seed), First())
    # On lattices that shrink to a single site, gradients in bfloat16 are not reliable.
    bfloat16 = name != "ViT" and side >= 64
    schedule = Schedule(epochs, "adamw", networks.RATES["ours"], "cosine", BATCH, bfloat16=bfloat16)
    rng = torch_generator(seed, "temperature", 0, 0)
    train(network, spins, T - MIDDLE, schedule, rng, augment=Symmetries(model), checkpoint=checkpoint)
    return MIDDLE + predict(network, asked, batch=64)


def root_mean_square(off: np.ndarray, n_temperatures: int, each: int) -> tuple[np.ndarray, float]:
    """Of errors of the test configurations: at the fixed temperatures, (temperature,), and over the drawn ones."""
    fixed, drawn = np.split(np.asarray(off), [n_temperatures * each])
    return np.sqrt((fixed.reshape(n_temperatures, each) ** 2).mean(axis=1)), float(np.sqrt((drawn**2).mean()))


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """T; "<network>_rms" (trial, temperature) at fixed temperatures, "<network>_test" (trial,) over drawn ones.

    The same of "likeliest" and "posterior", without the axis of trials, as "_rms" and "test_<name>".
    """
    side, T = settings["side"], np.array(settings["T"])
    known, (asked, true) = configurations(settings, side, run.seed)
    of = (len(T), settings["each"])
    told = temperature.estimated(np.asarray(systems.model_of(temperature.SYSTEM, side).energy(asked)), side)
    found: dict[str, Any] = {"T": T}
    for name, values in (("likeliest", told.likeliest), ("posterior", told.mean)):
        found[f"{name}_rms"], found[f"test_{name}"] = root_mean_square(values - true, *of)
    for name in NAMES:
        rows = [
            run.part(
                *(f"{name} {k}", one_training, name, known, asked, settings["epochs"], run.seed + 10 + k),
                checkpoint=True,
            )
            for k in run.progress(range(settings["trials"]))
        ]
        errors = [root_mean_square(row - true, *of) for row in rows]
        found[f"{name}_rms"], found[f"{name}_test"] = (np.array(column) for column in zip(*errors, strict=True))
    return found
