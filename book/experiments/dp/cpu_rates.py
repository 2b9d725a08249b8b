"""Figure 3a and Table III of paper dp: attempted flips per nanosecond on a CPU.

Lattices and batches are the paper's; the samplers beside the convolution method are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dp.convolution_rates import TEMPERATURE, convolution_grid
from spinlib.models import Ising
from spinlib.samplers import METHODS
from spinlib.samplers.random import streams
from spinlib.timing import interleaved_rates

if TYPE_CHECKING:
    from spinbook import Run


samplers = {"metropolis": 20, "heat_bath": 20, "swendsen_wang": 5, "multispin": 1000}


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "L": [128, 256],
        "batches": [1, 4],
        "sweeps": 2,
        "repeats": 3,
        "sampler_L": 256,
        "samplers": samplers,
    },
    "paper": {
        "L": [640, 1280, 1920, 2560],
        "batches": [1, 2, 4, 8, 16],
        "sweeps": 1,
        "repeats": 3,
        "sampler_L": 2560,
        "samplers": {"metropolis": 5, "heat_bath": 5, "swendsen_wang": 2, "multispin": 300},
    },
}
COMPARE = {"L": "exact", "batches": "exact", "samplers": "exact", "rates": "magnitude", "sampler_rates": "magnitude"}


def sampler_rates(settings: Mapping[str, Any], run: Run) -> Any:
    """Rates (method, repeat) of the CPU samplers, one thread, on one lattice of the paper's largest size."""
    model = Ising((settings["sampler_L"],) * 2)
    updates = {}
    for name in settings["samplers"]:
        spins = np.random.default_rng(run.seed).choice(np.array([-1, 1], np.int8), (1, *model.shape))
        rng, sweeps = streams(run.seed, name, 0, range(1)), settings["samplers"][name]

        def update(
            sweep: Any = METHODS[name].sweep, spins: np.ndarray = spins, rng: np.ndarray = rng, sweeps: int = sweeps
        ) -> Any:
            sweep(model, spins, np.array([TEMPERATURE]), rng, sweeps)

        updates[name] = (update, model.n_sites * sweeps)
    return np.stack(list(interleaved_rates(updates, settings["repeats"]).values()))


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    grid = convolution_grid(settings, run, "cpu")
    return {
        **grid,
        "samplers": np.array(list(settings["samplers"])),
        "sampler_rates": run.part("samplers", sampler_rates, settings, run),
    }
