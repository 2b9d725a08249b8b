"""Metropolis sweeps after generation: the hybrid that paper fid proposes in its conclusions.

Starts are the configurations of DiffIsing2 (records `USES`), random spins, spins that are all up, and independent
configurations of a cluster method, which should stay as they are. A few sweeps are done at every temperature
("repair"), many at the temperatures of the "race", where every configuration is followed in several copies so that
chance decides less.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.fid import generated, relaxation
from experiments.fid.relaxation import QUANTITIES
from spinlib import sample
from spinlib.models import Ising
from spinlib.statistics import jackknife, mean_and_error

if TYPE_CHECKING:
    from spinbook import Run

USES = ("fid/diffusion", "fid/diffusion_more")
MODELS = ["DiffIsing2"]
OTHERS = ("random", "all up", "independent")
LAPTOP: dict[str, Any] = {
    "models": MODELS, "sweeps": [0, 1, 2, 5, 10], "race": [2.2, 2.3, 2.4],
    "race_sweeps": [0, 1, 2, 3, 5, 7, 10, 14, 20, 30, 40, 50, 70, 100, 140, 200, 300, 400, 500], "copies": 8,
    "others": 200, "chains": 16, "reference": 1000,
}  # fmt: skip
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "models": MODELS, "sweeps": [0, 1, 2, 5, 10], "race": [2.3], "race_sweeps": [0, 1, 5, 20, 50], "copies": 1,
        "others": 200, "chains": 8, "reference": 200,
    },
    "laptop": LAPTOP,
    "paper": {
        **LAPTOP, "race_sweeps": [*LAPTOP["race_sweeps"], 700, 1000, 1400, 2000, 3000, 5000],
        "others": 100,  # as many as the record of networks keeps
    },
}  # fmt: skip
COMPARE: dict[Any, Any] = {
    ("T", "race", "starts", "sweeps", "race_sweeps"): "exact",
    **{f"{part}_{name}": ("seeds", 1) for part in ("repair", "race") for name in QUANTITIES},
    "seconds_per_sweep": "magnitude",
}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """repair_... and race_... of `QUANTITIES`: (start, training or set, temperature, rung), rungs as the settings say.

    reference_order, reference_chi: of independent configurations (temperature,), with errors. seconds_per_sweep of one
    configuration.
    """
    T, uses, size = generated.temperatures(run.uses), run.uses, run.uses[USES[0]].settings["L"]
    n_sets = min(generated.trainings(uses, name) for name in settings["models"])
    starts = [*settings["models"], *OTHERS]
    race = [t for t in settings["race"] if np.isclose(T, t).any()]
    found: dict[str, Any] = {
        "T": T, "race": np.array(race), "starts": np.array(starts),
        **{name: np.array(settings[name]) for name in ("sweeps", "race_sweeps")},
    }  # fmt: skip
    seconds = []
    for part, temperatures, ladder, copies in (
        ("repair", T, settings["sweeps"], 1),
        ("race", race, settings["race_sweeps"], settings["copies"]),
    ):
        rows = [
            [
                run.part(f"{part}, {start}, {k}", one_set, uses, start, k, list(temperatures), ladder, copies,
                         dict(settings), run.seed)
                for k in range(n_sets)
            ]
            for start in run.progress(starts, part)
        ]  # fmt: skip
        for name in QUANTITIES:
            found[f"{part}_{name}"] = np.array([[one[name] for one in row] for row in rows])
        seconds += [one["seconds"] for row in rows for one in row]
    references = [reference(size, t, settings, run.seed) for t in run.progress(T, "references")]
    for name in references[0]:
        found[f"reference_{name}"] = np.array([one[name] for one in references])
    return found | {"seconds_per_sweep": np.array([float(np.median(seconds))])}


def start_of(
    uses: Mapping[str, Any], start: str, training: int, temperature: float, settings: Mapping[str, Any], seed: int
) -> np.ndarray:
    """A set of configurations (n, L, L) of one start."""
    size, n = uses[USES[0]].settings["L"], settings["others"]
    if start == "all up":
        return np.ones((n, size, size), np.int8)
    if start == "random":
        rng = np.random.default_rng([seed, training, round(1e6 * temperature)])
        return rng.choice(np.array([-1, 1], np.int8), (n, size, size))
    if start == "independent":
        return sample(
            Ising((size, size)), temperature, n, method="swendsen_wang", sweeps_between=10, seed=seed + 1000 + training,
            threads=1,
        ).spins.values[0, 0]  # fmt: skip
    return generated.configurations(uses, start, training, temperature)


def one_set(
    uses: Mapping[str, Any], start: str, training: int, temperatures: list[float], ladder: list[int], copies: int,
    settings: Mapping[str, Any], seed: int,
) -> dict[str, Any]:  # fmt: skip
    """`QUANTITIES` (temperature, rung) of one start, and the median of seconds per sweep."""
    rows = [
        relaxation.relaxed(
            start_of(uses, start, training, t, settings, seed), t, ladder, seed, f"{start}, {training}", copies=copies
        )
        for t in temperatures
    ]
    return {name: np.array([one[name] for one in rows]) for name in QUANTITIES} | {
        "seconds": float(np.median([one["seconds"] for one in rows]))
    }


def reference(size: int, temperature: float, settings: Mapping[str, Any], seed: int) -> dict[str, float]:
    """<|m|> and the susceptibility of chains of a cluster method, with errors."""
    m = np.abs(
        sample(
            Ising((size, size)), temperature, settings["reference"], method="swendsen_wang", sweeps_between=5,
            n_chains=settings["chains"], keep_spins=False, seed=seed, threads=1,
        ).magnetization.values[0]
    )  # fmt: skip
    order = mean_and_error(m)
    chi = jackknife(lambda one, two: size**2 * (two - one**2) / temperature, m, m**2)
    return {"order": order.value, "order_error": order.error, "chi": chi.value, "chi_error": chi.error}
