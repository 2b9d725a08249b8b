"""Which temperature trains best and where gradients are largest: estimates from the losses and gradients of seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from spinbook import Record

READINGS = {"persistent": "one chain", "restart": "same start"}


class Bootstrapped(NamedTuple):
    """An estimate from the mean over seeds.

    Attributes
    ----------
    value : float
        From all seeds.
    error : float
        Standard deviation over seeds drawn with replacement.
    """

    value: float
    error: float

    def __str__(self) -> str:
        return f"{self.value:.2f} ± {self.error:.2f}"


class Training(NamedTuple):
    """Trainings at several temperatures.

    Attributes
    ----------
    curve : ndarray, shape (temperature, step)
        Loss per spin, mean over seeds.
    loss : ndarray, shape (temperature, seed)
        Final loss per spin.
    gradient : ndarray, shape (temperature, seed)
        Mean |dL/dJ| of all steps, of the loss of Eq. 8, a sum over all spins.
    consistency : ndarray, shape (temperature, seed)
        |mean gradient| / mean |gradient| of a bond in a window of steps.
    """

    curve: np.ndarray
    loss: np.ndarray
    gradient: np.ndarray
    consistency: np.ndarray


class Places(NamedTuple):
    """Where a training is best and where its gradient is largest.

    Attributes
    ----------
    best, peak : Bootstrapped
        The two temperatures.
    apart : Bootstrapped
        The first minus the second.
    agree_best, agree_peak : float
        Consistency of the gradients at the two.
    """

    best: Bootstrapped
    peak: Bootstrapped
    apart: Bootstrapped
    agree_best: float
    agree_peak: float


def trainings(heat: Record, literal: Record) -> dict[str, Training]:
    """The records `dp/exchange_temperature` and `dp/exchange_line_by_line`, by reading, alpha and variant."""

    def one(record: Record, part: int | slice) -> Training:
        spins = record.settings["size"] ** 2  # the records hold the gradient of the loss per spin
        values = {name: record[name][part] for name in Training._fields}
        return Training(**{**values, "gradient": spins * values["gradient"]})

    found = {
        f"{READINGS[setup]}, α = {alpha}": one(heat, k)
        for k, (setup, alpha) in enumerate(zip(heat["setup"], heat["alpha"], strict=True))
    }
    return {**found, f"one chain, α = {literal.settings['alpha']}, line by line": one(literal, slice(None))}


def places(training: Training, T: np.ndarray) -> Places:
    """Best temperature and that of the largest gradient, of the mean curves, with errors from the seeds."""
    best, peak = place_of_maximum(-training.loss, T), place_of_maximum(training.gradient, T)
    agree = np.interp((best.value, peak.value), T, training.consistency.mean(axis=1))
    apart = distance_of_maxima(-training.loss, training.gradient, T)
    return Places(best, peak, apart, float(agree[0]), float(agree[1]))


def gain_of_best(loss: np.ndarray, reference: int) -> np.ndarray:
    """How much lower the loss at the best temperature is than at another one, per seed.

    Parameters
    ----------
    loss : ndarray, shape (temperature, seed)
        Final losses.
    reference : int
        Index of the other temperature.

    Returns
    -------
    ndarray, shape (seed,)
        Loss at `reference` minus loss at the best temperature, which is chosen from the other seeds, so that the
        difference is not biased by the choice.
    """
    best = [np.delete(loss, seed, axis=1).mean(axis=1).argmin() for seed in range(loss.shape[1])]
    return loss[reference] - loss[best, np.arange(loss.shape[1])]


def summit(curve: np.ndarray, T: np.ndarray) -> float:
    """Temperature of a curve's maximum: the vertex of a parabola in log T through the three highest points.

    Parameters
    ----------
    curve : ndarray, shape (temperature,)
    T : ndarray, shape (temperature,)
        Ascending temperatures, at least three.

    Returns
    -------
    float
        Between the neighbours of the highest point; that point itself where it is an end or the parabola has no
        maximum.
    """
    top = int(curve.argmax())
    if top in (0, len(T) - 1):
        return float(T[top])
    near = slice(top - 1, top + 2)
    bend, slope, _ = np.polyfit(np.log(T[near]), curve[near], 2)
    return float(np.clip(np.exp(-slope / (2 * bend)), T[top - 1], T[top + 1])) if bend < 0 else float(T[top])


def place_of_maximum(values: np.ndarray, T: np.ndarray, draws: int = 2000) -> Bootstrapped:
    """Where the mean curve over seeds is largest; its error says how far it moves with the seeds.

    Parameters
    ----------
    values : ndarray, shape (temperature, seed)
        Negative ones find a minimum.
    T : ndarray, shape (temperature,)
        Ascending temperatures, at least three.
    draws : int
        Sets of seeds that are drawn with replacement.

    Returns
    -------
    Bootstrapped
        A temperature.
    """
    again = [summit(each, T) for each in resampled_means(values, draws)]
    return Bootstrapped(summit(values.mean(axis=1), T), float(np.std(again, ddof=1)))


def distance_of_maxima(first: np.ndarray, second: np.ndarray, T: np.ndarray, draws: int = 2000) -> Bootstrapped:
    """How much higher the temperature is at which `first` is largest than that of `second`, in the same seeds.

    Parameters
    ----------
    first, second : ndarray, shape (temperature, seed)
    T : ndarray, shape (temperature,)
    draws : int
        As for `place_of_maximum`.

    Returns
    -------
    Bootstrapped
        A difference of two temperatures.
    """
    pairs = zip(resampled_means(first, draws), resampled_means(second, draws), strict=True)
    again = [summit(one, T) - summit(other, T) for one, other in pairs]
    value = summit(first.mean(axis=1), T) - summit(second.mean(axis=1), T)
    return Bootstrapped(value, float(np.std(again, ddof=1)))


def resampled_means(values: np.ndarray, draws: int) -> np.ndarray:
    """Means over seeds drawn with replacement, the same draws for each array of as many seeds: (draw, temperature)."""
    seeds = np.random.default_rng(1).integers(values.shape[1], size=(draws, values.shape[1]))
    return values[:, seeds].mean(axis=2).T
