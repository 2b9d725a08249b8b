"""Functions of spins that evaluate a trained network, and can replace a model's energy.

A classifier gives one of the rising energy levels; a regression was trained on scaled values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from torch import nn

from spinlib.learning.supervised import predict
from spinlib.networks.weights import load_weights

Function = Callable[[np.ndarray], np.ndarray]


class Scaling(NamedTuple):
    """Values as mean + scale * output.

    Attributes
    ----------
    mean, scale : float
        In the units of the values.
    """

    mean: float
    scale: float


def kept_value(network: nn.Module, arrays: Mapping[str, Any], prefix: str = "") -> Function:
    """`regressed_value` of a regression that a record keeps.

    Parameters
    ----------
    network : torch.nn.Module
        Of the same architecture; its weights are set.
    arrays : mapping
        What `train_and_test` kept.
    prefix : str
        The prefix of the names of weights and scaling.

    Returns
    -------
    callable
        Of spins (n, ...): float64 (n,).

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.learning import energy_networks
    >>> from spinlib.networks.local_energy import LocalEnergy
    >>> from spinlib.networks.weights import weights
    >>> kept = {**weights(LocalEnergy(), "weight."), "scaling": np.array([0.0, 2.0])}
    >>> energy_networks.kept_value(LocalEnergy(), kept)(np.ones((3, 4, 4))).shape
    (3,)
    """
    load_weights(network, arrays, f"{prefix}weight.")
    return regressed_value(network, Scaling(*arrays[f"{prefix}scaling"].tolist()))


def classes(energies: ArrayLike, levels: ArrayLike) -> np.ndarray:
    """The index of every energy among the levels.

    Parameters
    ----------
    energies : array
        (...).
    levels : sequence of float
        Rising.

    Returns
    -------
    numpy.ndarray
        int64 (...).

    Raises
    ------
    ValueError
        For an energy that is none of them.

    Examples
    --------
    >>> from spinlib.learning.energy_networks import classes
    >>> classes([8.0, -8.0], [-8.0, 0.0, 8.0]).tolist()
    [2, 0]
    """
    allowed, given = np.asarray(levels, np.float64), np.asarray(energies, np.float64)
    found = np.searchsorted(allowed, given).clip(max=len(allowed) - 1)
    wrong = given[allowed[found] != given]
    if wrong.size:
        raise ValueError(f"energy {wrong[0]:g} is none of the {len(allowed)} levels")
    return found


def class_energy(network: nn.Module, levels: ArrayLike) -> Function:
    """A function that returns the energy of the class with a classifier's largest output.

    Parameters
    ----------
    network : torch.nn.Module
        With one output for each level.
    levels : sequence of float
        The classes, rising.

    Returns
    -------
    callable
        Of spins (n, *shape): float64 (n,).

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.learning.energy_networks import class_energy
    >>> from spinlib.networks.energy_cnn import EnergyCNN
    >>> energies = class_energy(EnergyCNN(4, 3), [-8.0, 0.0, 8.0])(np.ones((5, 4, 4)))
    >>> energies.shape, bool(np.isin(energies, [-8.0, 0.0, 8.0]).all())
    ((5,), True)
    """
    allowed = np.asarray(levels, np.float64)
    return lambda spins: allowed[predict(network, spins).argmax(axis=1)]


def scaling(values: ArrayLike) -> Scaling:
    """Mean and standard deviation of the training values.

    Parameters
    ----------
    values : array
        (n,).

    Returns
    -------
    Scaling
        Of the values.

    Raises
    ------
    ValueError
        Where they do not vary.

    Examples
    --------
    >>> from spinlib.learning.energy_networks import scaling
    >>> scaling([1.0, 3.0])
    Scaling(mean=2.0, scale=1.0)
    """
    given = np.asarray(values, np.float64)
    mean, scale = float(given.mean()), float(given.std())
    if not scale > 0.0:
        raise ValueError("all training values are equal: there is nothing to learn")
    return Scaling(mean, scale)


def regressed_value(network: nn.Module, scaled: Scaling) -> Function:
    """A function that returns the prediction of a regression for spins.

    Parameters
    ----------
    network : torch.nn.Module
        With one output, (n,) or (n, 1).
    scaled : Scaling
        How its training values were scaled.

    Returns
    -------
    callable
        Of spins (n, ...): float64 (n,).

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.learning.energy_networks import Scaling, regressed_value
    >>> from spinlib.networks.energy_cnn import EnergyCNN
    >>> regressed_value(EnergyCNN(4, 1), Scaling(-1.0, 2.0))(np.ones((5, 4, 4))).shape
    (5,)
    """
    return lambda spins: scaled.mean + scaled.scale * predict(network, spins).reshape(len(spins)).astype(np.float64)


def nearest_level(function: Function, levels: ArrayLike) -> Function:
    """A function whose values are rounded to the nearest of the levels.

    Parameters
    ----------
    function : callable
        Of spins: numbers.
    levels : sequence of float
        Rising.

    Returns
    -------
    callable
        Of spins: levels.

    Examples
    --------
    >>> from spinlib.learning.energy_networks import nearest_level
    >>> nearest_level(lambda spins: [-5.0, 1.0], [-8.0, 0.0, 8.0])(None).tolist()
    [-8.0, 0.0]
    """
    allowed = np.asarray(levels, np.float64)
    middles = (allowed[1:] + allowed[:-1]) / 2
    return lambda spins: allowed[np.searchsorted(middles, function(spins))]
