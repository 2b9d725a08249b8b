"""Networks whose likelihood is exact, Ising or XY: the training, and what the law that they draw is asked.

D. Wu, L. Wang and P. Zhang, Phys. Rev. Lett. 122, 080602 (2019). Nothing is learned from configurations: training
lowers the variational free energy of what the network itself draws.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.vae.corrected_10x10 import of_proposals
from spinlib.evaluation.importance_weights import log_partition
from spinlib.learning import autoregressive
from spinlib.learning.autoregressive import FreeEnergyTraining
from spinlib.learning.plan import Optimizer
from spinlib.samplers.independence import Proposed


def trained(
    network: Any, model: Any, temperature: float, seed: int, *, steps: int, batch: int, annealing: float, rate: float
) -> np.ndarray:
    """Train in place; the curve of the free energy. Its weights say how far the network's law is from the exact one."""
    optimizer = Optimizer("adam", rate, "cosine")
    how = FreeEnergyTraining(steps, batch, annealing, optimizer, min(100, steps))
    return np.asarray(autoregressive.fit(network, model, temperature, how, seed).losses["free_energy"])


def of_law(
    model: Any, drawn: Proposed, temperature: float, n_chains: int, seed: int, exact_log_z: float
) -> dict[str, float]:
    """As `of_proposals`, and ln Z of the whole lattice by the weights, "log_z", with its error.

    kl is the mean of ln Z - ln w, with the exact ln Z: over the number of sites, how far beta f is off.
    """
    estimate = log_partition(-model.energy(drawn.spins) / temperature - drawn.log_probability)
    asked = of_proposals(model, drawn, temperature, n_chains, seed, exact_log_z)
    return asked | {"log_z": estimate.value, "log_z_error": estimate.error}
