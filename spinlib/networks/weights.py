"""A network's parameters and buffers as numpy arrays, and files of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
import torch
from torch import nn

from spinlib.files import read_npz, write_npz

Network = TypeVar("Network", bound=nn.Module)


def weights(network: nn.Module, prefix: str = "") -> dict[str, np.ndarray]:
    """The parameters and buffers of a network by name, as numpy arrays of their own.

    Parameters
    ----------
    network : torch.nn.Module
        The network.
    prefix : str
        What every name begins with, so that the weights of several networks can stand in one file.

    Returns
    -------
    dict
        Arrays in the weights' dtype and shape.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.weights import weights
    >>> {name: values.shape for name, values in weights(torch.nn.Linear(3, 2), "first.").items()}
    {'first.weight': (2, 3), 'first.bias': (2,)}
    """
    return {prefix + name: value.detach().cpu().numpy().copy() for name, value in network.state_dict().items()}


def load_weights(network: Network, arrays: Mapping[str, Any], prefix: str = "") -> Network:
    """Set the parameters and buffers of a network from the arrays of `weights`.

    Parameters
    ----------
    network : torch.nn.Module
        Changed in place, and set to evaluation mode.
    arrays : mapping
        What `weights` returns; those whose names do not begin with `prefix` are left alone.
    prefix : str
        As for `weights`.

    Returns
    -------
    torch.nn.Module
        The network.

    Raises
    ------
    RuntimeError
        Where names or shapes differ from those of the network: a file of another architecture or lattice.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.weights import load_weights, weights
    >>> one, other = torch.nn.Linear(3, 2), torch.nn.Linear(3, 2)
    >>> torch.equal(load_weights(other, weights(one)).weight, one.weight)
    True
    """
    named = below(arrays, prefix).items()
    network.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in named})
    return network.eval()


def save_weights(path: str | os.PathLike[str], network: nn.Module) -> None:
    """Write the weights of a network into an npz file, whole or not at all; nothing is pickled.

    Parameters
    ----------
    path : str or path-like
        The file.
    network : torch.nn.Module
        The network.

    Examples
    --------
    >>> import tempfile, torch
    >>> from pathlib import Path
    >>> from spinlib.networks.weights import read_weights, save_weights
    >>> one, other = torch.nn.Linear(3, 2), torch.nn.Linear(3, 2)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_weights(Path(folder) / "line.npz", one)
    ...     torch.equal(read_weights(Path(folder) / "line.npz", other).weight, one.weight)
    True
    """
    write_npz(path, weights(network))


def read_weights(path: str | os.PathLike[str], network: Network) -> Network:
    """Set the weights of a network from a file that `save_weights` wrote.

    Parameters
    ----------
    path : str or path-like
        The file.
    network : torch.nn.Module
        Of the same architecture; changed in place, and set to evaluation mode.

    Returns
    -------
    torch.nn.Module
        The network.

    Raises
    ------
    FileNotFoundError
        If there is no file.
    ValueError
        If the file is damaged.
    RuntimeError
        If it belongs to another architecture.

    Examples
    --------
    See `save_weights`.
    """
    return load_weights(network, read_npz(path))


def below(arrays: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """The arrays whose names begin with `prefix`, by the rest of their names."""
    return {name.removeprefix(prefix): value for name, value in arrays.items() if name.startswith(prefix)}
