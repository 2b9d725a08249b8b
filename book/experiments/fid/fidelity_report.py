"""What `spinlib.fidelity` says of right and of broken samplers.

Samplers of 16 x 16 spins at the paper's T = 2.3 (`experiments.fid.broken_samplers`), each in several sets of
configurations, and cluster samples at two more temperatures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.fid.broken_samplers import KINDS, configurations
from experiments.fid.monte_carlo import PAPER
from spinlib.fidelity import Report, make_reference, report
from spinlib.models import Ising

if TYPE_CHECKING:
    from spinbook import Run

METRICS = (
    "energy", "abs_magnetization", "magnetization", "heat_capacity", "susceptibility", "binder_cumulant",
    "correlation_length", "correlation_function", "energy_distribution", "magnetization_distribution",
    "hamming_distance", "aligned_hamming_distance",
)  # fmt: skip
VERDICTS = ("agrees", "deviates", "undecided")
EXAMPLE = "acceptance in 6 bits"  # its first set is kept, for the chapter's page
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "L": 8, "T": 2.3, "right": [3.0], "n": 400, "sets": 3, "reference": 4000,
        "protocol": {**PAPER, "configurations": 400, "burn_in": 1000},
    },
    "paper": {"L": 16, "T": 2.3, "right": [1.6, 3.0], "n": 1000, "sets": 3, "reference": 20_000, "protocol": PAPER},
}  # fmt: skip
COMPARE: dict[Any, Any] = {
    ("values", "worth", "distinct"): ("seeds", 1),
    ("verdicts", "overall", "p", "references", "example"): "kept",
    ("names", "metrics"): "exact",
}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Of every sampler and set (sampler, set): overall verdict; worth, the smallest effective sample size; distinct.

    values, references, p, verdicts: (sampler, set, metric), p is -1 where there is none; verdicts are places in
    `VERDICTS`. names: of the samplers. example: the signs of the first set of `EXAMPLE` as bits, (chain, draw, byte).
    """
    L, T = settings["L"], settings["T"]
    cases = [(kind, T) for kind in KINDS] + [("cluster method", t) for t in settings["right"]]
    rows = [
        run.part(f"{kind}, T={t:g}", one_sampler, kind, t, dict(settings), run.seed + 100 * k)
        for k, (kind, t) in enumerate(run.progress(cases))
    ]
    names = [kind if t == T else f"{kind}, T = {t:g}" for kind, t in cases]
    example = configurations(EXAMPLE, L, T, settings["n"], run.seed, settings["protocol"])
    found: dict[str, Any] = {name: np.array([one[name] for one in rows]) for name in ASKED}
    bits = np.packbits(example.reshape(*example.shape[:2], -1) > 0, axis=-1)
    return found | {"names": np.array(names), "metrics": np.array(METRICS), "example": bits}


ASKED = ("overall", "values", "references", "p", "verdicts", "worth", "distinct")


def one_sampler(kind: str, temperature: float, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """All sets of one sampler, against one reference; results (set, ...)."""
    L, model = settings["L"], Ising((settings["L"], settings["L"]))
    reference = make_reference(model, temperature, settings["reference"], seed)
    found = []
    for k in range(settings["sets"]):
        spins = configurations(kind, L, temperature, settings["n"], seed + k, settings["protocol"])
        found.append(numbers(report(spins, model, temperature, reference=reference)))
    return {name: np.array([one[name] for one in found]) for name in ASKED}


def numbers(found: Report) -> dict[str, Any]:
    """A report as arrays in the order of `METRICS`; a metric that does not apply is undecided, with the value 0."""
    metrics = [found.metrics.get(name) for name in METRICS]
    return {
        "overall": VERDICTS.index(found.verdict),
        "values": np.array([one.value if one and np.isfinite(one.value) else 0.0 for one in metrics]),
        "references": np.array([one.reference if one else 0.0 for one in metrics]),
        "p": np.array([one.p if one and np.isfinite(one.p) else -1.0 for one in metrics]),
        "verdicts": np.array([VERDICTS.index(one.verdict) if one else 2 for one in metrics]),
        "worth": np.nan_to_num(min(found.n_effective.values())),
        "distinct": found.distinct,
    }
