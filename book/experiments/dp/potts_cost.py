"""What a Potts flip costs beside an Ising flip, for the text beside figure 4 of paper dp.

The same convolution method, lattice, batch and number of sweeps, Ising and Potts in turn. A flip is one attempted
update. The side of 640 sites is the smallest of the paper's Table III; batch, sweeps and repetitions are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from spinlib import sample
from spinlib.models import Ising, Potts

if TYPE_CHECKING:
    from spinbook import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"size": 64, "batch": 2, "sweeps": 20, "repeats": 5},
    "paper": {"size": 640, "batch": 4, "sweeps": 10, "repeats": 11},
}
COMPARE = {"rates": "magnitude", "ratio": "magnitude"}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Rates in flips/ns (repeat, model) of Ising and Potts, and the ratio of the first to the second."""
    shape = (settings["size"], settings["size"])
    models = (Ising(shape), Potts(shape, q=3))
    for model in models:  # not measured: the first call builds kernels and masks
        one_rate(model, {**settings, "sweeps": 2}, run.seed, run.device)
    rates = np.array(
        [[one_rate(model, settings, run.seed, run.device) for model in models] for _ in range(settings["repeats"])]
    )
    return {"rates": rates, "ratio": rates[:, 0] / rates[:, 1]}


def one_rate(model: Ising | Potts, settings: Mapping[str, Any], seed: int, device: str) -> float:
    """Flips per nanosecond of one call of `sample`."""
    begin = perf_counter()
    sample(
        model,
        [1.0],
        1,
        method="convolution",
        n_chains=settings["batch"],
        burn_in=settings["sweeps"],
        seed=seed,
        device=device,
        keep_spins=False,
    )
    return settings["batch"] * model.n_sites * settings["sweeps"] / (perf_counter() - begin) / 1e9
