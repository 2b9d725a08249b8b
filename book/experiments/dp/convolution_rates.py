"""Rates of the convolution method on a grid of lattice and batch sizes, for figure 3 of paper dp."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from spinlib.models import Ising
from spinlib.samplers import convolution
from spinlib.timing import interleaved_rates

if TYPE_CHECKING:
    from spinbook import Run


TEMPERATURE = 2.269


def convolution_update(size: int, batch: int, sweeps: int, seed: int, device: str) -> Any:
    """A function that sweeps a batch of random lattices, and its number of flips."""
    model = Ising((size, size))
    rng = torch.Generator(device).manual_seed(seed)
    spins = torch.randint(0, 2, (batch, 1, size, size), generator=rng, device=device).float().mul_(2).sub_(1)

    def update() -> Any:
        convolution.sweep(model, spins, TEMPERATURE, rng, sweeps)
        if device.startswith("cuda"):
            torch.cuda.synchronize()

    return update, batch * model.n_sites * sweeps


def convolution_grid(settings: Mapping[str, Any], run: Run, device: str) -> Any:
    """Rates (lattice, batch, repeat); the batches of one lattice take turns."""

    def one_lattice(size: int) -> Any:
        updates = {
            str(b): convolution_update(size, b, settings["sweeps"], run.seed, device) for b in settings["batches"]
        }
        return np.stack(list(interleaved_rates(updates, settings["repeats"]).values()))

    rates = [run.part(f"L={size}", one_lattice, size) for size in run.progress(settings["L"], "lattice")]
    return {"L": np.array(settings["L"]), "batches": np.array(settings["batches"]), "rates": np.stack(rates)}
