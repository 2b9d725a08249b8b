"""Transitions found without being told: the small vision transformer on the Potts model and on the XY model.

A network learns to tell low from high temperatures, away from the transition, and is then asked at all temperatures
between: where the mean of its output crosses 1/2 it places the transition. It is trained with two choices of the low
temperatures, since a network that finds the transition would place it alike with both. Logistic regression on one
number is trained on the same configurations: on the energy of the 3-state Potts model, on the density of vortices of
the XY model. Equilibrium, by clusters.

Potts states are shown as three colours, one per state; of an XY spin the picture has its two components.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from experiments.vit import networks, simple_classifiers
from spinlib import sample
from spinlib.learning.supervised import Schedule, predict, train
from spinlib.models import XY, Potts
from spinlib.networks.vision_transformer import VisionTransformer
from spinlib.observables import vorticity
from spinlib.samplers.random import torch_generator

if TYPE_CHECKING:
    from pathlib import Path

    from spinbook import Run

# Low temperatures of training by choice, high ones, and those that are asked: from and to.
KINDS: dict[str, dict[str, Any]] = {
    "potts": {"low": {"near": [0.5, 0.8], "colder": [0.2, 0.5]}, "high": [1.2, 1.6], "asked": [0.6, 1.4]},
    "xy": {"low": {"near": [0.3, 0.6], "colder": [0.1, 0.3]}, "high": [1.3, 1.7], "asked": [0.4, 1.5]},
}
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "side": 8, "known": 8, "per_known": 4, "asked": 6, "per_asked": 8,
        "burn_in": 50, "sweeps": 2, "epochs": 2, "trials": 3,
    },
    "paper": {
        "side": 32, "known": 30, "per_known": 20, "asked": 33, "per_asked": 32,
        "burn_in": 500, "sweeps": 20, "epochs": 8, "trials": 8,
    },
}  # fmt: skip
STATES = 3
# Of the XY model on the infinite lattice: M. Hasenbusch, J. Phys. A 38, 5869 (2005).
VORTEX_TRANSITION = 0.8929
METHODS = {"potts": "swendsen_wang", "xy": "wolff"}
BATCH = 16
COMPARE: dict[Any, Any] = {
    "*_T": "exact",
    ("*_output", "*_simple"): ("trainings", 1),
    "*_observable": ("seeds", 1),
}


def model_of(kind: str, side: int) -> Potts | XY:
    """The ferromagnetic model on a torus."""
    return Potts((side, side), STATES) if kind == "potts" else XY((side, side))


def pictures(kind: str, spins: torch.Tensor) -> torch.Tensor:
    """Three channels, (B, 3, H, W): the states one by one, or both components of the spins and an empty one."""
    if kind == "potts":
        return 2.0 * functional.one_hot(spins.long(), STATES).movedim(-1, 1).float() - 1.0
    angles = spins.float()
    return torch.stack([angles.cos(), angles.sin(), torch.zeros_like(angles)], dim=1)


class Shown(nn.Module):
    """A vision transformer behind these pictures: spins (B, H, W) to (B, 2)."""

    def __init__(self, kind: str, side: int, seed: int) -> None:
        super().__init__()
        self.kind = kind
        size: dict[str, Any] = {"width": networks.WIDTH["ViT"], "depth": networks.DEPTH, "heads": networks.HEADS}
        self.network = networks.rescaled(
            VisionTransformer(2, (side, side), patch=4, **size, colors=True, seed=seed), seed
        )

    def forward(self, spins: torch.Tensor) -> torch.Tensor:
        return self.network.model(pixel_values=pictures(self.kind, spins)).logits


def turned(kind: str, spins: torch.Tensor, labels: torch.Tensor, rng: torch.Generator) -> tuple[Any, torch.Tensor]:
    """Random symmetries: a shift of the batch, and for each configuration other names of states, or a rotation."""
    shifts = torch.randint(spins.shape[1], (2,), generator=rng).tolist()
    moved = spins.roll(shifts, dims=(1, 2))
    if kind == "potts":
        names = torch.stack([torch.randperm(STATES, generator=rng) for _ in range(len(spins))])
        return names.gather(1, moved.long().flatten(1)).reshape(moved.shape).to(spins.dtype), labels
    return moved + 2 * torch.pi * torch.rand(len(spins), 1, 1, generator=rng), labels


def between(ends: Sequence[float], n: int) -> np.ndarray:
    """So many temperatures from one end to the other."""
    return np.linspace(ends[0], ends[1], n)


def configurations(
    kind: str, side: int, T: np.ndarray, each: int, settings: Mapping[str, Any], seed: int
) -> np.ndarray:
    """So many of each temperature: (temperature, each, side, side)."""
    drawn = sample(
        model_of(kind, side), T, each, method=METHODS[kind], burn_in=settings["burn_in"],
        sweeps_between=settings["sweeps"], observables=(), seed=seed,
    )  # fmt: skip
    return drawn.spins.values[:, 0]


def observable(kind: str, spins: np.ndarray) -> np.ndarray:
    """The energy per site of Potts, or the share of squares with a vortex of XY: (...) of (..., side, side)."""
    model = model_of(kind, spins.shape[-1])
    if isinstance(model, XY):
        return np.abs(vorticity(model, spins)).mean(axis=(-2, -1))
    return np.asarray(model.energy(spins)) / model.n_sites


def one_trial(
    kind: str, choice: str, settings: Mapping[str, Any], seed: int, checkpoint: Path | None = None
) -> np.ndarray:
    """Mean probability of "high" by the network, by logistic regression, and the observable: (3, temperature)."""
    ranges, side = KINDS[kind], settings["side"]
    known = np.concatenate([between(ends, settings["known"] // 2) for ends in (ranges["low"][choice], ranges["high"])])
    asked = between(ranges["asked"], settings["asked"])
    spins = configurations(kind, side, known, settings["per_known"], settings, seed)
    test = configurations(kind, side, asked, settings["per_asked"], settings, seed + 1)
    label = np.repeat(known >= ranges["high"][0], settings["per_known"]).astype(np.int64)
    network = Shown(kind, side, seed)
    schedule = Schedule(settings["epochs"], "adamw", networks.RATES["ours"], "cosine", BATCH, bfloat16=False)
    train(
        network,
        spins.reshape(-1, side, side),
        label,
        schedule,
        torch_generator(seed, "other_models", 0, 0),
        augment=lambda *given: turned(kind, *given),
        checkpoint=checkpoint,
    )
    outputs = torch.from_numpy(predict(network, test.reshape(-1, side, side), batch=64)).softmax(dim=1)[:, 1]
    simple = simple_classifiers.logistic().fit(observable(kind, spins).reshape(-1, 1), label)
    of_test = observable(kind, test)
    told = simple.predict_proba(of_test.reshape(-1, 1))[:, 1].reshape(of_test.shape)
    return np.stack([outputs.numpy().reshape(of_test.shape).mean(axis=1), told.mean(axis=1), of_test.mean(axis=1)])


def crossing(T: np.ndarray, output: np.ndarray) -> float:
    """The lowest temperature at which an output (temperature,), joined by lines, rises through 1/2; nan without one."""
    below = np.flatnonzero((output[:-1] < 0.5) & (output[1:] >= 0.5))
    if not below.size:
        return float("nan")
    k = below[0]
    return float(T[k] + (0.5 - output[k]) / (output[k + 1] - output[k]) * (T[k + 1] - T[k]))


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """ "<kind>_T" (temperature,); "<kind>_<choice>_output", "_simple", "_observable" (temperature, trial)."""
    found: dict[str, Any] = {}
    for i, (kind, ranges) in enumerate(run.progress(KINDS.items())):
        found[f"{kind}_T"] = between(ranges["asked"], settings["asked"])
        for j, choice in enumerate(ranges["low"]):
            seeds = [(run.seed >> 1) + 10_000 * i + 1000 * j + 10 * k for k in range(settings["trials"])]
            rows = [
                run.part(f"{kind}, {choice}, {seed}", one_trial, kind, choice, dict(settings), seed, checkpoint=True)
                for seed in seeds
            ]
            columns = np.stack(rows, axis=-1)
            named = zip(("output", "simple", "observable"), columns, strict=True)
            found |= {f"{kind}_{choice}_{name}": values for name, values in named}
    return found
