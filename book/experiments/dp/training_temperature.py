"""Which temperature trains best and where gradients are largest: estimates from the losses and gradients of seeds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


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
