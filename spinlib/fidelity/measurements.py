"""What is measured on configurations: series of each draw, and functions of their means with their errors.

A function of means f(<x>, <y>, ...) is linearised: each draw has the influence sum_k df/d<x_k> (x_k - <x_k>), a series
whose mean error is that of f and whose autocorrelation time is the one that counts for f (U. Wolff, Comput. Phys.
Commun. 156, 143 (2004)).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spinlib.models import Ising
from spinlib.observables import correlation_function, energy, magnetization, structure_factor_min
from spinlib.statistics import MIN_CHAINS, Estimate, mean_and_error, mean_of_independent
from spinlib.statistics.estimates import widened

__all__ = ["Quantity", "estimate", "influence", "quantities", "series_of"]

Array = NDArray[np.float64]


class Quantity(NamedTuple):
    """A function of the means of some series; its value is what is tested, `shown` makes the one that is printed.

    shown: (value, error) -> (value, error).
    """

    name: str
    series: tuple[str, ...]
    function: Callable[..., float]
    shown: Callable[[float, float], tuple[float, float]] = lambda value, error: (value, error)


def series_of(model: Ising, spins: np.ndarray) -> dict[str, Array]:
    """Series (chain, draw) of the energy e, m, |m|, their powers and S(k) at the smallest k; "g" is (r, chain, draw).

    Energies and magnetisations per site. g: correlations at r = 1, 2, ..., averaged over all axes as long as the first.
    """
    e, m = np.asarray(energy(model, spins)), np.asarray(magnetization(model, spins))
    axes = [axis for axis, length in enumerate(model.shape) if length == model.shape[0]]
    g = np.mean([correlation_function(model, spins, axis) for axis in axes], axis=0)[..., 1:]
    found = {"e": e, "e2": e**2, "m": m, "|m|": np.abs(m), "m2": m**2, "m4": m**4, "g": np.moveaxis(g, -1, 0)}
    if has_wave_vectors(model):
        found["s"] = structure_factor_min(model, spins)
    return found


def has_wave_vectors(model: Ising) -> bool:
    """Whether the smallest wave vector is the same along all axes."""
    periodic = all(boundary == "periodic" for boundary in model.lattice.boundary)
    return periodic and len(set(model.shape)) == 1 and model.lattice.neighborhood not in ("triangular", "honeycomb")


def quantities(model: Ising, temperature: float) -> list[Quantity]:
    """Scalars that are compared, per site where that makes sense."""
    n, T = model.n_sites, temperature
    subtracted = "m" if model.field else "|m|"
    found = [
        Quantity("energy", ("e",), lambda e: e),
        Quantity("abs_magnetization", ("|m|",), lambda m: m),
        Quantity("magnetization", ("m",), lambda m: m),
        Quantity("heat_capacity", ("e", "e2"), lambda e, e2: n * (e2 - e * e) / T**2),
        Quantity("susceptibility", (subtracted, "m2"), lambda m, m2: n * (m2 - m * m) / T),
        Quantity("binder_cumulant", ("m2", "m4"), lambda m2, m4: 1 - m4 / (3 * m2 * m2) if m2 else np.nan),
    ]
    if has_wave_vectors(model):
        scale = 2 * np.sin(np.pi / model.shape[0])

        def length(ratio: float, error: float) -> tuple[float, float]:
            if not 0 < ratio < 1:  # without order or without correlations, or by noise alone
                return (0.0 if ratio >= 1 else np.inf), np.nan
            xi = np.sqrt(1 / ratio - 1)
            return float(xi / scale), float(error / (2 * ratio**2 * xi * scale))

        # S(k) / S(0) is between 0 and 1 but for noise, while the length has no upper limit and may not be real.
        ratio = Quantity("correlation_length", ("m2", "s"), lambda m2, s: s / (n * m2) if m2 > 0 else np.nan, length)
        found.append(ratio)
    return found


def influence(function: Callable[..., float], series: list[Array]) -> tuple[float, Array]:
    """The function at the means, and the influence of every draw on it; NaN where it is not finite near the means."""
    means = [float(one.mean()) for one in series]
    at_means = float(function(*means))
    total: Any = 0.0
    for k, one in enumerate(series):
        step = 1e-3 * float(one.std()) / np.sqrt(one.size)
        if step == 0:
            continue
        above, below = list(means), list(means)
        above[k] += step
        below[k] -= step
        total = total + (function(*above) - function(*below)) / (2 * step) * (one - means[k])
    return at_means, np.broadcast_to(np.asarray(total, np.float64), series[0].shape)


def estimate(quantity: Quantity, series: Mapping[str, Array]) -> Estimate:
    """The quantity with its error, by the rules of `spinlib.statistics`."""
    return estimate_of(quantity.function, [series[name] for name in quantity.series])


def estimate_of(function: Callable[..., float], series: list[Array]) -> Estimate:
    """A function of means with its error; not valid where it is not finite or nothing varies.

    Many chains that are too short for autocorrelation times have the error that their spread shows. Whether they have
    forgotten their start, which `spinlib.statistics` asks besides, is part of what is tested here.
    """
    value, values = influence(function, series)
    nan = float("nan")
    if not np.isfinite(value) or not np.isfinite(values).all():
        return Estimate(value, nan, nan, nan, False, "it is not finite here")
    if np.ptp(values) <= 1e-12 * max(1.0, abs(value)):
        return Estimate(value, nan, nan, nan, False, "all configurations have the same value")
    found = mean_and_error(value + values - values.mean())._replace(value=value)
    if not found.valid and len(values) >= MIN_CHAINS:
        chains = mean_of_independent(values.mean(axis=1))
        if chains.valid:
            error = widened(chains.error, len(values) - 1)
            effective = min(float(values.var()) / chains.error**2, float(values.size))
            return Estimate(value, error, found.tau_int, effective, True, "")
    return found
