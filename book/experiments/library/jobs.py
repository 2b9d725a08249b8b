"""Whole jobs of a user, from the call to the result: our times and those of other packages."""

from __future__ import annotations

from typing import Any

from experiments.library import rows as benchmark

# Benchmark, part of the work, label, how many times as fast as the best other package it should be.
JOBS = (
    ("everyday: curve", "L=16,", "curve, L = 16", 10),
    ("everyday: curve", "L=32,", "curve, L = 32", 20),
    ("everyday: curve", "L=64,", "curve, L = 64", 20),
    ("everyday: curve", "L=128,", "curve, L = 128", 10),
    ("everyday: energy error", "", "energies to 0.001", 30),
    ("everyday: susceptibility error", "", "susceptibility to 1 %", 30),
    ("everyday: crossing error", "", "Binder crossing to 0.001", 20),
    ("everyday: independent draws", "", "10,000 independent draws", 10),
    ("everyday: configurations", "in memory", "configurations in memory", 10),
)
OURS = "spinlib.sample"
# Package -> how the subjects of its rows begin.
PACKAGES = {OURS: "sample auto", "mcising": "mcising", "peapods": "peapods"}


def fastest(rows: Any) -> dict[str, dict[str, tuple[str, float]]]:
    """Label -> package -> the fastest of its ways and the seconds that it takes on one thread."""
    found: dict[str, dict[str, tuple[str, float]]] = {}
    for name, part, label, _ in JOBS:
        timed = benchmark.of(rows, name, threads=1)
        timed = timed[timed["work"].str.contains(part, regex=False)]
        for package, beginning in PACKAGES.items():
            own = timed[timed["subject"].str.startswith(beginning)]
            if len(own):
                subject, seconds = own.loc[own["value"].idxmin(), ["subject", "value"]]
                found.setdefault(label, {})[package] = (subject, float(seconds))
    return found


def best_other(found: dict[str, tuple[str, float]]) -> tuple[str, float] | None:
    """The way and the seconds of the fastest other package for one job; None where none did it."""
    others = [each for package, each in found.items() if package != OURS]
    return min(others, key=lambda each: each[1], default=None)


def speedups(rows: Any) -> dict[str, float]:
    """Label -> how many times as fast as the best other package ours is, where both did the job."""
    ratios = {}
    for label, found in fastest(rows).items():
        other = best_other(found)
        if OURS in found and other is not None:
            ratios[label] = other[1] / found[OURS][1]
    return ratios


def kept(rows: Any) -> dict[str, float]:
    """Where configurations are kept -> how many times as long as a run that keeps none it takes."""
    timed = benchmark.of(rows, "everyday: configurations", threads=1, subject="sample auto")
    place = timed["work"].str.rsplit(", ", n=1).str[1]
    nothing = timed["value"][place == "nothing kept"].max()
    return {where: float(value / nothing) for where, value in zip(place, timed["value"], strict=True)}
