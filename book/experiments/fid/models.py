"""The diffusion models of paper fid (Sec. 2.2) as settings, their training data, and what is asked of them.

Training data are made by the paper's protocol (`experiments.fid.protocol`), cold starts; every training seed has a data
set of its own, so that the spread from seed to seed has that of the data in it. "random" starts every run at random;
"clusters" are independent configurations of Swendsen-Wang in their place. The configurations that a model generates are
the test: they are compared with exact answers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from experiments.fid import protocol, sets
from spinlib import sample
from spinlib.fidelity.reference import aligned
from spinlib.learning import diffusion
from spinlib.learning.diffusion import DiffusionTraining, NoiseSchedule
from spinlib.learning.plan import Optimizer
from spinlib.models import Ising
from spinlib.networks.unet import ConditionalUNet
from spinlib.observables import binder_cumulant, hamming_distance

if TYPE_CHECKING:
    from pathlib import Path

    from spinbook import Run

COARSE = [round(1.6 + 0.2 * k, 2) for k in range(10)]
FINE = sorted({*COARSE, *(round(2.0 + 0.05 * k, 2) for k in range(11))})
APART = 20  # sweeps of Swendsen-Wang between configurations that count as independent


class Kind(NamedTuple):
    """A model: the temperatures of its training, whether configurations are turned over, and where they come from."""

    temperatures: list[float]
    flips: bool = False
    data: str = "protocol"


KINDS = {
    "DiffIsing1": Kind(COARSE),
    "DiffIsing2": Kind(FINE),
    "DiffFlip": Kind(FINE, flips=True),
    "DiffIsing2, clusters": Kind(FINE, data="clusters"),
    "DiffIsing2, random starts": Kind(FINE, data="random"),
}
PROTOCOL = {"configurations": 1000, "burn_in": 10_000, "sweeps_between": 10}
SMOKE = {
    "L": 16, "seeds": 3, "T": [1.0, 1.6, 2.1, 2.3, 2.4, 2.6, 3.0], "configurations": 10,
    "burn_in": 100, "sweeps_between": 2, "widths": [4, 4, 8, 8], "embedding": 8, "epochs": 1, "batch": 64, "rate": 1e-3,
    "averaging": 0.9, "generated": 40, "steps": 25, "sampler": "multistep", "n_steps": 3,
    "from_input": True, "padding": "periodic",
}  # fmt: skip
LAPTOP = {
    **PROTOCOL, "L": 16, "seeds": 3, "T": protocol.TEMPERATURES, "widths": [32, 32, 64, 64], "embedding": 64,
    "epochs": 25, "batch": 64, "rate": 1e-3, "averaging": 0.995, "generated": 200, "steps": 1000,
    "sampler": "multistep", "n_steps": 25, "from_input": True, "padding": "periodic",
}  # fmt: skip
# The paper's lattice, epochs, number of configurations and sampler. kept: so many of each generated set stand in the
# record, which would else be larger than records may be; all are measured.
PAPER = {
    **LAPTOP, "L": 64, "widths": [32, 64, 128, 256], "embedding": 128, "epochs": 300, "rate": 5e-4, "averaging": 0.999,
    "generated": 1000, "kept": 100, "sampler": "ancestral", "n_steps": 1000,
}  # fmt: skip
SEEDS = (
    "energy", "deviation", "heat", "order", "abs_of_mean", "chi", "binder", "raw_energy", "raw_deviation", "raw_heat",
    "raw_order", "raw_chi", "hamming", "hamming_aligned", "many_domains",
)  # fmt: skip
COMPARE: dict[Any, Any] = {
    **dict.fromkeys(SEEDS, ("seeds", 1)),
    ("g", "raw_g"): ("seeds", 1),
    ("spins", "m", "raw_m", "raw_energies", "loss"): "kept",
    ("training_seconds", "sampling_seconds"): "magnitude",
    ("T", "models", "parameters"): "exact",
}


def scales(names: list[str], **laptop: Any) -> dict[str, dict[str, Any]]:
    """The settings of a record of some models at all scales; laptop: what differs there."""
    return {
        "smoke": {**SMOKE, "models": names},
        "laptop": {**LAPTOP, **laptop, "models": names},
        "paper": {**PAPER, "kept": 10, "models": names},  # nothing is asked of the configurations themselves
    }


def training_data(temperatures: list[float], data: str, settings: Mapping[str, Any], seed: int) -> tuple[Any, Any]:
    """Spins int8 (n, L, L) and the temperature of each."""
    size, n = settings["L"], settings["configurations"]
    found = []
    for k, temperature in enumerate(temperatures):
        if data != "clusters":
            start = "random" if data == "random" else "cold"
            draws = protocol.data_sets(size, temperature, start, settings, seed, keep_spins=True)
            found.append(draws.spins.values[0])
        else:
            draws = sample(
                Ising((size, size)), temperature, n, method="swendsen_wang", sweeps_between=APART, observables=(),
                seed=seed + 1000 * k, threads=1,
            )  # fmt: skip
            found.append(draws.spins.values.reshape(n, size, size))
    return np.concatenate(found), np.repeat(temperatures, n)


def network_of(settings: Mapping[str, Any], device: str) -> ConditionalUNet:
    """A network of these widths."""
    size = settings["L"]
    return ConditionalUNet(
        (size, size), widths=settings["widths"], embedding=settings["embedding"], padding=settings["padding"]
    ).to(device)


def schedule_of(settings: Mapping[str, Any]) -> NoiseSchedule:
    """The paper's schedule at its 1000 steps; fewer are as much noise in all."""
    n = settings["steps"]
    return NoiseSchedule(n, 0.1 / n, 20.0 / n)


def noised(spins: np.ndarray, left: Sequence[int], settings: Mapping[str, Any], seed: int = 0) -> np.ndarray:
    """A configuration (L, L) with the noise of each number of steps, 0 for none: (step, L, L)."""
    kept = np.concatenate([[1.0], schedule_of(settings).kept.numpy()])[np.asarray(left)][:, None, None]
    noise = np.random.default_rng(seed).standard_normal(np.shape(spins))
    return np.asarray(np.sqrt(kept) * spins + np.sqrt(1 - kept) * noise)


def trained(
    kind: Kind, settings: Mapping[str, Any], device: str, seed: int, checkpoint: Path | None = None
) -> dict[str, Any]:
    """The weights of a diffusion model after its training, the loss of every epoch, and the seconds of the training.

    What it learned is asked by `measured`, against exact answers.
    """
    network = network_of(settings, device)
    spins, temperatures = training_data(kind.temperatures, kind.data, settings, seed)
    how = DiffusionTraining(
        settings["epochs"], schedule_of(settings), batch=settings["batch"], flips=kind.flips, bfloat16=None,
        optimizer=Optimizer("adam", settings["rate"], "cosine"), averaging=settings["averaging"],
        from_input=settings["from_input"],
    )  # fmt: skip
    curves = diffusion.fit(network, spins, temperatures, how, seed, checkpoint=checkpoint)
    found = {"loss": curves.losses["noise"], "training_seconds": curves.seconds, "parameters": parameters(network)}
    return found | {f"weights {name}": one.cpu().numpy() for name, one in network.state_dict().items()}


def parameters(network: torch.nn.Module) -> int:
    """How many numbers a network learns."""
    return sum(one.numel() for one in network.parameters())


def with_weights(network: torch.nn.Module, part: Mapping[str, Any]) -> Any:
    """The network with the weights that a training left behind."""
    weights = {name.removeprefix("weights "): one for name, one in part.items() if name.startswith("weights ")}
    network.load_state_dict({name: torch.as_tensor(one) for name, one in weights.items()})
    return network.eval()


def generated(
    part: Mapping[str, Any], temperature: float, settings: Mapping[str, Any], device: str, seed: int
) -> dict[str, Any]:
    """A generated set of one temperature, measured, and the seconds of each configuration."""
    network = with_weights(network_of(settings, device), part)
    few = settings["n_steps"] if settings["sampler"] != "ancestral" else None
    begin, n = time.perf_counter(), settings["generated"]
    raw = diffusion.generate(
        network, temperature, n, seed, schedule_of(settings), sampler=settings["sampler"], n_steps=few,
        from_input=settings["from_input"], batch=100 if device == "cpu" else 1000,
    )  # fmt: skip
    return measured(raw, temperature) | {"sampling_seconds": (time.perf_counter() - begin) / n}


def measured(raw: np.ndarray, temperature: float) -> dict[str, Any]:
    """What a generated set (n, L, L) says at one temperature: numbers by the signs, and "raw_..." as they come.

    Energies, heat capacities and susceptibilities are per site. order: <|m|>; abs_of_mean: |<m>|. g: the mean of
    s(0) s(r), r = 1 .. L/2, over both axes, nothing subtracted. many_domains: the share with |m| below
    `protocol.STRIPED`. spins: the signs as bits, uint8 (n, L * L / 8); m, raw_m, raw_energies: of each configuration.
    """
    given = np.asarray(raw, np.float64)
    spins = np.where(given >= 0, 1, -1).astype(np.int8)
    size = spins.shape[-1]
    found: dict[str, Any] = {}
    for name, x in (("", spins.astype(np.float64)), ("raw_", given)):
        energies, m = energies_of(x), x.mean(axis=(1, 2))
        found |= {
            f"{name}energy": energies.mean(),
            f"{name}deviation": energies.std(),
            f"{name}heat": size**2 * energies.var() / temperature**2,
            f"{name}order": np.abs(m).mean(),
            f"{name}chi": size**2 * np.abs(m).var() / temperature,
            f"{name}m": m.astype(np.float32),
            f"{name}g": correlations(x),
        }
        if not name:
            found |= {"abs_of_mean": abs(m.mean()), "binder": float(binder_cumulant(m))}
            found["many_domains"] = (np.abs(m) < protocol.STRIPED).mean()
    return found | {
        "raw_energies": energies_of(given).astype(np.float32),
        "hamming": hamming_distance(spins),
        "hamming_aligned": hamming_distance(aligned(spins)),
        "spins": sets.packed(spins),
    }


def energies_of(x: np.ndarray) -> np.ndarray:
    """Energies per site of configurations (..., L, L) of any numbers."""
    return -np.mean(x * np.roll(x, 1, -1) + x * np.roll(x, 1, -2), axis=(-2, -1))


def correlations(x: np.ndarray) -> np.ndarray:
    """Mean over configurations (n, L, L), sites and both axes of x(0) x(r), r = 1 .. L/2."""
    half = range(1, x.shape[-1] // 2 + 1)
    return np.array([np.mean([(x * np.roll(x, r, axis)).mean() for axis in (1, 2)]) for r in half])


def of_kinds(
    names: list[str],
    settings: Mapping[str, Any],
    run: Run,
    training: Callable[..., dict[str, Any]],
    generating: Callable[..., dict[str, Any]],
) -> tuple[dict[str, Any], list[list[dict[str, Any]]]]:
    """Results (model, seed, temperature, ...), of the training (model, seed, ...), and all trained weights.

    spins: of the first configurations of each set, where the settings say how many are "kept", else of all.

    training(name, settings, device, seed, checkpoint=path) and generating(part, temperature, settings, device, seed):
    as above.
    """
    trainings: list[list[dict[str, Any]]] = []
    sets: list[list[list[dict[str, Any]]]] = []
    for name in names:
        trainings.append([])
        sets.append([])
        for k in run.progress(range(settings["seeds"]), name):
            seed = run.seed + 100_000 * names.index(name) + k
            part = run.part(f"{name}, {k}, training", training, name, settings, run.device, seed, checkpoint=True)
            trainings[-1].append(part)
            sets[-1].append(
                [
                    run.part(f"{name}, {k}, T={t:g}", generating, part, t, settings, run.device, seed + 10_000 + 10 * j)
                    for j, t in enumerate(settings["T"])
                ]
            )
    found: dict[str, Any] = {
        name: np.array([[[one[name] for one in row] for row in rows] for rows in sets]) for name in sets[0][0][0]
    }
    for name in ("loss", "training_seconds", "parameters"):
        found[name] = np.array([[part[name] for part in row] for row in trainings])
    for name in ("g", "raw_g"):
        found[name] = found[name].astype(np.float32)
    found["spins"] = found["spins"][..., : settings.get("kept"), :]
    return found | {"models": np.array(names), "T": np.array(settings["T"])}, trainings


def train_kind(
    name: str, settings: Mapping[str, Any], device: str, seed: int, checkpoint: Path | None = None
) -> dict[str, Any]:
    """`trained` of one of `KINDS`."""
    return trained(KINDS[name], settings, device, seed, checkpoint)
