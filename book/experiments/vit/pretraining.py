"""Pre-training without labels on simulated configurations, in the place of the paper's photographs (ImageNet).

Two halves of one configuration have its temperature in common, and far from each other hardly anything else. So a
network is trained to tell which two halves belong together, by the contrastive loss of T. Chen et al.
(arXiv:2002.05709): each half fills the lattice, twice side by side, and is changed by a random symmetry of the system;
of each half's vector the partner among all halves of a batch is to be found. No temperature is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from experiments.vit import networks, systems
from spinlib.learning.augmentation import Symmetries
from spinlib.learning.plan import Objective, Optimizer, Plan
from spinlib.learning.training import Batch, Shuffled, train
from spinlib.samplers.random import torch_generator

if TYPE_CHECKING:
    from pathlib import Path

# Numbers of a half's vector, and the sharpness of the comparison; ours.
N_FEATURES, SHARPNESS = 32, 0.2


def halves(spins: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The left and the right halves of configurations (B, H, W), each twice side by side: both (B, H, W)."""
    half = spins.shape[2] // 2
    return spins[:, :, :half].repeat(1, 1, 2), spins[:, :, half : 2 * half].repeat(1, 1, 2)


def contrast(vectors: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy of finding the partners: of vectors (2 B, n), i and B + i belong together."""
    units = functional.normalize(vectors.float(), dim=1)
    alike = units @ units.T / SHARPNESS
    alike = alike.masked_fill(torch.eye(len(units), dtype=torch.bool, device=units.device), -torch.inf)
    return functional.cross_entropy(alike, torch.arange(len(units), device=units.device).roll(len(units) // 2))


def pretrained(
    name: str, system: str, spins: np.ndarray, settings: Mapping[str, Any], device: str, seed: int,
    checkpoint: Path | None = None,
) -> dict[str, Any]:  # fmt: skip
    """ "body.<name>": the weights below the last layer; "loss" (epoch,), "seconds". spins: int8 (n, side, side)."""
    side = spins.shape[-1]
    network = networks.made(name, side, N_FEATURES, seed, settings).to(device)
    symmetries = Symmetries(systems.model_of(system, side))

    def of_batch(batch: Batch, rng: torch.Generator) -> torch.Tensor:
        nothing = torch.zeros(len(batch[0]))
        views = [symmetries(one, nothing, rng)[0] for one in halves(batch[0])]
        return contrast(network(torch.cat(views)))

    optimizer = Optimizer("adamw", networks.rate_of(name, settings), "cosine")
    bfloat16 = None if networks.is_full(settings) else False
    curves = train(
        {"network": network},
        {"contrast": Objective(of_batch, ("network",), optimizer)},
        Shuffled(torch.from_numpy(spins).to(device), batch=settings["pretraining"]["batch"]),
        Plan(settings["pretraining"]["epochs"], bfloat16=bfloat16),
        torch_generator(seed, "pretraining", 0, 0),
        checkpoint=checkpoint,
        checkpoint_seconds=networks.checkpoint_seconds(settings),
        about="contrast of halves",
    )
    body = {f"body.{key}": value for key, value in networks.body_of(network).items()}
    return {**body, "loss": curves.losses["contrast"], "seconds": curves.seconds}
