"""Autoregressive networks of Ising spins, whose likelihood is exact.

D. Wu, L. Wang and P. Zhang, Phys. Rev. Lett. 122, 080602 (2019), for the six open sites and the 10 x 10 torus of paper
vae. Nothing is learned from configurations: training lowers the variational free energy of what the network itself
draws. Below the critical temperature a network may lose one of the two signs, so several ways stand side by side there:

    symmetric         q(-s) = q(s) by construction, and the inverse temperature rises from 0
    free              without the symmetry, with the rising inverse temperature
    at_once           without either
    coarse            as at_once, with few configurations in a batch and a higher rate
    coarse_symmetric  the same with the symmetry

"mirrored" is what becomes of a network without the symmetry if afterwards its law is replaced by (q(s) + q(-s)) / 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from experiments.vae.autocorrelation import CRITICAL
from experiments.vae.free_energy import of_law, trained
from spinlib.evaluation.divergences import of_probabilities
from spinlib.exact import enumeration, kaufman
from spinlib.learning import proposals
from spinlib.models import Ising
from spinlib.networks.autoregressive import AutoregressiveNetwork
from spinlib.samplers.independence import Proposed

if TYPE_CHECKING:
    from spinbook import Run


class Way(NamedTuple):
    """Whether q(-s) = q(s) by construction, a of beta (1 - a^t), configurations of a batch, and the learning rate."""

    z2: bool
    annealing: float
    batch: int = 300
    rate: float = 0.01


WAYS = {
    "symmetric": Way(True, 0.995),
    "free": Way(False, 0.995),
    "at_once": Way(False, 0.0),
    "coarse": Way(False, 0.0, 30, 0.02),
    "coarse_symmetric": Way(True, 0.0, 30, 0.02),
}
COLD = 1.8
OTHERS = {way: [COLD] for way in WAYS if way != "symmetric"}
CHAIN = [0.5, 1.0, 2.0]
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "chain": {"shape": [6], "T": [1.0], "ways": {"symmetric": [1.0], "free": [1.0]}},
        "torus": {"shape": [4, 4], "T": [COLD], "ways": {"symmetric": [COLD], **OTHERS}},
        "seeds": 3, "steps": 10, "hidden": 4, "draws": 250, "chains": 5,
    },
    "paper": {
        "chain": {"shape": [6], "T": CHAIN, "ways": {"symmetric": CHAIN, "free": CHAIN}},
        "torus": {
            "shape": [10, 10], "T": [COLD, CRITICAL, 3.0],
            "ways": {"symmetric": [COLD, CRITICAL, 3.0], **OTHERS},
        },
        "seeds": 5, "steps": 1500, "hidden": 16, "draws": 10_000, "chains": 20,
    },
}  # fmt: skip
MIRRORED = ("kl", "effective", "variance", "log_z")
COMPARE: dict[Any, Any] = {
    ("*_kl", "*_effective", "*_variance", "*_acceptance", "*_up", "*_spread_*"): ("seeds", 1),
    ("*_proposed_energy", "*_chain_energy"): ("seeds", 1),
    "*_curve": "kept",
    ("chain_T", "torus_T", "*_exact_energy", "*_exact_log_z"): "exact",
}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Results (temperature, seed) of every way, as `one_network` names them; exact values (temperature,).

    The temperatures of a way are those that the settings name for it.
    """
    found: dict[str, Any] = {}
    for at, name in enumerate(("chain", "torus")):
        torus = name == "torus"
        model = Ising(tuple(settings[name]["shape"]), boundary="periodic" if torus else "free")
        for way, temperatures in settings[name]["ways"].items():
            rows = [
                [
                    run.part(
                        f"{name}, {way}, T={temperature:.4f}, {k}",
                        *(one_network, model, temperature, way, dict(settings), run.seed + 1000 * at + 100 * place + k),
                    )
                    for k in run.progress(range(settings["seeds"]), f"{name}, {way}, T={temperature:.3f}")
                ]
                for place, temperature in enumerate(temperatures)
            ]
            found |= {
                f"{name}_{way}_{what}": np.array([[one[what] for one in row] for row in rows]) for what in rows[0][0]
            }
        grid = np.array(settings[name]["T"])
        found[f"{name}_T"] = grid
        found[f"{name}_exact_log_z"] = np.array([exact_log_z(model, t) for t in grid])
        found[f"{name}_exact_energy"] = np.array(
            [kaufman.energy(t, model.shape) if torus else enumeration.thermodynamics(model, t).energy for t in grid]
        )
    return found


def exact_log_z(model: Ising, temperature: float) -> float:
    """ln Z of the whole lattice."""
    if len(model.shape) == 2:
        return float(kaufman.log_partition(temperature, model.shape))
    return float(enumeration.log_partition(model, temperature))


def one_network(model: Ising, temperature: float, way: str, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """One training and what its independent configurations say: `of_law`, the share "up" with m > 0, the "curve".

    Of six sites KL(model || exact) over all states too, "exact_kl". Of a law without the symmetry also "mirrored_...".
    """
    z2, annealing, batch, rate = WAYS[way]
    network = AutoregressiveNetwork(model.shape, hidden=settings["hidden"], z2=z2)
    how = {"steps": settings["steps"], "batch": batch, "annealing": annealing, "rate": rate}
    curve = trained(network, model, temperature, seed, **how)
    drawn = proposals.autoregressive(network)(settings["draws"], np.random.default_rng(seed))
    m = drawn.spins.reshape(len(drawn.spins), -1).sum(axis=1)
    log_z = exact_log_z(model, temperature)
    found: dict[str, Any] = of_law(model, drawn, temperature, settings["chains"], seed, log_z)
    found |= {"up": float((m > 0).mean() + (m == 0).mean() / 2), "curve": curve.astype(np.float32)}
    if not network.z2:
        # The mirrored law gives a configuration and its mirror image the same weight: the same draws serve.
        with torch.inference_mode():
            turned = network(-torch.from_numpy(drawn.spins)).double().numpy()
        log_q = np.logaddexp(drawn.log_probability, turned) - np.log(2.0)
        mirrored = of_law(model, Proposed(drawn.spins, log_q), temperature, settings["chains"], seed, log_z)
        found |= {f"mirrored_{name}": mirrored[name] for name in (*MIRRORED, "log_z_error")}
    if model.n_sites <= 6:
        with torch.inference_mode():
            q = network(torch.from_numpy(enumeration.states(model))).double().exp().numpy()
        found["exact_kl"] = of_probabilities(q / q.sum(), enumeration.boltzmann(model, temperature)).model_to_exact
    return found
