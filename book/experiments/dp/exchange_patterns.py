"""Figure 8 of paper dp: exchange couplings trained until three patterns form.

Patterns, sizes, rate and temperature are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dp.target_patterns import disc
from spinlib.optimization.exchange_couplings import follow_frozen, optimize_exchange, overlap

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "size": 16,
        "T": 0.5,
        "seeds": 16,
        "steps": 40,
        "rate": 0.02,
        "window": 10,
        "shown": [0, 20],
        "frozen_sweeps": 30,
    },
    "paper": {
        "size": 32,
        "T": 0.5,
        "seeds": 16,
        "steps": 3000,
        "rate": 0.005,
        "window": 50,
        "shown": [0, 20, 40, 60, 80, 100],
        "frozen_sweeps": 200,
    },
}
VERSION = 2
COMPARE = {
    "pattern": "exact",
    "target": "exact",
    "shown": "exact",
    "snapshots": "kept",
    "final": ("seeds", 1),
    "frozen_*": ("seeds", 1),
}


LETTER = ["........", ".#####..", ".#...#..", ".#...#..", ".#####..", ".#......", ".#......", "........"]


def patterns(size: int) -> Any:
    letter = np.array([[1 if mark == "#" else -1 for mark in row] for row in LETTER])
    return {
        "disc": disc(size),
        "letter": np.kron(letter, np.ones((size // 8, size // 8), int)),
        "checkerboard": 2 * ((np.indices((size, size)) // (size // 8)).sum(axis=0) % 2) - 1,
    }


def one_pattern(target: np.ndarray, settings: Mapping[str, Any], seed: int) -> Any:
    steps = [*settings["shown"], settings["steps"]]
    result = optimize_exchange(
        target,
        [settings["T"]],
        n_seeds=settings["seeds"],
        steps=settings["steps"],
        rate=settings["rate"],
        snapshot_steps=steps,
        window=settings["window"],
        seed=seed,
    )
    rng = np.random.default_rng(seed)
    trained = result.spins[0]
    starts = {
        "trained": trained,
        "damaged": np.where(rng.random(trained.shape) < 0.3, -trained, trained),
        "random": rng.choice([-1, 1], trained.shape),
    }
    frozen = {
        f"frozen_{name}": overlap(
            follow_frozen(result.coupling[0], spins, settings["T"], [settings["frozen_sweeps"]], seed=seed)[0], target
        )
        for name, spins in starts.items()
    }
    return {
        "shown": np.array(steps),
        "snapshots": result.snapshots[:, 0, 0],
        "final": overlap(trained, target),
        **frozen,
    }


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    targets = patterns(settings["size"])
    parts = [
        run.part(name, one_pattern, target, settings, run.seed + k)
        for k, (name, target) in enumerate(run.progress(list(targets.items()), "pattern"))
    ]
    return {
        "pattern": np.array(list(targets)),
        "target": np.stack(list(targets.values())).astype(np.int8),
        **{name: np.stack([part[name] for part in parts]) for name in parts[0]},
    }
