"""Figure 8 of paper dp: exchange couplings trained until three patterns form.

Rate 0.001 and its Adam are the paper's, and so is Algorithm 2 line by line (`discretize="none"`). Patterns, sizes,
temperature, alpha, initial couplings, the rate 0.005 and the other variant of Algorithm 2 are ours. The paper shows
spins every 20 steps: how far a training can come by its last picture is searched for over the scales that it leaves
open, temperature and initial coupling (only J/T and rate/T matter), alpha and the variant.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dp.target_patterns import patterns
from spinlib.optimization.exchange_couplings import follow_frozen, optimize_exchange, overlap

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "size": 16,
        "T": 0.5,
        "alpha": 10,
        "initial": 0.3,
        "seeds": 16,
        "steps": 40,
        "trainings": [[0.02, "none"], [0.02, "color"]],
        "shown": [0, 20],
        "followed": 5,
        "frozen_sweeps": [0, 20, 30],
        "scan": {"rate": 0.02, "T": [0.2], "initial": [0.6], "alpha": [10], "discretize": ["none"], "seeds": 32},
    },
    "paper": {
        "size": 32,
        "T": 0.5,
        "alpha": 10,
        "initial": 0.3,
        "seeds": 16,
        "steps": 6000,
        "trainings": [[0.001, "none"], [0.001, "color"], [0.005, "color"]],
        "shown": [0, 20, 40, 60, 80],
        "followed": 40,
        "frozen_sweeps": [0, 20, 40, 60, 80, 200],
        "scan": {
            "rate": 0.001,
            "T": [0.005, 0.01, 0.02, 0.05],
            "initial": [0.2, 0.4, 0.6, 0.8],
            "alpha": [3, 10, 30],
            "discretize": ["none", "color"],
            "seeds": 32,
        },
    },
}
VERSION = 3
COMPARE = {
    ("pattern", "target", "rate", "discretize", "step", "shown"): "exact",
    ("scan_T", "scan_initial", "scan_alpha", "scan_discretize"): "exact",
    ("snapshots", "frozen_snapshots"): "kept",
    ("overlap", "frozen_trained", "frozen_damaged", "frozen_random", "scan_overlap"): ("seeds", -1),
}


def one_training(target: np.ndarray, rate: float, discretize: str, settings: Mapping[str, Any], seed: int) -> Any:
    """Overlaps (step, seed) and, of the first seed, spins at the steps that the paper shows and at the end."""
    steps = followed_steps(settings)
    result = persistent_chain(target, settings["T"], settings["initial"], settings["alpha"], rate, discretize,
                   steps=settings["steps"], kept=steps, seeds=settings["seeds"], seed=seed)  # fmt: skip
    shown = np.searchsorted(steps, [*settings["shown"], settings["steps"]])
    return {
        "overlap": overlap(result.snapshots[:, 0], target),
        "snapshots": result.snapshots[shown, 0, 0],
        "coupling": result.coupling[0],
        "spins": result.spins[0],
    }


def followed_steps(settings: Mapping[str, Any]) -> Any:
    """The steps that the paper shows, and later ones, equally far apart on a logarithmic scale."""
    later = np.geomspace(max(settings["shown"]) + 1, settings["steps"], settings["followed"]).astype(int)
    return np.unique([*settings["shown"], *later, settings["steps"]])


def persistent_chain(
    target: np.ndarray,
    temperature: float,
    initial: float,
    alpha: float,
    rate: float,
    discretize: str,
    *,
    steps: int,
    kept: Any,
    seeds: int,
    seed: int,
) -> Any:
    """One persistent chain per seed, whose couplings are all `initial` at first."""
    return optimize_exchange(
        target,
        [temperature],
        n_seeds=seeds,
        steps=steps,
        rate=rate,
        alpha=alpha,
        discretize=discretize,
        initial_coupling=(initial, initial),
        snapshot_steps=[int(step) for step in kept],
        window=20,
        seed=seed,
    )


def frozen(target: np.ndarray, trained: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> Any:
    """Overlaps (sweep, seed) of plain Metropolis with trained couplings from three starts; spins from random ones."""
    rng = np.random.default_rng(seed)
    spins = trained["spins"]
    starts = {
        "trained": spins,
        "damaged": np.where(rng.random(spins.shape) < 0.3, -spins, spins),
        "random": rng.choice([-1, 1], spins.shape),
    }
    followed = {
        name: follow_frozen(trained["coupling"], start, settings["T"], settings["frozen_sweeps"], seed=seed)
        for name, start in starts.items()
    }
    return {
        **{f"frozen_{name}": overlap(states, target) for name, states in followed.items()},
        "frozen_snapshots": followed["random"][:, 0],
    }


def by_last_picture(
    targets: Mapping[str, np.ndarray],
    scale: tuple[float, float, float, str],
    settings: Mapping[str, Any],
    seed: int,
) -> np.ndarray:
    """Overlaps (pattern, seed) at the last step that the paper shows.

    scale: temperature, initial coupling over temperature, alpha and variant of Algorithm 2.
    """
    temperature, ratio, alpha, discretize = scale
    last, scan = max(settings["shown"]), settings["scan"]
    overlaps = []
    for k, target in enumerate(targets.values()):
        result = persistent_chain(target, temperature, ratio * temperature, alpha, scan["rate"], discretize,
                       steps=last, kept=[last], seeds=scan["seeds"], seed=seed + k)  # fmt: skip
        overlaps.append(overlap(result.snapshots[0, 0], target))
    return np.stack(overlaps)


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Arrays by training, pattern, step and seed; the scan's by setting, pattern and seed."""
    targets = patterns(settings["size"])
    trained = [
        [
            run.part(f"{name} {rate} {discretize}", one_training, target, rate, discretize, settings, run.seed + k)
            for k, (name, target) in enumerate(targets.items())
        ]
        for rate, discretize in run.progress(settings["trainings"], "training")
    ]
    cooled = [
        run.part(f"frozen {name}", frozen, target, trained[0][k], settings, run.seed + k)
        for k, (name, target) in enumerate(targets.items())
    ]
    scan = settings["scan"]
    scales = list(itertools.product(scan["T"], scan["initial"], scan["alpha"], scan["discretize"]))
    scanned = [
        run.part(f"scan {scale}", by_last_picture, targets, scale, settings, run.seed + len(targets))
        for scale in run.progress(scales, "scale")
    ]
    return {
        "pattern": np.array(list(targets)),
        "target": np.stack(list(targets.values())).astype(np.int8),
        "rate": np.array([rate for rate, _ in settings["trainings"]]),
        "discretize": np.array([discretize for _, discretize in settings["trainings"]]),
        "step": followed_steps(settings),
        "shown": np.array([*settings["shown"], settings["steps"]]),
        **{
            name: np.stack([np.stack([part[name] for part in row]) for row in trained])
            for name in ("overlap", "snapshots")
        },
        **{name: np.stack([part[name] for part in cooled]) for name in cooled[0]},
        **{
            f"scan_{name}": np.array(values)
            for name, values in zip(("T", "initial", "alpha", "discretize"), zip(*scales, strict=True), strict=True)
        },
        "scan_overlap": np.stack(scanned),
    }
