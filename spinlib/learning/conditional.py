"""What networks that are conditional on the temperature have in common: their examples, and their range."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike


def checked_examples(
    spins: ArrayLike, temperatures: ArrayLike, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Configurations and their temperatures as arrays, after a look at them.

    Parameters
    ----------
    spins : array_like
        (n, *shape) of -1 and +1.
    temperatures : array_like
        (n,), in J / k_B.
    shape : tuple of int
        Of the network's lattice.

    Returns
    -------
    spins, temperatures : numpy.ndarray
        As given, and float64.

    Raises
    ------
    ValueError
        For another lattice, other values, and temperatures that are not one positive number each.

    Examples
    --------
    >>> from spinlib.learning.conditional import checked_examples
    >>> checked_examples([[1, -1]], [2], (2,))[1].tolist()
    [2.0]
    """
    given, at = np.asarray(spins), np.asarray(temperatures, np.float64)
    if given.shape[1:] != shape or not len(given):
        raise ValueError(f"spins of shape {given.shape}: ({', '.join(map(str, ('n', *shape)))}) is needed")
    if not np.isin(given, (-1, 1)).all():
        raise ValueError("spins: allowed are -1 and +1")
    if at.shape != (len(given),) or not ((at > 0) & np.isfinite(at)).all():
        raise ValueError(f"temperatures of shape {at.shape}: a positive number for each configuration is needed")
    return given, at


def examples(network: Any, spins: ArrayLike, temperatures: ArrayLike) -> tuple[torch.Tensor, torch.Tensor]:
    """Checked configurations and their temperatures as tensors of the network, which remembers the range of the latter.

    Parameters
    ----------
    network : spinlib.networks.lattice_network.LatticeNetwork
        With the buffer `temperature_range`.
    spins, temperatures : array_like
        As for `checked_examples`.

    Returns
    -------
    spins, temperatures : torch.Tensor
        On the device and in the dtype of the weights.

    Raises
    ------
    ValueError
        As `checked_examples` does.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.learning.conditional import examples
    >>> from spinlib.networks.wgan import Generator
    >>> network = Generator((16, 16), width=2)
    >>> examples(network, np.ones((2, 16, 16)), [1.5, 2.5])[0].shape
    torch.Size([2, 16, 16])
    >>> network.temperature_range.tolist()
    [1.5, 2.5]
    """
    checked, given = checked_examples(spins, temperatures, network.shape)
    network.temperature_range.copy_(torch.tensor([given.min(), given.max()]))
    like = {"dtype": network.weights_dtype, "device": network.sides.device}
    return torch.as_tensor(checked, **like), torch.as_tensor(given, **like)


def check_temperature(network: Any, temperature: float) -> None:
    """Warn where a temperature lies outside the range that a network was trained for: it extrapolates there.

    Parameters
    ----------
    network : torch.nn.Module
        With the buffer `temperature_range`, zeros before any training.
    temperature : float
        In J / k_B.

    Raises
    ------
    ValueError
        For a temperature that is not positive or not finite.

    Examples
    --------
    >>> import warnings
    >>> from spinlib.learning.conditional import check_temperature
    >>> from spinlib.networks.wgan import Generator
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     check_temperature(Generator((16, 16), width=2), 1.0)
    >>> len(caught)
    0
    """
    if not 0.0 < temperature < math.inf:
        raise ValueError(f"temperature {temperature}: has to be positive and finite")
    low, high = network.temperature_range.tolist()
    if high > 0 and not low - 1e-6 <= temperature <= high + 1e-6:
        warnings.warn(
            f"temperature {temperature}: the network was trained for {low:g} to {high:g}, this is an extrapolation",
            stacklevel=3,
        )
