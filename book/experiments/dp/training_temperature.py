"""Which temperature trains best and where gradients are largest: estimates from the losses and gradients of seeds."""

from __future__ import annotations

import numpy as np


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


def summit(values: np.ndarray, T: np.ndarray) -> np.ndarray:
    """Temperature of the largest value per seed: the vertex of a parabola in log T through the three highest points.

    Parameters
    ----------
    values : ndarray, shape (temperature, seed)
    T : ndarray, shape (temperature,)
        Ascending temperatures, at least three.

    Returns
    -------
    ndarray, shape (seed,)
        Between the neighbours of the highest point in each seed; that point itself where the parabola has no maximum.
    """
    top = np.clip(values.argmax(axis=0), 1, len(T) - 2)
    vertices = []
    for seed, k in enumerate(top):
        curve = np.polyfit(np.log(T[k - 1 : k + 2]), values[k - 1 : k + 2, seed], 2)
        vertex = np.exp(-curve[1] / (2 * curve[0])) if curve[0] < 0 else T[values[:, seed].argmax()]
        vertices.append(np.clip(vertex, T[k - 1], T[k + 1]))
    return np.array(vertices)
