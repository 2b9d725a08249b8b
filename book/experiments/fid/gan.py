"""GAN and GAN+M, the paper's "GAN, M in L" (Sec. 2.4 and Sec. 3): trained on data as of DiffIsing2.

Widths, rates, epochs and the bound of the critic's weights are ours; the batch and five steps of the critic to one of
the generator are those of the paper that introduced clipping. Its bound, 0.01, made a critic of 16 channels give all
configurations the same score.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.fid import models
from spinlib.learning import wgan
from spinlib.learning.plan import Optimizer
from spinlib.learning.wgan import WassersteinTraining
from spinlib.networks.wgan import Critic, Generator

if TYPE_CHECKING:
    from pathlib import Path

    from spinbook import Run

MODELS = ["GAN", "GAN+M"]
LAPTOP = {
    **models.PROTOCOL, "models": MODELS, "L": 16, "seeds": 3, "T": models.LAPTOP["T"], "width": 32, "epochs": 8,
    "batch": 64, "rate": 5e-4, "clip": 0.05, "generated": 200,
}  # fmt: skip
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        **LAPTOP, "T": models.SMOKE["T"], "width": 2, "epochs": 1, "configurations": 10, "burn_in": 100,
        "sweeps_between": 2, "generated": 40,
    },
    "laptop": LAPTOP,
    "paper": {**LAPTOP, "L": 64, "width": 64, "epochs": 300, "generated": 1000, "kept": 100},
}  # fmt: skip
COMPARE: dict[Any, Any] = models.COMPARE


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (model, seed, temperature, ...) as of `models.of_kinds`; loss: the critic's, minus its distance."""
    return models.of_kinds(settings["models"], settings, run, trained, generated)[0]


def trained(
    name: str, settings: Mapping[str, Any], device: str, seed: int, checkpoint: Path | None = None
) -> dict[str, Any]:
    """The weights of a generator after its training; what it learned is asked by `models.measured`."""
    spins, temperatures = models.training_data(models.FINE, "protocol", settings, seed)
    generator = generator_of(settings, device)
    penalty = settings.get("penalty", 0.0)
    critic = Critic(generator.shape, width=settings["width"], normalised=not penalty).to(device)
    optimizer = Optimizer("rmsprop", settings["rate"])
    how = WassersteinTraining(
        settings["epochs"], settings["batch"], clip=settings["clip"], penalty=penalty,
        magnetization=float(name == "GAN+M"), generator=optimizer, critic=optimizer,
    )  # fmt: skip
    curves = wgan.fit(generator, critic, spins, temperatures, how, seed, checkpoint=checkpoint)
    found = {"loss": curves.losses["critic"], "training_seconds": curves.seconds}
    weights = {f"weights {key}": one.cpu().numpy() for key, one in generator.state_dict().items()}
    return found | weights | {"parameters": models.parameters(generator)}


def generator_of(settings: Mapping[str, Any], device: str) -> Generator:
    """A generator of this width."""
    return Generator((settings["L"], settings["L"]), width=settings["width"]).to(device)


def generated(
    part: Mapping[str, Any], temperature: float, settings: Mapping[str, Any], device: str, seed: int
) -> dict[str, Any]:
    """A generated set of one temperature, measured, and the seconds of each configuration."""
    generator = models.with_weights(generator_of(settings, device), part)
    begin, n = time.perf_counter(), settings["generated"]
    raw = wgan.generate(generator, temperature, n, seed)
    return models.measured(np.asarray(raw), temperature) | {"sampling_seconds": (time.perf_counter() - begin) / n}
