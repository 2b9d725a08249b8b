"""Our targets of speed, set before the code was written, and what one run measured of each."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from experiments.library import jobs
from experiments.library import rows as benchmark
from experiments.library.limits import SITES, limits, packed_over


@dataclasses.dataclass(frozen=True)
class Target:
    """A time, rate or ratio that was wished for; `why` says what a miss comes from."""

    what: str
    found: Sequence[float | None]
    unit: str
    relation: str
    value: float
    why: str

    @property
    def worst(self) -> float | None:
        """The measured value that is furthest from the target; None where nothing was measured."""
        measured = [float(value) for value in self.found if value is not None]
        return (min if self.relation == "at least" else max)(measured, default=None)

    @property
    def verdict(self) -> str:
        """met, not met or not run."""
        if self.worst is None:
            return "not run"
        met = self.worst >= self.value if self.relation == "at least" else self.worst <= self.value
        return "met" if met else "not met"


def all_targets(rows: Any) -> list[Target]:
    """Every target with what this run measured of it."""
    return [*of_users(rows), *of_samplers(rows), *of_models(rows), *of_processes(rows)]


def of_users(rows: Any) -> list[Target]:
    """Whole jobs, kept configurations, imports and first numbers."""
    waits = benchmark.of(rows, "everyday: first number")
    first = {(row.subject, row.work): row.value for row in waits.itertuples()}
    faster = jobs.speedups(rows)
    clusters_too = "near the critical temperature the time is that of cluster updates, which the others have too"
    fixed = "keys and starts of the chains and the Dataset take as long as the sweeps"
    reasons = {"curve, L = 16": fixed, "curve, L = 32": fixed}
    kept = [times for where, times in jobs.kept(rows).items() if where != "nothing kept"]
    none = "nothing compiled before"
    return [
        *(
            Target(f"{label}, over the best other package", [faster.get(label)], "times", "at least", target,
                   reasons.get(label, clusters_too))
            for *_, label, target in jobs.JOBS
        ),
        Target("configurations kept, over the run that keeps none", kept, "times", "at most", 1.2,
               "the memory and the disk of this machine"),
        Target("import spinlib", waits[waits["subject"] == "import spinlib"]["value"], "s", "at most", 0.3, "imports"),
        Target(f"first number, {none}", waits[waits["work"] == none]["value"], "s", "at most", 6,
               "the compiler's own start, and the kernels of two methods"),
        Target("first number, compiled before", [first.get(("sample auto", "compiled before"))], "s", "at most", 1.5,
               "imports of numba and xarray"),
    ]  # fmt: skip


def of_samplers(rows: Any) -> list[Target]:
    """The packed sampler, its GPU kernel, and clusters."""
    one, bound, ratios = benchmark.of(rows, "one lattice"), limits(rows), packed_over(rows)
    two = one[(one["threads"] == 2) & one["subject"].isin(("multispin", "multispin, one lattice on 2 threads"))]
    gpu = benchmark.of(rows, "one lattice, gpu", subject="multispin_triton")
    wolff = benchmark.of(rows, "clusters", subject="wolff")["value"]
    unions = benchmark.of(rows, "clusters", subject="swendsen_wang")["value"]
    loop = f"{bound.instructions:.0f} vector instructions for {SITES} sites"
    most = f"{loop} let two threads do {2 * bound.most:.0f} flips/ns at most; why they do less was not examined"
    return [
        Target("packed Metropolis, two threads", [two["value"].max()], "flips/ns", "at least", 90, most),
        Target("the same over the convolution", [ratios[2].get("convolution")], "times", "at least", 5000, most),
        Target("the same over the fastest other package", [ratios[2].get("fastest other package")], "times", "at least",
               300, most),
        Target("packed Metropolis in Triton, one H200", gpu["value"].nlargest(1), "flips/ns", "at least", 2000,
               "the GPU that was at hand"),
        Target("Swendsen-Wang, L = 512", unions, "ms a sweep", "at most", 1.5,
               "the union of runs that touch takes most of the time"),
        Target("Wolff", wolff, "ms for 10,000 spins flipped", "at most", 0.3,
               "sites of a cluster are met in an order that no cache foresees"),
    ]  # fmt: skip


def of_models(rows: Any) -> list[Target]:
    """Samplers of other models, and exact solutions."""
    models = benchmark.of(rows, "other models")
    potts = models[models["work"].str.startswith("potts") & models["subject"].isin(("metropolis", "heat_bath"))]
    cells = models[models["subject"].str.startswith("cellular")]["value"]
    exact = ((8, 1), (16, 20), (32, 600))
    return [
        Target("Potts, q = 3 and 16, Metropolis and heat bath", potts["value"], "flips/ns", "at least", 0.5,
               "the slowest of them, heat bath, weighs all states of a site"),
        Target("XY, all samplers", models[models["work"].str.startswith("xy")]["value"], "flips/ns", "at least", 0.1,
               "the slowest of them, Wolff, follows its cluster site by site"),
        Target("cellular Potts, serial", cells, "attempts/ns", "at least", 0.06,
               "an attempt on a boundary reads 24 neighbours"),
        Target("coupling from the past, L = 64", models[models["unit"] == "ms"]["value"], "ms a sample", "at most",
               1000, "the search for paths"),
        *(
            Target(f"all counts g(E), L = {length}", benchmark.of(rows, "exact", L=length)["value"], "s", "at most",
                   limit, "the number of primes")
            for length, limit in exact
        ),
    ]  # fmt: skip


def of_processes(rows: Any) -> list[Target]:
    """Workers, and the compiler."""
    pools, warm = benchmark.of(rows, "executors"), benchmark.of(rows, "warm-up")
    later = warm[warm["work"].str.contains("later")]["value"]
    gains = {
        name: of[of["threads"] == 2]["value"].max() / of[of["threads"] == 1]["value"].max()
        for name, of in pools[pools["subject"] != "no executor"].groupby("subject")
    }
    return [
        *(
            Target(
                f"{name}, two workers over one", [gain], "times", "at least", 1.7, "the time to send tasks and results"
            )
            for name, gain in gains.items()
        ),
        Target("first call ever", warm[warm["work"] == "first call ever"]["value"], "s", "at most", 15, "compilation"),
        Target("first call of a later process", later, "s", "at most", 1, "loading compiled code"),
    ]
