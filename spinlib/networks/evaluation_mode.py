"""Networks that are asked something during a training: in evaluation mode, without gradients, and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

__all__ = ["evaluation_mode"]


@contextmanager
def evaluation_mode(network: nn.Module) -> Iterator[None]:
    """A context in which a network is in evaluation mode and nothing is kept for gradients.

    Afterwards the network has the mode that it had before, also where an error ends the context.

    Parameters
    ----------
    network : torch.nn.Module
        Whose dropout and batch norm the mode concerns.

    Yields
    ------
    None
        Results are inference tensors, which no later computation can differentiate.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.evaluation_mode import evaluation_mode
    >>> layers = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Dropout(0.5))
    >>> with evaluation_mode(layers):
    ...     print(layers.training, layers(torch.ones(1, 2)).requires_grad)
    False False
    >>> layers.training
    True
    """
    was_training = network.training
    network.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        network.train(was_training)
