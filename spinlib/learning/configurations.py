"""Configurations as generative networks take and give them: unit vectors, signs, and spins drawn by their means."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike

from spinlib.networks.autoencoder import Autoencoder

__all__ = ["angles_of", "as_examples", "drawn", "signs", "unit_vectors"]


def unit_vectors(angles: ArrayLike) -> np.ndarray:
    """XY spins as vectors (cos a, sin a).

    Parameters
    ----------
    angles : array_like
        (...), in radians.

    Returns
    -------
    numpy.ndarray
        float32 (..., 2).

    Raises
    ------
    ValueError
        For angles that are not finite.

    Examples
    --------
    >>> from spinlib.learning.configurations import unit_vectors
    >>> unit_vectors([0.0, 3.141592653589793]).round(6).tolist()
    [[1.0, 0.0], [-1.0, 0.0]]
    """
    given = np.asarray(angles, np.float64)
    if not np.isfinite(given).all():
        raise ValueError(f"angles: {given[~np.isfinite(given)][0]} is among them, finite numbers are needed")
    return np.stack([np.cos(given), np.sin(given)], axis=-1).astype(np.float32)


def angles_of(vectors: ArrayLike) -> np.ndarray:
    """The angles of vectors, whatever their lengths.

    Parameters
    ----------
    vectors : array_like
        (..., 2).

    Returns
    -------
    numpy.ndarray
        float64 (...), in [-pi, pi].

    Raises
    ------
    ValueError
        For another last axis.

    Examples
    --------
    >>> from spinlib.learning.configurations import angles_of, unit_vectors
    >>> angles_of(unit_vectors([0.5, -2.0])).round(6).tolist()
    [0.5, -2.0]
    """
    given = np.asarray(vectors, np.float64)
    if given.ndim < 1 or given.shape[-1] != 2:
        raise ValueError(f"vectors of shape {given.shape}: (..., 2) is needed")
    return np.arctan2(given[..., 1], given[..., 0])


def signs(means: ArrayLike) -> np.ndarray:
    """Ising spins by the sign of their means; a mean of zero gives +1.

    Parameters
    ----------
    means : array_like
        (...), in [-1, 1].

    Returns
    -------
    numpy.ndarray
        int8 (...), of -1 and +1.

    Raises
    ------
    ValueError
        For a mean outside [-1, 1].

    Examples
    --------
    >>> from spinlib.learning.configurations import signs
    >>> signs([-0.9, 0.1]).tolist()
    [-1, 1]
    """
    return np.where(_checked_means(means) < 0.0, -1, 1).astype(np.int8)


def drawn(means: ArrayLike, rng: np.random.Generator) -> np.ndarray:
    """Ising spins drawn independently, each +1 with probability (1 + mean) / 2.

    Parameters
    ----------
    means : array_like
        (...), in [-1, 1].
    rng : numpy.random.Generator
        Draws.

    Returns
    -------
    numpy.ndarray
        int8 (...), of -1 and +1.

    Raises
    ------
    ValueError
        For a mean outside [-1, 1], whose probability would be outside [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.learning.configurations import drawn
    >>> drawn([-1.0, 1.0], np.random.default_rng(1)).tolist()
    [-1, 1]
    >>> drawn([1.5], np.random.default_rng(1))
    Traceback (most recent call last):
        ...
    ValueError: mean 1.5 of a spin: its probability to be +1 would be 1.25, outside [0, 1]
    """
    probabilities = 0.5 + 0.5 * _checked_means(means)
    return np.where(rng.random(probabilities.shape) < probabilities, 1, -1).astype(np.int8)


def as_examples(network: Autoencoder, spins: Any) -> torch.Tensor:
    """Configurations as a tensor that a network can learn from, on its device.

    Parameters
    ----------
    network : Autoencoder
        The network.
    spins : array or tensor
        (n, *shape) of -1 and +1; for XY unit vectors (n, *shape, 2).

    Returns
    -------
    torch.Tensor
        In the dtype of the weights.

    Raises
    ------
    ValueError
        For no configurations, those of another lattice, and other values.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.learning.configurations import as_examples
    >>> from spinlib.networks.dense_vae import DenseVAE
    >>> as_examples(DenseVAE((6,)), np.ones((5, 6), np.int8)).dtype
    torch.float32
    """
    given = torch.as_tensor(spins if torch.is_tensor(spins) else np.array(spins))
    if given.ndim < 1 or not len(given):
        raise ValueError(f"spins of shape {tuple(given.shape)}: at least one configuration is needed")
    examples = network.of_lattice(given.to(network.sides.device))
    lengths = examples.abs() if network.n_components == 1 else examples.norm(dim=-1)
    wrong = ~((lengths - 1.0).abs() < 1e-4)  # so that NaN is wrong, too
    if wrong.any():
        needed = "-1 and +1 are" if network.n_components == 1 else "unit vectors are"
        raise ValueError(f"spins: one of length {float(lengths[wrong][0]):g} is among them, {needed} needed")
    return examples


def _checked_means(means: ArrayLike) -> np.ndarray:
    given = np.asarray(means, np.float64)
    wrong = given[~(np.abs(given) <= 1.0)]
    if wrong.size:
        probability = 0.5 + 0.5 * wrong[0]
        raise ValueError(
            f"mean {wrong[0]:g} of a spin: its probability to be +1 would be {probability:g}, outside [0, 1]"
        )
    return given
