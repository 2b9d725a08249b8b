"""Metropolis sweeps after any start: what they make of a set of configurations, and how many are needed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from spinlib.models import Ising
from spinlib.observables import energy
from spinlib.samplers import METHODS
from spinlib.samplers.chains.contents import digest
from spinlib.samplers.random import keyed_streams

__all__ = ["QUANTITIES", "needed", "relaxed"]

QUANTITIES = ("energy", "heat", "order", "chi")


def relaxed(
    spins: np.ndarray, temperature: float, ladder: Sequence[int], seed: int, key: str, *, copies: int = 1
) -> dict[str, Any]:
    """`QUANTITIES` of a set (n, L, L) after each number of sweeps of `ladder`, (rung,), and seconds per sweep of one.

    Every configuration is followed in so many copies, each with random numbers of its own; key tells apart the sets
    that have one temperature. energy and order (<|m|>) per site; heat and chi are fluctuations over the set.
    """
    if list(ladder) != sorted(set(ladder)) or not ladder or ladder[0] < 0:
        raise ValueError(f"ladder {list(ladder)}: numbers of sweeps that rise, 0 or more")
    size = spins.shape[-1]
    model = Ising((size, size))
    now = np.ascontiguousarray(np.repeat(spins, copies, axis=0), dtype=np.int8)
    model.check(now)
    warm = np.full(len(now), float(temperature))
    rng = keyed_streams(seed, [digest("relaxation", model, temperature, key, k) for k in range(len(now))])
    rows, done, seconds = [], 0, 0.0
    for rung in ladder:
        began = time.perf_counter()
        METHODS["metropolis"].sweep(model, now, warm, rng, rung - done)
        if done:  # the first call compiles
            seconds += time.perf_counter() - began
        else:
            first = rung
        done = rung
        e, m = energy(model, now), np.abs(now.mean(axis=(1, 2), dtype=np.float64))
        fluctuation = size**2 / temperature
        rows.append([e.mean(), fluctuation / temperature * e.var(), m.mean(), fluctuation * m.var()])
    found: dict[str, Any] = dict(zip(QUANTITIES, np.array(rows).T, strict=True))
    return found | {"seconds": seconds / max(done - first, 1) / len(now)}


def needed(
    values: np.ndarray, targets: Sequence[float], tolerances: Sequence[float], ladder: Sequence[int]
) -> np.ndarray:
    """The sweeps of the first rung from which on every quantity stays within its relative tolerance of its target.

    values: (quantity, ..., rung). A set that never stays is given the last rung, so that the number is too small.
    """
    far: np.ndarray = np.zeros(np.shape(values)[1:], bool)
    for one, target, tolerance in zip(values, targets, tolerances, strict=True):
        far |= np.abs(one / target - 1) > tolerance
    last = np.where(far.any(axis=-1), far.shape[-1] - 1 - np.argmax(far[..., ::-1], axis=-1), -1)
    return np.asarray(ladder)[np.minimum(last + 1, len(ladder) - 1)]
